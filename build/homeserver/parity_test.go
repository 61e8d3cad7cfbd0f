package main_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/build/homeserver/synapse"
	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// TestParity runs every scenario on the sandbox and on Synapse and compares
// what they answered. What differs is a bug of the sandbox, or belongs into the
// lists of script_test.go with a reason.
func TestParity(t *testing.T) {
	real, err := synapse.Start(t.Context(), func(what string) { fmt.Fprintln(os.Stderr, what) })
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := real.Stop(); err != nil {
			t.Error(err)
		}
	})
	var box http.Handler = sandbox.New(sandbox.Options{})
	if api, err := conformance.LoadAPI(); err == nil { // a machine without the data compares all the same
		box = checked(t, api, box)
	}
	ours := httptest.NewServer(box)
	t.Cleanup(ours.Close)
	for i, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			var notes [2][]string
			var both sync.WaitGroup
			for j, url := range []string{ours.URL, real.URL} {
				both.Go(func() {
					t.Run(path.Join("on", []string{"sandbox", "synapse"}[j]), func(t *testing.T) {
						s := &script{t: t, url: url, run: fmt.Sprintf("-run%d", i), names: map[string]string{}}
						defer func() { notes[j] = s.notes }()
						sc.play(s)
					})
				})
			}
			both.Wait()
			compare(t, notes[0], notes[1])
		})
	}
}

// checked validates the answers of the sandbox; the requests of the scenarios
// are wrong on purpose here and there, so they are not.
func checked(t *testing.T, api *conformance.API, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if o, _ := api.Check(r, nil); o != nil {
			if err := api.CheckAnswer(o, answer.Code, answer.Body.Bytes()); err != nil {
				t.Errorf("%s: %v\n%s", o.Name(), err, answer.Body)
			}
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func compare(t *testing.T, ours, real []string) {
	t.Helper()
	if len(ours) != len(real) {
		t.Errorf("%d notes of the sandbox, %d of Synapse", len(ours), len(real))
	}
	for i := range min(len(ours), len(real)) {
		if ours[i] != real[i] {
			t.Errorf("\nsandbox %s\nsynapse %s", ours[i], strings.TrimSpace(real[i]))
		}
	}
}
