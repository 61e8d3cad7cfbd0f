package homeserver

import (
	"context"
	"fmt"
	"strings"
)

// Request sends any request below /_matrix/ with the session's token, once,
// and returns the answer whatever its status: the escape hatch for what has no
// method here. path is escaped already and may have a query; it cannot leave
// the session's own server.
func (c *Client) Request(ctx context.Context, method, path string, body []byte) (*Response, error) {
	const name = "request"
	if !validMethod(method) || body != nil && method == "GET" {
		return nil, fmt.Errorf("%s: method: %w", name, ErrInvalidCall)
	}
	if !validRawPath(path) {
		return nil, fmt.Errorf("%s: path: %w", name, ErrInvalidCall)
	}
	req := &Request{Method: method, URL: c.base + path, Token: c.token, Body: body, MaxBody: DefaultMaxBody}
	if body != nil {
		req.ContentType = "application/json"
	}
	return c.exchange(ctx, &Call{Name: name}, req)
}

func validMethod(method string) bool {
	switch method {
	case "GET", "PUT", "POST", "DELETE":
		return true
	}
	return false
}

// validRawPath refuses what a URL parser would read as another place: dot
// segments in any spelling, empty parts, backslashes, what it silently drops
// (tabs, line breaks), fragments; and tokens in the query.
func validRawPath(path string) bool {
	path, query, _ := strings.Cut(path, "?")
	rest, ok := strings.CutPrefix(path, "/_matrix/")
	if !ok || !all(path, validURLByte) || !all(query, validURLByte) || namesToken(query) {
		return false
	}
	parts := strings.Split(rest, "/")
	for i, p := range parts {
		dots := strings.ReplaceAll(strings.ToLower(p), "%2e", ".")
		if dots == "." || dots == ".." || p == "" && i < len(parts)-1 {
			return false
		}
	}
	return true
}

func validURLByte(c byte) bool {
	return c > 0x20 && c < 0x7f && c != '\\' && c != '#' && c != '"' && c != '<' && c != '>' && c != '`'
}

func namesToken(query string) bool {
	for _, pair := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if strings.Contains(key, "%") || strings.EqualFold(key, "access_token") {
			return true
		}
	}
	return false
}
