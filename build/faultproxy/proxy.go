package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"
)

// proxy passes requests on to the homeserver, as its rules say.
type proxy struct {
	server http.Handler

	mu    sync.Mutex // guards what follows
	rules []*rule
	taps  []*tap
	held  map[int]*held
	last  int
	conns map[net.Conn]struct{}
	users map[string]string // by access token
}

// answer is a whole answer of the homeserver.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newProxy(server http.Handler) *proxy {
	return &proxy{server: server, held: map[int]*held{}, conns: map[net.Conn]struct{}{}, users: map[string]string{}}
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if hit := p.match(r, nil); hit != nil {
		if p.before(w, r, hit.rule) {
			return
		}
		if hit.Act == double {
			p.ask(r, body)
		}
		defer p.swap(r, hit)()
	}
	got := p.ask(r, body)
	p.learn(r, got)
	if hit := p.match(r, got); hit != nil {
		got = p.after(w, r, hit.rule, got)
		defer p.swap(r, hit)()
	}
	got.write(w, len(got.body))
}

// ask lets the homeserver answer. A browser that goes away does not stop it,
// except that a long poll need not go on.
func (p *proxy) ask(r *http.Request, body []byte) *answer {
	ctx := r.Context()
	if r.Method != http.MethodGet {
		ctx = context.WithoutCancel(ctx)
	}
	again := r.Clone(ctx)
	again.Body = io.NopCloser(bytes.NewReader(body))
	again.Header.Set("Accept-Encoding", "identity") // a rule may look into the answer
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, again)
	got := &answer{w.Code, w.Header(), w.Body.Bytes()}
	p.note(r, body, got)
	return got
}

// before does what a rule says; done means that there is nothing left to do.
func (p *proxy) before(w http.ResponseWriter, r *http.Request, rule *rule) (done bool) {
	switch rule.Act {
	case fail:
		rule.answer().write(w, len(rule.Body))
		return true
	case drop:
		abort()
	case endless:
		stream(w, rule)
	case delay:
		select {
		case <-time.After(time.Duration(rule.Ms) * time.Millisecond):
		case <-r.Context().Done():
			abort()
		}
	case hold:
		if d := p.wait(r, rule, &answer{}); d.answer != nil {
			d.answer.write(w, len(d.answer.body))
			return true
		}
	}
	return false
}

// after does what a rule says to an answer.
func (p *proxy) after(w http.ResponseWriter, r *http.Request, rule *rule, got *answer) *answer {
	switch rule.Act {
	case lose:
		abort()
	case rewrite:
		return rule.rewrite(got)
	case cut:
		got.write(w, min(rule.Bytes, len(got.body)))
		abort()
	case holdAnswer:
		if d := p.wait(r, rule, got); d.answer != nil {
			return d.answer
		}
	}
	return got
}

// wait holds a request until the test decides or the browser is gone.
func (p *proxy) wait(r *http.Request, rule *rule, got *answer) decision {
	h := &held{Method: r.Method, Path: pathOf(r), Status: got.status, Body: string(got.body), decide: make(chan decision, 1)}
	p.mu.Lock()
	p.last++
	h.ID = p.last
	p.held[h.ID] = h
	p.mu.Unlock()
	rule.held <- h
	defer p.forget(h.ID)
	select {
	case d := <-h.decide:
		if d.drop {
			abort()
		}
		return d
	case <-r.Context().Done():
		abort()
	}
	return decision{}
}

func (p *proxy) forget(id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.held, id)
}

// match returns the rule for a request: one about its answer, if there is one.
func (p *proxy) match(r *http.Request, got *answer) *hit {
	user := ""
	if p.goesByUser() {
		user = p.userOf(r, got)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rule := range p.rules {
		if rule.Act.onAnswer() == (got != nil) && rule.takes(r.Method, pathOf(r), user) {
			return rule.hit()
		}
	}
	return nil
}

// goesByUser reports whether any rule does: else nobody need be asked.
func (p *proxy) goesByUser() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.rules, func(r *rule) bool { return r.User != "" })
}

func pathOf(r *http.Request) string { return r.URL.RequestURI() }

// abort closes the connection as it is.
func abort() { panic(http.ErrAbortHandler) }

// write sends the answer, or its first bytes under the length of all.
func (a *answer) write(w http.ResponseWriter, n int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:n])
	_ = http.NewResponseController(w).Flush()
}

func (r *rule) answer() *answer {
	a := &answer{status: r.Status, header: http.Header{}, body: []byte(r.Body)}
	// As the homeserver would: a page of another origin may read it.
	a.header.Set("Access-Control-Allow-Origin", "*")
	a.header.Set("Access-Control-Expose-Headers", "Retry-After")
	a.header.Set("Content-Type", "application/json")
	for name, value := range r.Headers {
		a.header.Set(name, value)
	}
	return a
}

// stream sends the rule's body over and over, until nobody listens.
func stream(w http.ResponseWriter, rule *rule) {
	first := rule.answer()
	for name, values := range first.header {
		w.Header()[name] = values
	}
	w.WriteHeader(http.StatusOK)
	piece := bytes.Repeat(first.body, 1+(64<<10)/max(1, len(first.body)))
	for {
		if _, err := w.Write(piece); err != nil {
			abort()
		}
	}
}

// track remembers open connections.
func (p *proxy) track(c net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		p.conns[c] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		delete(p.conns, c)
	}
}

// sever closes all connections, as a network does that goes away.
func (p *proxy) sever() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}
