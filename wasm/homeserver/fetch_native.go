//go:build !js

package homeserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxRedirects is what browsers allow.
const maxRedirects = 20

// NewTransport returns the transport of this platform: net/http here, fetch in
// a browser.
func NewTransport() Transport { return NewHTTPTransport(nil) }

// NewHTTPTransport returns a transport over a RoundTripper, or over one of its
// own where that is nil. It keeps no cookies and follows redirects as a
// browser's fetch does.
func NewHTTPTransport(rt http.RoundTripper) Transport {
	if rt == nil {
		rt = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout:    15 * time.Second,
			MaxIdleConnsPerHost:    6,
			IdleConnTimeout:        90 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 1 << 20,
		}
	}
	return &httpTransport{http.Client{Transport: rt, CheckRedirect: checkRedirect}}
}

type httpTransport struct{ client http.Client }

func (t *httpTransport) Do(ctx context.Context, r *Request) (*Response, error) {
	resp, err := t.do(ctx, r)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return resp, err
}

func (t *httpTransport) do(ctx context.Context, r *Request) (*Response, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, ErrInvalidCall
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, httpError(err)
	}
	defer resp.Body.Close()
	data, err := readCapped(resp.Body, r.MaxBody)
	if err != nil {
		return nil, err
	}
	return &Response{
		Status: resp.StatusCode, Body: data,
		ContentType: resp.Header.Get("Content-Type"), RetryAfter: resp.Header.Get("Retry-After"),
	}, nil
}

// httpError drops what net/http says around the reason: it holds the URL.
func httpError(err error) error {
	if errors.Is(err, ErrRedirected) {
		return ErrRedirected
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return fmt.Errorf("%w: %v", ErrUnreachable, err)
}

func readCapped(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(data)) > most {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%w: read body: %v", ErrUnreachable, err)
	}
	return data, nil
}

// checkRedirect drops the token once a redirect leaves its origin, for good,
// as the fetch standard has it; net/http alone would keep it for subdomains
// and for other ports.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if via[0].Method != "GET" {
		return ErrRedirected
	}
	if len(via) >= maxRedirects {
		return errors.New("too many redirects")
	}
	req.Header.Del("Referer")
	for _, hop := range append(via[1:len(via):len(via)], req) {
		if hop.URL.Scheme != via[0].URL.Scheme || hop.URL.Host != via[0].URL.Host {
			req.Header.Del("Authorization")
		}
	}
	return nil
}
