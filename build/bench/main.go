// Command bench measures the built package in Chromium: how long the core needs
// to start, what a first sync of a large account costs the page and the worker,
// what a second visit shows when, and how long lists stand still when the tab
// that leads is gone. The account is made up and replayed from
// this process, so that no homeserver is part of the time.
//
//	go run ./build/bench          # a table
//	go run ./build/bench -check   # and fail where a number is over its limit
//
// Times are of this machine. The limits are those that hold on any: no task of
// the page's main thread may take longer than 50 ms, a tab that follows may cost
// 15 MB, and no message may be lost.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

const (
	shipped = "build/out/package"
	budget  = "build/bench/budget.json"
)

func main() {
	rooms := flag.Int("rooms", 1000, "how many rooms the account has")
	trials := flag.Int("trials", 50, "how often the leading tab ends")
	check := flag.Bool("check", false, "compare with "+budget)
	flag.Parse()
	if err := run(*rooms, *trials, *check); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rooms, trials int, check bool) error {
	server, url, err := serve(rooms)
	if err != nil {
		return err
	}
	defer server.Close()
	var r results
	err = errors.Join(
		drive(&r, "build/bench/bench.mjs", url, strconv.Itoa(rooms)),
		drive(&r.Handover, "build/bench/handover.mjs", url, strconv.Itoa(rooms), strconv.Itoa(trials)),
	)
	if err != nil {
		return err
	}
	r.print(rooms)
	if check {
		return r.check()
	}
	return nil
}

// drive runs a script and reads what it measured into result.
func drive(result any, script ...string) error {
	cmd := exec.Command("node", script...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("drive the browser: %w", err)
	}
	if err := json.Unmarshal(out, result); err != nil {
		return fmt.Errorf("read what the browser measured: %w", err)
	}
	return nil
}
