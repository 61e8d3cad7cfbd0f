// Command faultproxy stands between a browser and a homeserver and does to
// their requests what networks and servers do: it fails, delays, holds, cuts,
// loses, doubles and swaps them, and rewrites answers, by method, path and user.
//
// It serves, on one origin on loopback, a folder of files (the npm package), a
// bare page that imports index.js from there as globalThis.alcove, sw.js, a
// service worker that does nothing, and the homeserver: the sandbox of its own, or the one that -to names. On a second
// port a test tells it what to do; see control.go. It prints one line,
// {"origin": "…", "control": "…"}, and ends when its input does, so that it
// never outlives the test that started it.
//
// Its law: without rules it changes nothing. It is no proxy to deploy.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

func main() {
	web := flag.String("web", "build/out/package", "`folder` to serve")
	to := flag.String("to", "", "`address` of the homeserver; without it, a sandbox")
	flag.Parse()
	if err := run(*web, *to); err != nil {
		fmt.Fprintln(os.Stderr, "faultproxy:", err)
		os.Exit(1)
	}
}

func run(web, to string) error {
	server, err := homeserver(to)
	if err != nil {
		return err
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	back, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, front.Close())
	}
	p := newProxy(server)
	failed := make(chan error, 3)
	go func() { failed <- p.serve(front, site(web, p)) }()
	go func() { failed <- http.Serve(back, p.control()) }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		failed <- err
	}()
	line, err := json.Marshal(map[string]string{"origin": "http://" + front.Addr().String(), "control": "http://" + back.Addr().String()})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return <-failed
}

func homeserver(to string) (http.Handler, error) {
	if to == "" {
		return sandbox.New(sandbox.Options{}), nil
	}
	u, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	p := httputil.NewSingleHostReverseProxy(u)
	p.ErrorLog = log.New(io.Discard, "", 0) // a browser that goes away is nothing to tell
	return p, nil
}

// page gives the package to whoever drives the browser.
const page = `<!doctype html><meta charset="utf-8"><title>Alcove under test</title>
<script type="module">import * as alcove from "./index.js"; globalThis.alcove = alcove;</script>`

// worker is a service worker that passes everything on.
const worker = `self.oninstall = () => self.skipWaiting();
self.onactivate = (event) => event.waitUntil(self.clients.claim());
self.onfetch = (event) => event.respondWith(fetch(event.request));`

func site(web string, p *proxy) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/_matrix/", p)
	mux.Handle("/.well-known/matrix/", p)
	mux.Handle("/", http.FileServer(http.Dir(web)))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	})
	mux.HandleFunc("GET /sw.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, worker)
	})
	return mux
}

// serve answers the browser, and remembers its connections for sever.
func (p *proxy) serve(l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ConnState: p.track}
	return s.Serve(l)
}
