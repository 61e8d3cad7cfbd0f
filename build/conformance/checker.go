package conformance

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Reporter takes what is wrong; every testing.TB is one.
type Reporter interface {
	Errorf(format string, args ...any)
}

// Checker validates every request of the client-server API that passes
// through it and lets it go on. It is safe for use by several goroutines.
type Checker struct {
	api    *API
	report Reporter

	mu      sync.Mutex
	seen    map[string]int
	ignore  []string
	answers bool
	events  *Events // nil where they are not looked at
}

// NewChecker returns a checker for a test; it skips the test where there is no
// data.
func NewChecker(t testing.TB) *Checker {
	t.Helper()
	return NeedAPI(t).Checker(t)
}

// Checker returns a checker that reports to r.
func (a *API) Checker(r Reporter) *Checker {
	return &Checker{api: a, report: r, seen: map[string]int{}}
}

// Ignore lets requests through whose path starts with prefix, such as those
// that are wrong on purpose.
func (c *Checker) Ignore(prefix string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ignore = append(c.ignore, prefix)
}

// Seen returns how often each operation passed, by method and path template.
func (c *Checker) Seen() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string]int{}
	for name, n := range c.seen {
		all[name] = n
	}
	return all
}

// Handler checks what goes into a server. Only what stands in the definition's
// name space is looked at; preflight requests are the browser's.
func (c *Checker) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var o *Operation
		if err == nil && r.Method != http.MethodOptions {
			o = c.check(r, body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if o == nil || !c.checksAnswers() {
			next.ServeHTTP(w, r)
			return
		}
		answer := &tee{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		// Nobody waits for the answer of a request that was given up.
		if r.Context().Err() != nil {
			return
		}
		if err := c.api.CheckAnswer(o, max(answer.status, http.StatusOK), answer.body.Bytes()); err != nil {
			c.report.Errorf("%s: %v", o.Name(), err)
		}
	})
}

// RoundTripper checks what a client sends, its headers too: any other than
// these two needs a server's consent that the specification does not ask for
// (FEATURES B-61).
func (c *Checker) RoundTripper(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		for name := range r.Header {
			if name != "Authorization" && name != "Content-Type" {
				c.report.Errorf("%s %s: header %s would fail CORS", r.Method, r.URL.Path, name)
			}
		}
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		c.check(r, body)
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// check returns the operation, nil where there is none to check.
func (c *Checker) check(r *http.Request, body []byte) *Operation {
	path := r.URL.EscapedPath()
	if !strings.HasPrefix(path, "/_matrix/") && !strings.HasPrefix(path, "/.well-known/matrix/") || c.ignores(path) {
		return nil
	}
	o, err := c.api.Check(r, body)
	if err != nil {
		c.report.Errorf("%s %s: %v", r.Method, path, err)
	}
	if o != nil {
		c.note(o, path, body)
	}
	return o
}

func (c *Checker) note(o *Operation, path string, body []byte) {
	c.mu.Lock()
	c.seen[o.Name()]++
	events := c.events
	c.mu.Unlock()
	if events == nil {
		return
	}
	if err := events.checkSent(o, path, body); err != nil {
		c.report.Errorf("%s: %v", o.Name(), err)
	}
}

func (c *Checker) ignores(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.ignore, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}
