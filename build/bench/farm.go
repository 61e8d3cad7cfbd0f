package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/build/bench/others"
	"github.com/alcove-chat/alcove/build/bench/replay"
)

type object = map[string]any

// farm starts homeservers on loopback, one for each device, beside the pages and
// the package. Each has an origin of its own.
type farm struct {
	url    string
	core   string // the core's program, where it is another than the package's
	others *others.Others

	mu       sync.Mutex
	accounts map[int]*replay.Ready
	servers  []*http.Server
	replays  []*replay.Server
}

// host is one of its homeservers, and what there is to know of the account.
type host struct {
	URL    string `json:"url"`
	Listed int    `json:"listed"` // rooms in the list
	Quiet  string `json:"quiet"`  // a room that the traffic leaves alone
	Word   string `json:"word"`   // a part of some rooms' names
}

func newFarm(profile bool) (*farm, error) {
	f := &farm{others: others.New(1), accounts: map[int]*replay.Ready{}}
	if profile {
		f.core = named
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /new", f.take)
	url, err := f.listen(mux)
	f.url = url
	return f, err
}

func (f *farm) take(w http.ResponseWriter, r *http.Request) {
	rooms, err := strconv.Atoi(r.FormValue("rooms"))
	if err != nil || rooms < 1 {
		http.Error(w, "how many rooms?", http.StatusBadRequest)
		return
	}
	h, err := f.host(rooms)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(h)
}

// host starts a homeserver; the accounts of one size are all the same.
func (f *farm) host(rooms int) (*host, error) {
	ready, err := f.account(rooms)
	if err != nil {
		return nil, err
	}
	server := replay.New(ready)
	mux := http.NewServeMux()
	mux.Handle("/_matrix/", server)
	mux.Handle("/bench/", server)
	mux.Handle("POST /bench/others", f.others)
	mux.Handle("/package/", server.Noting(http.StripPrefix("/package/", files(shipped))))
	mux.Handle("/", server.Noting(files(pages)))
	if f.core != "" {
		mux.HandleFunc("/package/alcove.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, f.core) })
	}
	url, err := f.listen(mux)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.replays = append(f.replays, server)
	f.mu.Unlock()
	return &host{url, ready.Listed, ready.Quiet(), "ea"}, nil
}

// files are kept by the browser, as hashed names would be.
func files(folder string) http.Handler {
	server := http.FileServer(http.Dir(folder))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".html") {
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
		}
		server.ServeHTTP(w, r)
	})
}

func (f *farm) account(rooms int) (*replay.Ready, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.accounts[rooms] == nil {
		ready, err := replay.Prepare(account.New(account.Plan{Seed: 1, Rooms: rooms, Clear: true}))
		if err != nil {
			return nil, err
		}
		f.accounts[rooms] = ready
	}
	return f.accounts[rooms], nil
}

func (f *farm) listen(handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	f.mu.Lock()
	f.servers = append(f.servers, server)
	f.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // it ends with Close
	return "http://" + listener.Addr().String(), nil
}

// complaint is what clients asked for in vain: what was measured then is not
// what a homeserver would have made of it.
func (f *farm) complaint() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := map[string]error{}
	for _, server := range f.replays {
		for _, what := range server.Unknown() {
			asked[what] = fmt.Errorf("a client asked for %s, which is not replayed", what)
		}
	}
	var all []error
	for _, err := range asked {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (f *farm) close() {
	for _, server := range f.servers {
		_ = server.Close() // nothing is written any more
	}
}
