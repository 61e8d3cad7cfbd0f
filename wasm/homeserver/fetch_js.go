package homeserver

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// NewTransport returns the transport of this platform: fetch here, net/http
// elsewhere.
func NewTransport() Transport { return fetchTransport{} }

// fetchTransport sends with the global fetch of a page or worker. Browsers
// drop Authorization when a redirect leads to another origin (Chromium 119,
// Firefox 111, Safari 16.4).
type fetchTransport struct{}

func (fetchTransport) Do(ctx context.Context, r *Request) (*Response, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f, err := newFetch()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	if err := f.start(r); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	select {
	case out := <-f.done:
		return out.resp, out.err
	case <-ctx.Done():
		f.abort()
		return nil, context.Cause(ctx)
	}
}

// fetch is one request under way. All its callbacks run on the event loop, one
// after the other, and none blocks; the one that ends the request, well or
// not, releases them all.
type fetch struct {
	controller safejs.Value
	funcs      []safejs.Func
	reader     safejs.Value
	onChunk    safejs.Func
	onFail     safejs.Func
	max        int64
	resp       Response
	// pieces of the body wait for the last one: a body that grows in steps is
	// copied at each, and wasm memory never shrinks.
	pieces []safejs.Value
	size   int64
	ended  bool
	done   chan outcome // holds one, so that sending never blocks
}

type outcome struct {
	resp *Response
	err  error
}

func newFetch() (*fetch, error) {
	class, err := safejs.Global().Get("AbortController")
	if err != nil {
		return nil, err
	}
	controller, err := class.New()
	return &fetch{controller: controller, done: make(chan outcome, 1)}, err
}

func (f *fetch) start(r *Request) error {
	f.max = r.MaxBody
	options, err := f.options(r)
	if err != nil {
		return err
	}
	f.onFail, err = f.callback(func(reason safejs.Value) error {
		return fmt.Errorf("%w: %s", ErrUnreachable, describe(reason))
	})
	if err != nil {
		return err
	}
	f.onChunk, err = f.callback(f.chunk)
	if err != nil {
		f.release()
		return err
	}
	onResponse, err := f.callback(f.response)
	if err != nil {
		f.release()
		return err
	}
	promise, err := safejs.Global().Call("fetch", r.URL, options)
	if err == nil {
		_, err = promise.Call("then", onResponse, f.onFail)
	}
	if err != nil {
		f.release()
	}
	return err
}

// options are those of RequestInit. Only Authorization and Content-Type are
// ever sent (FEATURES B-61), no cookie goes along, and nothing is kept in the
// HTTP cache, where it would outlive the session.
func (f *fetch) options(r *Request) (map[string]any, error) {
	signal, err := f.controller.Get("signal")
	if err != nil {
		return nil, err
	}
	headers := map[string]any{}
	if r.Token != "" {
		headers["Authorization"] = "Bearer " + r.Token
	}
	if r.ContentType != "" {
		headers["Content-Type"] = r.ContentType
	}
	o := map[string]any{
		"method": r.Method, "headers": headers, "signal": signal,
		"credentials": "omit", "cache": "no-store", "referrerPolicy": "no-referrer",
		"redirect": "follow",
	}
	if r.Method != "GET" {
		// A followed 307 would carry the body, perhaps a password, elsewhere.
		o["redirect"] = "manual"
	}
	if r.Body != nil {
		o["body"], err = toUint8Array(r.Body)
	}
	return o, err
}

// callback wraps a step of the request. A step that fails ends it.
func (f *fetch) callback(step func(safejs.Value) error) (safejs.Func, error) {
	fn, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		if f.ended {
			return nil
		}
		arg := safejs.Undefined()
		if len(args) > 0 {
			arg = args[0]
		}
		if err := step(arg); err != nil {
			f.finish(outcome{err: err})
			// Frees the connection of a body that is not read to its end.
			f.abort()
		}
		return nil
	})
	if err == nil {
		f.funcs = append(f.funcs, fn)
	}
	return fn, err
}

// response takes the head of the answer and starts to read its body.
func (f *fetch) response(resp safejs.Value) error {
	status, err := resp.Get("status")
	if err == nil {
		f.resp.Status, err = status.Int()
	}
	if err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	// Browsers hide a redirect that is not followed behind status 0, Node
	// shows it.
	if f.resp.Status == 0 || f.resp.Status >= 301 && f.resp.Status <= 308 && header(resp, "Location") != "" {
		return ErrRedirected
	}
	f.resp.ContentType, f.resp.RetryAfter = header(resp, "Content-Type"), header(resp, "Retry-After")
	body, err := resp.Get("body")
	if err != nil || body.IsNull() || body.IsUndefined() {
		f.finish(outcome{resp: &f.resp})
		return nil
	}
	if f.reader, err = body.Call("getReader"); err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	return f.read()
}

func (f *fetch) read() error {
	promise, err := f.reader.Call("read")
	if err == nil {
		_, err = promise.Call("then", f.onChunk, f.onFail)
	}
	if err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	return nil
}

// chunk takes a piece of the body, {done, value}, and asks for the next.
func (f *fetch) chunk(result safejs.Value) error {
	if done, err := result.Get("done"); err == nil {
		if end, _ := done.Truthy(); end {
			return f.join()
		}
	}
	piece, err := result.Get("value")
	if err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	size, err := piece.Length()
	if err != nil {
		return fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	if f.size += int64(size); f.size > f.max {
		return ErrTooLarge
	}
	f.pieces = append(f.pieces, piece)
	return f.read()
}

// join makes the body of its pieces.
func (f *fetch) join() error {
	f.resp.Body = make([]byte, f.size)
	at := 0
	for _, piece := range f.pieces {
		n, err := safejs.CopyBytesToGo(f.resp.Body[at:], piece)
		if err != nil {
			return fmt.Errorf("%w: %v", ErrUnreachable, err)
		}
		at += n
	}
	f.finish(outcome{resp: &f.resp})
	return nil
}

// finish ends the request once.
func (f *fetch) finish(out outcome) {
	if f.ended {
		return
	}
	f.release()
	f.done <- out
}

func (f *fetch) release() {
	f.ended = true
	for _, fn := range f.funcs {
		fn.Release()
	}
	f.funcs = nil
}

// abort makes the pending promise reject, which releases the callbacks.
func (f *fetch) abort() { _, _ = f.controller.Call("abort") }

func toUint8Array(data []byte) (safejs.Value, error) {
	class, err := safejs.Global().Get("Uint8Array")
	if err != nil {
		return safejs.Value{}, err
	}
	array, err := class.New(len(data))
	if err == nil {
		_, err = safejs.CopyBytesToJS(array, data)
	}
	return array, err
}

func header(resp safejs.Value, name string) string {
	headers, err := resp.Get("headers")
	if err != nil {
		return ""
	}
	value, err := headers.Call("get", name)
	if err != nil || value.IsNull() {
		return ""
	}
	s, _ := value.String()
	return s
}

func text(v safejs.Value, name string) string {
	got, err := v.Get(name)
	if err != nil {
		return ""
	}
	s, _ := got.String()
	return s
}

// describe names a rejection without its details, which may hold a URL.
func describe(reason safejs.Value) string { return text(reason, "name") }
