package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

//go:embed page
var page embed.FS

// site serves the page, its worker and the test binary on loopback, and lets
// tests ask for what only the browser's owner can do.
type site struct {
	origin string
	server *http.Server

	mu      sync.Mutex
	options options
	browser *browser
}

// show says what to run from now on, and in which browser.
func (s *site) show(o options, b *browser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options, s.browser = o, b
}

func (s *site) shown() (options, *browser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options, s.browser
}

func serve(o options) (*site, error) {
	goroot, err := exec.Command("go", "env", "GOROOT", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("ask Go for its root: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(goroot)), "\n")
	root := filepath.Dir(lines[1])
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &site{origin: "http://" + listener.Addr().String()}
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /wasm_exec.js", file(filepath.Join(lines[0], "lib", "wasm", "wasm_exec.js")))
	mux.HandleFunc("GET /shim.js", file(filepath.Join(root, "storage", "idb", "shim.js")))
	mux.HandleFunc("GET /test.wasm", file(o.wasm))
	mux.HandleFunc("GET /start.json", func(w http.ResponseWriter, _ *http.Request) {
		o, _ := s.shown()
		_ = json.NewEncoder(w).Encode(map[string]any{"args": o.args, "env": o.env})
	})
	mux.HandleFunc("POST /control/quota", s.control("Storage.overrideQuotaForOrigin"))
	mux.HandleFunc("POST /control/clear", s.control("Storage.clearDataForOrigin"))
	s.server = &http.Server{Handler: strict(mux, o.connect)}
	go func() { _ = s.server.Serve(listener) }() // ends by close
	return s, nil
}

func (s *site) close() { _ = s.server.Close() }

// control runs a DevTools method on this origin's storage.
func (s *site) control(method string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := params{"origin": s.origin}
		if types := r.FormValue("types"); types != "" {
			p["storageTypes"] = types
		}
		if n, err := strconv.ParseFloat(r.FormValue("bytes"), 64); err == nil {
			p["quotaSize"] = n // without it the override ends
		}
		_, b := s.shown()
		if err := b.cdp.call(r.Context(), b.page, method, p, nil); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

func file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".wasm") {
			w.Header().Set("Content-Type", "application/wasm") // what file go test made has another name
		}
		http.ServeFile(w, r, name)
	}
}

// strict forbids what a careful site forbids.
func strict(next http.Handler, connect string) http.Handler {
	policy := "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' " + connect
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
