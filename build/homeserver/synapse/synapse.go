// Package synapse runs a real Matrix homeserver, Synapse, for tests: in a
// Python virtual environment of its own, on loopback, with data that goes away
// with it.
//
// Its law: it never skips. What is missing is an error of one line, and the
// caller decides whether that fails a test. The server it starts ends with the
// process that started it, even when that process is killed.
//
// It does not offer Synapse's options, nor federation, nor a server that lasts.
package synapse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Version is the release of Synapse that is installed.
const Version = "1.163.2"

const (
	startTimeout = 90 * time.Second
	stopTimeout  = 10 * time.Second
	startTries   = 3 // a free port may be taken before Synapse listens on it
)

// watch runs Synapse and, when standard input closes, which the system does for
// a parent that dies, removes its data (it runs in that folder) and ends.
const watch = `import os, shutil, sys, threading
def watch():
    sys.stdin.buffer.read()
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
from synapse.app.homeserver import main
main()`

// Server is a running Synapse.
type Server struct {
	// URL is its address without a slash at the end.
	URL string

	dir   string
	cmd   *exec.Cmd
	input io.Closer
	ended chan struct{} // closed when the process is gone
}

// Start installs Synapse if need be and runs it. It returns when the server
// answers. progress, which may be nil, is told what takes long.
func Start(ctx context.Context, progress func(string)) (*Server, error) {
	if progress == nil {
		progress = func(string) {}
	}
	python, err := install(ctx, progress)
	if err != nil {
		return nil, fmt.Errorf("install Synapse: %w", err)
	}
	for range startTries {
		var s *Server
		if s, err = start(ctx, python); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("start Synapse: %w", err)
}

func start(ctx context.Context, python string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "alcove-synapse-")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: fmt.Sprintf("http://127.0.0.1:%d", port), dir: dir, ended: make(chan struct{})}
	if err = s.run(ctx, python, port); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) run(ctx context.Context, python string, port int) error {
	config, err := writeConfig(s.dir, s.URL, port)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	s.cmd = exec.Command(python, "-c", watch, "--config-path", config)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &said, &said
	if s.input, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	go func() {
		_ = s.cmd.Wait() // how it ended does not matter: a test that needs it will notice
		close(s.ended)
	}()
	return s.ready(ctx, &said)
}

// ready waits until the server answers.
func (s *Server) ready(ctx context.Context, said *bytes.Buffer) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if r, err := http.Get(s.URL + "/_matrix/client/versions"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.ended:
			return fmt.Errorf("it ended: %s", lastLine(said.String()))
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the server and removes its data. It is safe to call twice.
func (s *Server) Stop() error {
	if s.cmd != nil {
		s.input.Close()
		select {
		case <-s.ended:
		case <-time.After(stopTimeout):
			_ = s.cmd.Process.Kill()
			<-s.ended
		}
	}
	return os.RemoveAll(s.dir)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// lastLine returns the last line of a program's output that says something.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
