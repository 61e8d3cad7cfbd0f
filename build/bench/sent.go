package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
)

// sent is what tabs wrote, each transaction once, as a homeserver takes it.
type sent struct {
	mu     sync.Mutex
	bodies map[string]string // by transaction id
}

func (s *sent) take(w http.ResponseWriter, r *http.Request) {
	var content struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&content); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bodies == nil {
		s.bodies = map[string]string{}
	}
	txn := r.PathValue("txn")
	s.bodies[txn] = content.Body
	_ = json.NewEncoder(w).Encode(object{"event_id": "$" + txn}) // the browser may have gone
}

func (s *sent) list(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bodies := []string{}
	for _, body := range s.bodies {
		bodies = append(bodies, body)
	}
	slices.Sort(bodies)
	_ = json.NewEncoder(w).Encode(bodies)
}
