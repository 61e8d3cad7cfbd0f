//go:build !js

package homeserver_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// servers starts two servers of different origins for the transports' tests.
func servers(t *testing.T) (here, elsewhere string) {
	t.Helper()
	mux := oddServer(t)
	for _, url := range []*string{&here, &elsewhere} {
		srv := httptest.NewServer(allowOrigins(mux))
		t.Cleanup(func() {
			srv.CloseClientConnections()
			srv.Close()
		})
		*url = srv.URL
	}
	return here, elsewhere
}

// allowOrigins sends what the specification recommends and no more, so that a
// browser refuses a request with any other header (FEATURES B-61).
func allowOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
		w.Header().Set("Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization")
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
		}
	})
}

func oddServer(t *testing.T) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", echo)
	mux.HandleFunc("/echo/", echo)
	mux.HandleFunc("/forbidden", func(http.ResponseWriter, *http.Request) { t.Error("a request came that must not") })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/limited", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "slow")
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		code := 307
		if r.FormValue("code") != "" {
			code, _ = strconv.Atoi(r.FormValue("code"))
		}
		_, to, _ := strings.Cut(r.URL.RawQuery, "to=")
		w.Header().Set("Location", to)
		w.WriteHeader(code)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	badBodies(mux)
	return mux
}

func badBodies(mux *http.ServeMux) {
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		_, _ = w.Write(pattern(n))
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for _, err := w.Write(pattern(1 << 16)); err == nil; _, err = w.Write(pattern(1 << 16)) {
		}
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		zeros := make([]byte, 1<<20)
		for range 64 {
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
		_ = z.Close()
	})
	mux.HandleFunc("/truncated", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"a":`)
	})
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/hang-body", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"a":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/trickle", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"method": r.Method, "path": r.RequestURI, "body": string(body),
		"authorization": r.Header.Get("Authorization"), "content-type": r.Header.Get("Content-Type"),
		"cookie": r.Header.Get("Cookie"), "referer": r.Header.Get("Referer"),
	})
}

// TestFetchInNode runs this package's tests over fetch, which needs servers
// that only a native program can be.
func TestFetchInNode(t *testing.T) {
	if testing.Short() {
		t.Skip("builds for js/wasm")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js")
	}
	here, elsewhere := servers(t)
	runFetchTests(t, here, elsewhere, node, filepath.Join(goroot(t), "lib", "wasm", "wasm_exec_node.js"))
}

// TestFetchInChromium runs them in a worker of a real browser, under CORS and
// a Content-Security-Policy. BROWSERTEST names the built program.
func TestFetchInChromium(t *testing.T) {
	browsertest := os.Getenv("BROWSERTEST")
	if browsertest == "" {
		t.Skip("needs BROWSERTEST; make test-browser sets it")
	}
	here, elsewhere := servers(t)
	runFetchTests(t, here, elsewhere, browsertest, "-connect", here+" "+elsewhere)
}

// runFetchTests builds the tests for js/wasm and gives the binary to a runner.
func runFetchTests(t *testing.T, here, elsewhere string, runner ...string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "homeserver.wasm")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	args := append(runner[1:], binary, "-test.v", "-test.run=^TestTransport")
	run := exec.CommandContext(t.Context(), runner[0], args...)
	// Little else: wasm_exec.js allows 4 kB of arguments and environment.
	run.Env = []string{"ALCOVE_FETCH_SERVERS=" + here + " " + elsewhere}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "CHROMIUM"} {
		run.Env = append(run.Env, name+"="+os.Getenv(name))
	}
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestTransportAbort") {
		t.Errorf("%v\n%s", err, out)
	}
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
