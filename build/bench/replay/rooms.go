package replay

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || r.FormValue("dir") != "b" {
		refuse(w, http.StatusBadRequest, "backwards, with a limit")
		return
	}
	body, err := s.ready.Messages(r.PathValue("room"), r.FormValue("from"), limit)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.note("messages", r.FormValue("from"))
	reply(w, http.StatusOK, json.RawMessage(body))
}

// send takes each transaction once.
func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	s.note("sent", r.PathValue("txn"))
	var content struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&content); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	txn := r.PathValue("txn")
	s.mu.Lock()
	s.sent[txn] = content.Body
	s.mu.Unlock()
	reply(w, http.StatusOK, object{"event_id": "$" + txn})
}

func (s *Server) listSent(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	bodies := []string{}
	for _, body := range s.sent {
		bodies = append(bodies, body)
	}
	s.mu.Unlock()
	slices.Sort(bodies)
	reply(w, http.StatusOK, bodies)
}
