package homeserver

import (
	"context"
	"time"
)

// slowest is the bandwidth in bytes a second that a transfer must not fall
// below for long.
const slowest = 16 << 10

// Upload stores a file on the server and returns its mxc: URI. It is tried
// once: another try makes another file.
func (c *Client) Upload(ctx context.Context, contentType, fileName string, data []byte) (string, error) {
	const name = "upload file"
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	if data == nil {
		data = []byte{}
	}
	var q Query
	q.SetIf("filename", fileName)
	body, err := c.Do(ctx, Call{
		Name: name, Method: "POST", Path: []string{"_matrix", "media", "v3", "upload"}, Query: q,
		Body: data, ContentType: contentType, Limit: transferLimit(int64(len(data))),
	})
	if err != nil {
		return "", err
	}
	return required(name, body, "content_uri")
}

// Download reads a file of at most that many bytes. Servers before v1.11
// answer ErrUnknownEndpoint.
func (c *Client) Download(ctx context.Context, server, media string, most int64) (*Response, error) {
	return c.DoBytes(ctx, Call{
		Name: "download file", Method: "GET", Path: V1("media", "download", server, media),
		Limit: transferLimit(most), MaxBody: most,
	})
}

// UploadSize asks for the most bytes that the server takes, 0 where it does
// not say.
func (c *Client) UploadSize(ctx context.Context) (int64, error) {
	body, err := c.Do(ctx, Call{Name: "ask for media limits", Method: "GET", Path: V1("media", "config")})
	return max(0, body.Get("m.upload.size").Int()), err
}

// transferLimit grows with the size, up to an hour.
func transferLimit(size int64) time.Duration {
	return DefaultLimit + time.Duration(min(size/slowest, 3600))*time.Second
}
