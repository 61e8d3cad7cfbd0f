package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// S-5: TestKillBrowser ends browsers by SIGKILL while a core commits, and looks with
// the next one at what is on disk: never half a batch, and all that was
// acknowledged. The program is the test binary of storage/idb.
func TestKillBrowser(t *testing.T) {
	if os.Getenv("KILL_BROWSER") == "" {
		t.Skip("needs a browser: set KILL_BROWSER, as make test-browser does")
	}
	wasm := buildTest(t)
	for _, features := range []string{"", "IdbSqliteBackingStore"} {
		t.Run("features "+features, func(t *testing.T) {
			o := options{wasm: wasm, enable: features}
			site, err := serve(o)
			if err != nil {
				t.Fatal(err)
			}
			defer site.close()
			profile := t.TempDir()
			for round := range 5 {
				acknowledged := killAfter(t, site, o, profile, time.Duration(round)*7*time.Millisecond)
				if stored := check(t, site, o, profile); stored < acknowledged {
					t.Fatalf("round %d: batch %d was acknowledged, %d is stored", round, acknowledged, stored)
				}
			}
		})
	}
}

func buildTest(t *testing.T) string {
	t.Helper()
	wasm := filepath.Join(t.TempDir(), "test.wasm")
	build := exec.Command("go", "test", "-c", "-o", wasm, "../../storage/idb")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return wasm
}

// numbers keeps the last number printed, and tells when there were enough.
type numbers struct {
	mu     sync.Mutex
	text   strings.Builder
	enough chan struct{}
}

const enoughNumbers = 5

func (n *numbers) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := strings.Count(n.text.String(), "\n")
	n.text.Write(p)
	if after := strings.Count(n.text.String(), "\n"); before < enoughNumbers && after >= enoughNumbers {
		close(n.enough)
	}
	return len(p), nil
}

func (n *numbers) last(t *testing.T) int {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	whole, _, _ := cutLast(n.text.String(), "\n")
	_, line, _ := cutLast(whole, "\n")
	number, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("the program says %q", n.text.String())
	}
	return number
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// killAfter lets a program commit for a while and returns the last number that
// it said before its browser was killed.
func killAfter(t *testing.T, s *site, o options, profile string, wait time.Duration) int {
	t.Helper()
	said := &numbers{enough: make(chan struct{})}
	b, ended := start(t, s, o, profile, "commit", said)
	select {
	case <-said.enough:
	case err := <-ended:
		t.Fatalf("%v: %s", err, said.text.String())
	}
	time.Sleep(wait)
	b.kill()
	<-ended
	return said.last(t)
}

// check returns the number of the batch that the next browser finds.
func check(t *testing.T, s *site, o options, profile string) int {
	t.Helper()
	said := &numbers{enough: make(chan struct{})}
	b, ended := start(t, s, o, profile, "check", said)
	defer b.close()
	if err := <-ended; err != nil {
		t.Fatalf("%v: %s", err, said.text.String())
	}
	return said.last(t)
}

func start(t *testing.T, s *site, o options, profile, task string, said *numbers) (*browser, <-chan error) {
	t.Helper()
	o.args, o.env = []string{"child"}, map[string]string{"CHILD": task, "DATABASE": "kill"}
	b, err := launch(o, profile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	s.show(o, b)
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		code, err := b.runPage(ctx, s.origin+"/", said)
		if err == nil && code != 0 {
			err = fmt.Errorf("exit code %d", code)
		}
		ended <- err
	}()
	return b, ended
}
