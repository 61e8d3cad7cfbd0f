package replay

import (
	"net/http"
	"time"
)

// Entry is something that happened: a sync "asked" or "answered", a message
// "sent", "messages" given, a "file" fetched, or something "unknown" asked for.
type Entry struct {
	What string `json:"what"`
	Of   string `json:"of"`
	// At is in milliseconds since 1970, as in the page, which has the same clock.
	At float64 `json:"at"`
}

func (s *Server) note(what, of string) {
	at := float64(time.Now().UnixMicro()) / 1_000
	s.mu.Lock()
	s.journal = append(s.journal, Entry{what, of, at})
	s.mu.Unlock()
}

func (s *Server) listJournal(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	journal := append([]Entry{}, s.journal...)
	s.mu.Unlock()
	reply(w, http.StatusOK, journal)
}

// Noting serves files and notes which were fetched.
func (s *Server) Noting(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.note("file", r.URL.Path)
		files.ServeHTTP(w, r)
	})
}

// Unknown lists what was asked for in vain.
func (s *Server) Unknown() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, entry := range s.journal {
		if entry.What == "unknown" {
			all = append(all, entry.Of)
		}
	}
	return all
}
