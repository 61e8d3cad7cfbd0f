package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.html": "<!doctype html>page", "sw.js": "worker", "app.webmanifest": "{}", "alcove.wasm": "raw",
		"alcove.wasm.br": "brotli", "alcove.wasm.gz": "gzip", "assets/app-1a2B3c4D.js": "script",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFiles(t *testing.T) {
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	h := files(folder(t))
	for _, tc := range []struct {
		path, accept, encodings             string
		status                              int
		kind, cache, encoding, body, method string
	}{
		{path: "/", status: 200, kind: "text/html; charset=utf-8", cache: ask, body: "<!doctype html>page"},
		{path: "/sw.js", status: 200, kind: "text/javascript; charset=utf-8", cache: ask, body: "worker"},
		{path: "/app.webmanifest", status: 200, kind: "application/manifest+json", cache: ask, body: "{}"},
		{path: "/assets/app-1a2B3c4D.js", status: 200, kind: "text/javascript; charset=utf-8", cache: forever, body: "script"},
		{path: "/alcove.wasm", status: 200, kind: "application/wasm", cache: ask, body: "raw"},
		{path: "/alcove.wasm", encodings: "gzip, deflate, br", status: 200, kind: "application/wasm", cache: ask, encoding: "br", body: "brotli"},
		{path: "/alcove.wasm", encodings: "gzip, br;q=0", status: 200, kind: "application/wasm", cache: ask, encoding: "gzip", body: "gzip"},
		{path: "/room/1", accept: "text/html,*/*", status: 200, kind: "text/html; charset=utf-8", cache: ask, body: "<!doctype html>page"},
		{path: "/room/1", status: 404, kind: "text/plain; charset=utf-8", cache: "no-store", body: "not found\n"},
		{path: "/gone.js", accept: "text/html", status: 404, kind: "text/plain; charset=utf-8", cache: "no-store", body: "not found\n"},
		{path: "/assets", accept: "*/*", status: 404, kind: "text/plain; charset=utf-8", cache: "no-store", body: "not found\n"},
		{path: "/../serve_test.go", status: 404, kind: "text/plain; charset=utf-8", cache: "no-store", body: "not found\n"},
		{path: "/", method: "POST", status: 405, kind: "text/plain; charset=utf-8", body: "method not allowed\n"},
	} {
		if tc.method == "" {
			tc.method = http.MethodGet
		}
		r := httptest.NewRequest(tc.method, "/", nil)
		r.URL.Path = tc.path
		r.Header.Set("Accept", tc.accept)
		r.Header.Set("Accept-Encoding", tc.encodings)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got := w.Result().Header
		if w.Code != tc.status || got.Get("Content-Type") != tc.kind || got.Get("Cache-Control") != tc.cache ||
			got.Get("Content-Encoding") != tc.encoding || w.Body.String() != tc.body {
			t.Errorf("%s %s (%s): %d %q %v", tc.method, tc.path, tc.encodings, w.Code, w.Body, got)
		}
	}
}

func TestFilledSandbox(t *testing.T) {
	now := &clock{}
	s := sandbox.New(sandbox.Options{Now: now.time})
	if err := fill(s, now); err != nil {
		t.Fatal(err)
	}
	f := &filler{server: s, now: now, tokens: map[string]string{}}
	for _, name := range []string{"alice", "bob"} {
		in := f.call("", "POST", "/login", object{"type": "m.login.password", "password": password,
			"identifier": object{"type": "m.id.user", "user": name}})
		f.tokens[name], _ = in["access_token"].(string)
		rooms, _ := f.call(name, "GET", "/sync?timeout=0", nil)["rooms"].(object)
		join, _ := rooms["join"].(object)
		invite, _ := rooms["invite"].(object)
		if f.err != nil || len(join) != 4 || len(invite) != 1 {
			t.Fatalf("%s has %d rooms, %d invitations, error %v", name, len(join), len(invite), f.err)
		}
		notFromTheFuture(t, join)
	}
	if err := fill(s, now); err != nil {
		t.Errorf("a second fill: %v", err)
	}
}

func notFromTheFuture(t *testing.T, rooms object) {
	t.Helper()
	for id, room := range rooms {
		timeline, _ := room.(object)["timeline"].(object)
		events, _ := timeline["events"].([]any)
		for _, e := range events {
			if ts, _ := e.(object)["origin_server_ts"].(float64); ts > float64(time.Now().UnixMilli()) {
				t.Errorf("room %s has an event from the future", id)
			}
		}
	}
}

// TestRun starts all of it, with the sandbox and with another homeserver.
func TestRun(t *testing.T) {
	for _, homeserver := range []string{"", "https://matrix.example.org"} {
		ctx, stop := context.WithCancel(t.Context())
		out, done := &lines{said: make(chan string, 100)}, make(chan error, 1)
		set := settings{port: "0", homeserver: homeserver, web: folder(t)}
		go func() { done <- run(ctx, set, out) }()
		origin := out.find(t, done, "http://localhost:")
		var got map[string]string
		if err := json.Unmarshal(get(t, origin+"/config.json", 200), &got); err != nil {
			t.Fatal(err)
		}
		want, status := homeserver, http.StatusNotFound
		if homeserver == "" {
			want, status = origin, http.StatusOK
		}
		if got["homeserver"] != want {
			t.Errorf("the UI is sent to %s, want %s", got["homeserver"], want)
		}
		get(t, origin+"/_matrix/client/versions", status)
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for _, set := range []settings{{web: t.TempDir()}, {web: folder(t), homeserver: "matrix.org"}, {web: folder(t), port: "no"}} {
		if err := run(t.Context(), set, io.Discard); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("run %+v: %v", set, err)
		}
	}
}

func get(t *testing.T, url string, status int) []byte {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("GET %s: %d, want %d, %v", url, r.StatusCode, status, err)
	}
	return raw
}

// lines hands what a program prints to a test.
type lines struct{ said chan string }

func (l *lines) Write(p []byte) (int, error) {
	l.said <- string(bytes.Clone(p))
	return len(p), nil
}

// find waits for a line with a word that begins with prefix and returns it.
func (l *lines) find(t *testing.T, done <-chan error, prefix string) string {
	t.Helper()
	for {
		select {
		case text := <-l.said:
			for _, word := range strings.Fields(text) {
				if strings.HasPrefix(word, prefix) {
					return word
				}
			}
		case err := <-done:
			t.Fatalf("ended: %v", err)
		}
	}
}
