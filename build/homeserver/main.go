// Command homeserver runs a real Synapse for tests that are not written in Go.
//
// It prints one line of JSON, {"url": "http://127.0.0.1:…"}, when the server
// answers, and stays until its standard input closes or it is interrupted. The
// first run installs Synapse into the user's cache folder. What goes wrong is
// one line on standard error and exit code 1.
//
// parity_test.go beside it runs one script on Synapse and on the sandbox.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alcove-chat/alcove/build/homeserver/synapse"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "homeserver:", strings.ReplaceAll(err.Error(), "\n", ": "))
		os.Exit(1)
	}
}

func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	s, err := synapse.Start(ctx, func(what string) { fmt.Fprintln(os.Stderr, "homeserver:", what) })
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(map[string]string{"url": s.URL}); err != nil {
		return err
	}
	closed := make(chan struct{})
	go func() { // ends with the process
		defer close(closed)
		_, _ = io.Copy(io.Discard, in)
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
	return s.Stop()
}
