//go:build !js

package client_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/build/homeserver/synapse"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Two servers serve all scenarios of a test run; each account is of one
// scenario only.
var (
	startSandbox = sync.OnceValue(func() *httptest.Server {
		return httptest.NewServer(sandbox.New(sandbox.Options{}))
	})
	startSynapse = sync.OnceValues(func() (*synapse.Server, error) {
		running = true
		return synapse.Start(context.Background(), func(what string) { fmt.Fprintln(os.Stderr, what) })
	})
	running bool
	// network is shared, so that a hundred long polls do not open a connection
	// for each request.
	network = &http.Transport{MaxIdleConnsPerHost: 200}
	nth     atomic.Int64
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if running {
		if s, err := startSynapse(); err == nil {
			_ = s.Stop()
		}
	}
	os.Exit(code)
}

// world is what a scenario plays in: a server with accounts of its own.
type world struct {
	t       *testing.T
	url     string
	checker *conformance.Checker // nil on a machine without the data
}

// onBothServers plays a scenario on the sandbox and on Synapse. Whatever the
// core sends there must fit the specification.
func onBothServers(t *testing.T, play func(w *world)) {
	t.Run("sandbox", func(t *testing.T) {
		t.Parallel()
		play(newWorld(t, startSandbox().URL))
	})
	t.Run("synapse", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("Synapse is left out of short runs")
		}
		s, err := startSynapse()
		if err != nil && os.Getenv("CI") == "true" {
			t.Fatal(err)
		} else if err != nil {
			t.Skip(err)
		}
		play(newWorld(t, s.URL))
	})
}

func newWorld(t *testing.T, url string) *world {
	w := &world{t: t, url: url}
	definition, err := conformance.LoadAPI()
	if errors.Is(err, conformance.ErrNoData) && os.Getenv("CI") != "true" {
		t.Log(err)
		return w
	}
	events, eventsErr := conformance.LoadEvents()
	if err := errors.Join(err, eventsErr); err != nil {
		t.Fatal(err)
	}
	w.checker = definition.Checker(t).CheckEvents(events)
	return w
}

// register makes an account and returns its localpart.
func (w *world) register(name string) string {
	w.t.Helper()
	local := fmt.Sprintf("%s-%d", name, nth.Add(1))
	w.post("register", "", fmt.Sprintf(`{"username":%q,"password":"pw","inhibit_login":true,"auth":{"type":"m.login.dummy"}}`, local))
	return local
}

// post makes a request that is no core's.
func (w *world) post(path, token, body string) scan.Value {
	w.t.Helper()
	status, raw := w.ask("POST", path, token, body)
	if status != http.StatusOK {
		w.t.Fatalf("%s: status %d, %s", path, status, raw)
	}
	return raw
}

// ask is post of any method, and of any outcome. A path that begins with a slash is
// the whole of it.
func (w *world) ask(method, path, token, body string) (status int, answer scan.Value) {
	w.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/_matrix/client/v3/" + path
	}
	r, err := http.NewRequestWithContext(context.Background(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	got, err := network.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return got.StatusCode, raw
}

// wire is what a core's requests pass: first the checker, then this.
type wire struct {
	cut  atomic.Bool // nothing comes through
	soft atomic.Bool // what ends a session ends it softly
	// around wraps each request where it is set, before the core starts.
	around func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error)
}

var errCut = errors.New("the network is cut")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut.Load() {
		return nil, errCut
	}
	next := func() (*http.Response, error) { return network.RoundTrip(r) }
	if w.around != nil {
		return w.around(r, next)
	}
	answer, err := next()
	if err == nil && answer.StatusCode == http.StatusUnauthorized && w.soft.Load() {
		answer.Body.Close()
		answer.Body = body(`{"errcode":"M_UNKNOWN_TOKEN","error":"expired","soft_logout":true}`)
	}
	return answer, err
}
