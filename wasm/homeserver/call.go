package homeserver

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// Limits of a call that sets none of its own.
const (
	DefaultLimit   = 30 * time.Second
	DefaultMaxBody = 32 << 20
)

// Call is one request of the client-server API, for those that have no method
// here.
type Call struct {
	// Name says in errors what was tried, such as "send event".
	Name string
	// Group joins calls that share a rate limit; "" means Name.
	Group  string
	Method string
	// Path holds the path's parts, unescaped: see V3.
	Path  []string
	Query Query
	// Body is nil for none. It is JSON unless ContentType says otherwise.
	Body        []byte
	ContentType string
	// NoToken sends the request without the token.
	NoToken bool
	// Repeatable says that doing it twice is no harm though Method is POST.
	Repeatable bool
	// Limit is the time for one attempt, MaxBody the most bytes of an answer;
	// 0 means the defaults above.
	Limit   time.Duration
	MaxBody int64
}

// Do sends a call and returns the JSON object or array of a successful
// answer, which is valid JSON. An empty body counts as {} (FEATURES 2-22).
func (c *Client) Do(ctx context.Context, call Call) (scan.Value, error) {
	var body scan.Value
	_, err := c.send(ctx, call, func(r *Response) (err error) {
		body, err = readBody(call.Name, r)
		return err
	})
	return body, err
}

// DoBytes sends a call whose successful answer need not be JSON.
func (c *Client) DoBytes(ctx context.Context, call Call) (*Response, error) {
	return c.send(ctx, call, func(*Response) error { return nil })
}

func readBody(name string, r *Response) (scan.Value, error) {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return scan.Value("{}"), nil
	}
	body, err := scan.Parse(r.Body)
	if err != nil {
		body, err = scan.Parse(scan.Prune(r.Body))
	}
	if err != nil {
		return nil, notMatrix(name, r.Status, "body is no JSON")
	}
	if k := body.Kind(); k != scan.Object && k != scan.Array {
		return nil, notMatrix(name, r.Status, "body is no JSON object")
	}
	return body, nil
}

// request makes the HTTP request of a call.
func (c *Client) request(call *Call) (*Request, error) {
	path, err := joinPath(call.Path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call.Name, err)
	}
	r := &Request{
		Method: call.Method, URL: c.base + path,
		Body: call.Body, ContentType: call.ContentType, MaxBody: call.MaxBody,
	}
	if call.Query.text != "" {
		r.URL += "?" + call.Query.text
	}
	if !call.NoToken {
		r.Token = c.token
	}
	if r.Body != nil && r.ContentType == "" {
		r.ContentType = "application/json"
	}
	if r.MaxBody == 0 {
		r.MaxBody = DefaultMaxBody
	}
	return r, nil
}

// attempt sends a request once and checks the answer.
func (c *Client) attempt(ctx context.Context, call *Call, req *Request, check func(*Response) error) (*Response, error) {
	resp, err := c.exchange(ctx, call, req)
	if err != nil {
		return nil, err
	}
	if resp.Status < 200 || resp.Status > 299 {
		return nil, readError(call.Name, resp, c.net.Clock.Now())
	}
	if err := check(resp); err != nil {
		return nil, err
	}
	return resp, nil
}

// exchange sends a request within the call's time limit and returns the answer
// whatever its status.
func (c *Client) exchange(ctx context.Context, call *Call, req *Request) (*Response, error) {
	limit := call.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := watch(c.net.Clock, limit, cancel)
	resp, err := c.net.Transport.Do(inner, req)
	stop()
	if err == nil {
		return resp, nil
	}
	if cause := context.Cause(inner); cause != nil {
		err = cause
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, fmt.Errorf("%s: %w", call.Name, err)
}
