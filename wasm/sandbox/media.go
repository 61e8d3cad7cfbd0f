package sandbox

import (
	"mime"
	"net/http"
)

func mediaRoutes(t *routes) {
	t.add("POST", "/_matrix/media/v3/upload", upload).media = true
	t.add("POST", "/_matrix/media/v1/create", reserve)
	t.add("PUT", "/_matrix/media/v3/upload/{server}/{id}", uploadReserved).media = true
	t.add("GET", v1+"media/config", mediaConfig)
	t.add("GET", "/_matrix/media/v3/config", mediaConfig)
	t.add("GET", v1+"media/download/{server}/{id}", download)
	t.add("GET", v1+"media/download/{server}/{id}/{name}", download)
	t.add("GET", v1+"media/thumbnail/{server}/{id}", download)
}

// medium is one file.
type medium struct {
	Owner string `json:"owner"`
	Kind  string `json:"kind"`
	Name  string `json:"name,omitempty"`
	Data  []byte `json:"data"`
	Empty bool   `json:"empty,omitempty"` // reserved, not uploaded yet
}

func mediaConfig(c *call) (any, error) {
	return map[string]int64{"m.upload.size": c.s.opt.MaxUpload}, nil
}

func (c *call) medium() *medium {
	kind := c.r.Header.Get("Content-Type")
	if kind == "" {
		kind = "application/octet-stream"
	}
	return &medium{Owner: c.user.ID, Kind: kind, Name: c.q.Get("filename"), Data: c.raw}
}

func (c *call) store(m *medium) string {
	id := c.s.random(18)
	c.s.world.Media[id] = m
	c.s.next()
	return "mxc://" + c.s.opt.Name + "/" + id
}

func upload(c *call) (any, error) {
	return map[string]string{"content_uri": c.store(c.medium())}, nil
}

// reserve gives out an id before the upload (MSC2246).
func reserve(c *call) (any, error) {
	uri := c.store(&medium{Owner: c.user.ID, Empty: true})
	return map[string]any{"content_uri": uri, "unused_expires_at": c.s.now() + 24*3600*1000}, nil
}

func uploadReserved(c *call) (any, error) {
	m := c.s.world.Media[c.vars["id"]]
	switch {
	case m == nil || c.vars["server"] != c.s.opt.Name:
		return nil, errNotFound("Unknown media")
	case m.Owner != c.user.ID:
		return nil, errForbidden("Only the creator of the media ID can upload to it")
	case !m.Empty:
		return nil, fail(http.StatusConflict, "M_CANNOT_OVERWRITE_MEDIA", "Media ID already has content")
	}
	*m = *c.medium()
	c.s.next()
	return nil, nil
}

// download also answers for thumbnails: a sandbox scales nothing, and the whole
// picture is a valid thumbnail of any size.
func download(c *call) (any, error) {
	m := c.s.world.Media[c.vars["id"]]
	if m == nil || c.vars["server"] != c.s.opt.Name {
		return nil, errNotFound("Not found")
	}
	if m.Empty {
		return nil, fail(http.StatusGatewayTimeout, "M_NOT_YET_UPLOADED", "Media has not been uploaded yet")
	}
	name := m.Name
	if asked := c.vars["name"]; asked != "" {
		name = asked
	}
	return &file{kind: m.Kind, name: name, data: m.Data}, nil
}

// inline are the types that a browser may show where they are (Serving inline
// content).
var inline = map[string]bool{
	"text/css": true, "text/plain": true, "text/csv": true, "application/json": true, "application/ld+json": true,
	"image/jpeg": true, "image/gif": true, "image/png": true, "image/apng": true, "image/webp": true, "image/avif": true,
	"video/mp4": true, "video/webm": true, "video/ogg": true, "video/quicktime": true, "audio/mp4": true, "audio/webm": true,
	"audio/aac": true, "audio/mpeg": true, "audio/ogg": true, "audio/wave": true, "audio/wav": true, "audio/x-wav": true,
	"audio/x-pn-wav": true, "audio/flac": true, "audio/x-flac": true,
}

func writeFile(w http.ResponseWriter, f *file) {
	kind, _, err := mime.ParseMediaType(f.kind)
	disposition := "attachment"
	if err == nil && inline[kind] {
		disposition = "inline"
	}
	if f.name != "" {
		disposition = mime.FormatMediaType(disposition, map[string]string{"filename": f.name})
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", disposition)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "private, max-age=86400")
	_, _ = w.Write(f.data)
}
