// Package replay is a homeserver that answers from what it has ready: a made-up
// account, so that no real server is part of the time. It is the same for every
// client, checks that all ask for the same, and notes when they asked.
package replay

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/alcove-chat/alcove/build/bench/account"
)

type object = map[string]any

// Ready is an account with its first response packed, as a homeserver's proxy
// does each time.
type Ready struct {
	*account.Account
	first []byte
}

// Prepare packs an account.
func Prepare(a *account.Account) (*Ready, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(a.First()); err != nil {
		return nil, err
	}
	err := w.Close()
	return &Ready{a, out.Bytes()}, err
}

// Server is a homeserver for one device of the account.
type Server struct {
	http.Handler
	ready *Ready

	mu      sync.Mutex
	news    [][]byte      // responses after the first
	woken   chan struct{} // closed when there is another
	filter  []byte
	device  json.RawMessage   // its keys
	sent    map[string]string // bodies by transaction id
	journal []Entry
}

// New gives a server to whom nobody has spoken yet.
func New(ready *Ready) *Server {
	s := &Server{ready: ready, woken: make(chan struct{}), sent: map[string]string{}}
	mux := http.NewServeMux()
	for route, answer := range answers {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			reply(w, http.StatusOK, answer)
		})
	}
	for _, route := range absent {
		mux.HandleFunc(route, func(w http.ResponseWriter, _ *http.Request) {
			reply(w, http.StatusNotFound, object{"errcode": "M_NOT_FOUND", "error": "not here"})
		})
	}
	mux.HandleFunc("GET /_matrix/client/v3/sync", s.sync)
	mux.HandleFunc("POST /_matrix/client/v3/user/{user}/filter", s.takeFilter)
	mux.HandleFunc("GET /_matrix/client/v3/user/{user}/filter/{id}", s.giveFilter)
	mux.HandleFunc("GET /_matrix/client/v3/rooms/{room}/messages", s.messages)
	mux.HandleFunc("POST /_matrix/client/v3/keys/upload", s.uploadKeys)
	mux.HandleFunc("POST /_matrix/client/v3/keys/query", s.queryKeys)
	mux.HandleFunc("PUT /_matrix/client/v3/rooms/{room}/send/{type}/{txn}", s.send)
	mux.HandleFunc("/_matrix/", s.unknown)
	mux.HandleFunc("POST /bench/push", s.push)
	mux.HandleFunc("GET /bench/next", s.announce)
	mux.HandleFunc("GET /bench/sent", s.listSent)
	mux.HandleFunc("GET /bench/journal", s.listJournal)
	s.Handler = mux
	return s
}

func reply(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the browser may have gone
}

func refuse(w http.ResponseWriter, status int, why string) {
	reply(w, status, object{"errcode": "M_UNRECOGNIZED", "error": why})
}

// unknown notes what nobody has thought of: a client that asks for it in the
// time that is measured would be slowed down by the answer.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.note("unknown", r.Method+" "+r.URL.Path)
	refuse(w, http.StatusNotFound, "not replayed")
}
