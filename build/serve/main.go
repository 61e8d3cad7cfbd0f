// Command serve is `make run`: the built UI and, on the same origin, the
// sandbox homeserver with two accounts and rooms that have a history.
//
// It reads
//   - PORT: the port on loopback; without it 8008, or any free one;
//   - HOMESERVER: the address of a real homeserver; then there is no sandbox;
//   - -file: where the sandbox is kept between runs; without it, it starts anew;
//   - -web: the folder of the UI, build/out/web.
//
// The UI learns its homeserver from GET /config.json, {"homeserver": "…"}: the
// address of this server, or HOMESERVER. A UI that is served without that file
// takes its own origin.
//
// It listens on loopback alone and is no server to deploy: see the README for
// what a real one has to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

const preferredPort = "8008"

// settings are what the environment and the flags say.
type settings struct {
	port, homeserver, file, web string
}

func main() {
	set := settings{port: os.Getenv("PORT"), homeserver: os.Getenv("HOMESERVER")}
	flag.StringVar(&set.file, "file", "", "keep the sandbox homeserver in this `file`")
	flag.StringVar(&set.web, "web", "build/out/web", "`folder` of the built UI")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, set, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, set settings, out io.Writer) (err error) {
	if err := set.check(); err != nil {
		return err
	}
	l, err := listen(set.port)
	if err != nil {
		return err
	}
	origin := "http://" + strings.Replace(l.Addr().String(), "127.0.0.1", "localhost", 1)
	mux := http.NewServeMux()
	mux.Handle("/", files(set.web))
	homeserver := set.homeserver
	if homeserver == "" {
		homeserver = origin
		s, err := openSandbox(set.file, out)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		mux.Handle("/_matrix/", s)
		mux.Handle("/.well-known/matrix/", s)
	}
	mux.Handle("GET /config.json", config(homeserver))
	greet(out, origin, set.homeserver)
	return serve(ctx, l, mux)
}

func (set *settings) check() error {
	if _, err := os.Stat(set.web + "/index.html"); err != nil {
		return fmt.Errorf("no UI in %s; run `make web` first", set.web)
	}
	if set.homeserver == "" {
		return nil
	}
	u, err := url.Parse(set.homeserver)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("HOMESERVER=%s is not the address of a homeserver, such as https://matrix.example.org", set.homeserver)
	}
	return nil
}

// listen takes the port asked for, else the usual one, else any.
func listen(port string) (net.Listener, error) {
	if port != "" {
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			return nil, fmt.Errorf("PORT=%s cannot be used: %w", port, err)
		}
		return l, nil
	}
	if l, err := net.Listen("tcp", "127.0.0.1:"+preferredPort); err == nil {
		return l, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func openSandbox(file string, out io.Writer) (*sandbox.Server, error) {
	now := &clock{}
	s, err := sandbox.Open(sandbox.Options{File: file, Now: now.time})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	fmt.Fprintln(out, "Filling the sandbox homeserver with rooms …")
	if err := fill(s, now); err != nil {
		return nil, errors.Join(fmt.Errorf("fill the sandbox: %w", err), s.Close())
	}
	return s, nil
}

func greet(out io.Writer, origin, homeserver string) {
	if homeserver != "" {
		fmt.Fprintf(out, "\n  Alcove is at %s and uses %s\n\n  Ctrl+C stops it.\n\n", origin, homeserver)
		return
	}
	fmt.Fprintf(out, `
  Alcove is at %s

  Sign in as %s or %s, password %s.
  A second browser or a private window is the other person.

  Ctrl+C stops it.

`, origin, people[0].name, people[1].name, password)
}

// serve answers until the context ends, and then ends waiting syncs at once.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	requests, end := context.WithCancel(context.Background())
	defer end()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return requests }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end()
	soon, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(soon) != nil {
		return server.Close()
	}
	return nil
}
