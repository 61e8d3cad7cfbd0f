// Command browsertest runs a Go test binary for js/wasm in a dedicated worker
// of headless Chromium, prints what it prints and exits as it exits:
//
//	go build -o build/out/browsertest ./build/browsertest
//	GOOS=js GOARCH=wasm go test -exec $PWD/build/out/browsertest ./storage/idb
//
// Its law: each run has a browser, a profile and a port of its own, and ends
// them. The profile is persistent, because Chromium keeps the databases of
// throw-away contexts in memory. Pages come with a strict
// Content-Security-Policy, as a careful site's do.
//
// It installs nothing. Files of the machine are not visible to the tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.enable, "enable-features", "", "comma-separated Chromium `features`")
	flag.StringVar(&o.connect, "connect", "", "other `origins` that tests may fetch from, with spaces between")
	flag.DurationVar(&o.limit, "limit", 10*time.Minute, "end the run after this `time`")
	flag.BoolVar(&o.console, "console", false, "print what the browser itself prints")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: browsertest [flags] test.wasm [test flags]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	o.wasm, o.args, o.env = flag.Arg(0), flag.Args(), environment()
	code, err := run(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browsertest:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

type options struct {
	enable  string
	connect string
	limit   time.Duration
	console bool
	wasm    string
	args    []string
	env     map[string]string
}

// environment is what tests may know of ours; all of it would not fit.
func environment() map[string]string {
	env := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if name == "CI" || name == "GODEBUG" || strings.HasPrefix(name, "ALCOVE_") {
			env[name] = value
		}
	}
	return env
}

// removeAll tries again for a while: helpers of the browser may still be
// writing when they are killed.
func removeAll(dir string) (err error) {
	for range 20 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// run returns the exit code of the test binary.
func run(o options) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	if _, err := os.Stat(o.wasm); err != nil {
		return 0, err
	}
	profile, err := os.MkdirTemp("", "browsertest-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, removeAll(profile)) }()
	b, err := launch(o, profile)
	if err != nil {
		return 0, err
	}
	defer b.close()
	s, err := serve(o)
	if err != nil {
		return 0, err
	}
	defer s.close()
	s.show(o, b)
	return b.runPage(ctx, s.origin+"/", os.Stdout)
}
