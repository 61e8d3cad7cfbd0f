package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
)

// types are those of what a UI is made of; the system's own table differs from
// machine to machine, and a browser refuses wasm and manifests of other types.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".wasm": "application/wasm", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	".webp": "image/webp", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
}

// hashed are names that change with their content, and so may be kept.
var hashed = regexp.MustCompile(`^/assets/|[-.][A-Za-z0-9_-]{8,}\.(js|css|wasm|map|woff2|png|svg)$`)

// encodings are the precompressed forms that may lie beside a file, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// files serves a folder: no lists of folders, nothing outside of it, and the
// page for addresses that a person may have typed.
func files(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := path.Clean("/" + r.URL.Path)
		if name == "/" {
			name = "/index.html"
		}
		if serveFile(w, r, dir, name) || isPage(r, name) && serveFile(w, r, dir, "/index.html") {
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "not found", http.StatusNotFound)
	})
}

// isPage reports whether a browser goes to an address as to a page. A missing
// script must stay a 404: as a page it would be run.
func isPage(r *http.Request, name string) bool {
	return path.Ext(name) == "" && !hashed.MatchString(name) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// serveFile reports whether there is such a file.
func serveFile(w http.ResponseWriter, r *http.Request, dir, name string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	plain, err := root.Stat("." + name)
	if err != nil || !plain.Mode().IsRegular() {
		return false
	}
	suffix := encode(w, r, root, name)
	f, err := root.Open("." + name + suffix)
	if err != nil {
		return false
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	if kind := types[path.Ext(name)]; kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("Cache-Control", "no-cache")
	if hashed.MatchString(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", plain.ModTime(), f)
	return true
}

// encode picks the precompressed form that the browser takes, if there is one.
func encode(w http.ResponseWriter, r *http.Request, root *os.Root, name string) string {
	w.Header().Add("Vary", "Accept-Encoding")
	for _, e := range encodings {
		if _, err := root.Stat("." + name + e.suffix); err == nil && accepts(r, e.name) {
			w.Header().Set("Content-Encoding", e.name)
			return e.suffix
		}
	}
	return ""
}

func accepts(r *http.Request, encoding string) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == encoding && strings.TrimSpace(quality) != "q=0" {
			return true
		}
	}
	return false
}

// config tells the UI where its homeserver is.
func config(homeserver string) http.Handler {
	body, _ := json.Marshal(map[string]string{"homeserver": homeserver}) // never fails
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body)
	})
}
