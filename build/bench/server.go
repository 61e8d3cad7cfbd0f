package main

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/build/bench/account"
)

//go:embed page
var page embed.FS

// serve replays an account of that many rooms on loopback, beside the page and
// the built package. It answers as a homeserver does, from what it has ready.
func serve(rooms int) (*http.Server, string, error) {
	first, err := pack(account.Sync(1, rooms))
	if err != nil {
		return nil, "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, "", err
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.Handle("/package/", http.StripPrefix("/package/", http.FileServer(http.Dir(shipped))))
	var told sent
	mux.HandleFunc("PUT /_matrix/client/v3/rooms/{room}/send/{type}/{txn}", told.take)
	mux.HandleFunc("GET /sent", told.list)
	mux.HandleFunc("/_matrix/", replay(first))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with Close
	return server, "http://" + listener.Addr().String(), nil
}

// pack compresses once, as a homeserver's proxy does each time.
func pack(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

type object = map[string]any

// answers are those that do not depend on the request.
var answers = map[string]object{
	"GET /versions":          {"versions": []string{"v1.1", "v1.11"}},
	"GET /v3/login":          {"flows": []object{{"type": "m.login.password"}}},
	"POST /v3/login":         {"user_id": account.User, "device_id": account.Device, "access_token": "bench"},
	"GET /v3/account/whoami": {"user_id": account.User, "device_id": account.Device},
	"GET /v3/capabilities":   {"capabilities": object{}},
}

func replay(first []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		path := strings.TrimPrefix(r.URL.Path, "/_matrix/client")
		answer, known := answers[r.Method+" "+path]
		switch {
		case known:
		case path == "/v3/sync" && r.FormValue("since") == "":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(first) // the browser may have gone
			return
		case path == "/v3/sync":
			nothingNew(r)
			answer = object{"next_batch": account.NextBatch}
		case strings.HasSuffix(path, "/filter"):
			answer = object{"filter_id": "1"}
		default:
			w.WriteHeader(http.StatusNotFound)
			answer = object{"errcode": "M_UNRECOGNIZED", "error": "not replayed"}
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// nothingNew is a long poll without news.
func nothingNew(r *http.Request) {
	if timeout, err := time.ParseDuration(r.FormValue("timeout") + "ms"); err == nil {
		select {
		case <-time.After(timeout):
		case <-r.Context().Done():
		}
	}
}
