package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
)

// tap writes down requests and how the homeserver answered them, whatever
// rules do to either. It stays when rules are removed.
type tap struct {
	// Method is any where empty. Path is as a rule's.
	Method string `json:"method"`
	Path   string `json:"path"`

	path   *regexp.Regexp
	tapped []tapped
}

// tapped is a request that the homeserver answered. The answer is only there
// where it is an error.
type tapped struct {
	Path   string `json:"path"`
	Body   string `json:"body"`
	Status int    `json:"status"`
	Answer string `json:"answer"`
}

// note lets the taps write down what fits them.
func (p *proxy) note(r *http.Request, body []byte, got *answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.taps {
		if t.Method != "" && t.Method != r.Method || !t.path.MatchString(pathOf(r)) {
			continue
		}
		one := tapped{Path: pathOf(r), Body: string(body), Status: got.status}
		if got.status >= http.StatusBadRequest {
			one.Answer = string(got.body)
		}
		t.tapped = append(t.tapped, one)
	}
}

func (p *proxy) addTap(w http.ResponseWriter, r *http.Request) {
	var made tap
	err := json.NewDecoder(r.Body).Decode(&made)
	if err == nil {
		made.path, err = regexp.Compile(made.Path)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taps = append(p.taps, &made)
	reply(w, map[string]int{"id": len(p.taps)})
}

func (p *proxy) readTap(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	p.mu.Lock()
	defer p.mu.Unlock()
	if id < 1 || id > len(p.taps) {
		http.NotFound(w, r)
		return
	}
	reply(w, append([]tapped{}, p.taps[id-1].tapped...))
}
