package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// control is how a test says what to do:
//
//	POST   /rules           a rule as JSON → {"id": 1}; it goes before the others
//	GET    /rules/{id}      {"hits": n}
//	DELETE /rules           removes all rules; what is held goes on
//	GET    /rules/{id}/held waits for the next request that the rule holds
//	POST   /held/{id}       lets it go on; ?drop closes its connection;
//	                        ?status=200 answers with the body of this request
//	POST   /taps            a tap as JSON → {"id": 1}
//	GET    /taps/{id}       what it wrote down: [{"path", "body", "status", "answer"}]
//	POST   /sever           closes all connections
//	       /_matrix/…       the homeserver without faults
func (p *proxy) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rules", p.addRule)
	mux.HandleFunc("DELETE /rules", p.clear)
	mux.HandleFunc("GET /rules/{id}", p.withRule(func(w http.ResponseWriter, _ *http.Request, r *rule) {
		p.mu.Lock()
		defer p.mu.Unlock()
		reply(w, map[string]int{"hits": r.hits})
	}))
	mux.HandleFunc("GET /rules/{id}/held", p.withRule(nextHeld))
	mux.HandleFunc("POST /held/{id}", p.decide)
	mux.HandleFunc("POST /taps", p.addTap)
	mux.HandleFunc("GET /taps/{id}", p.readTap)
	mux.Handle("/_matrix/", p.server)
	mux.HandleFunc("POST /sever", func(w http.ResponseWriter, _ *http.Request) {
		p.sever()
		reply(w, struct{}{})
	})
	return mux
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the test is gone
}

func (p *proxy) addRule(w http.ResponseWriter, r *http.Request) {
	var made rule
	err := json.NewDecoder(r.Body).Decode(&made)
	if err == nil {
		err = made.prepare()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.last++
	made.ID = p.last
	p.rules = append([]*rule{&made}, p.rules...)
	p.mu.Unlock()
	reply(w, map[string]int{"id": made.ID})
}

func (p *proxy) clear(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rule := range p.rules {
		rule.overtaken()
	}
	p.rules = nil
	for _, h := range p.held {
		h.settle(decision{})
	}
	reply(w, struct{}{})
}

// settle decides once; later decisions are late.
func (h *held) settle(d decision) {
	select {
	case h.decide <- d:
	default:
	}
}

func (p *proxy) withRule(do func(http.ResponseWriter, *http.Request, *rule)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		p.mu.Lock()
		var found *rule
		for _, known := range p.rules {
			if known.ID == id {
				found = known
			}
		}
		p.mu.Unlock()
		if found == nil {
			http.NotFound(w, r)
			return
		}
		do(w, r, found)
	}
}

func nextHeld(w http.ResponseWriter, r *http.Request, rule *rule) {
	select {
	case h := <-rule.held:
		reply(w, h)
	case <-r.Context().Done():
	}
}

func (p *proxy) decide(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	body, err := io.ReadAll(r.Body)
	p.mu.Lock()
	h := p.held[id]
	p.mu.Unlock()
	if h == nil || err != nil {
		http.NotFound(w, r)
		return
	}
	d := decision{drop: r.URL.Query().Has("drop")}
	if status, err := strconv.Atoi(r.URL.Query().Get("status")); err == nil {
		d.answer = (&rule{Status: status, Body: string(body)}).answer()
	}
	h.settle(d)
	reply(w, struct{}{})
}
