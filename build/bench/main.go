// Command bench measures the built package in Chromium: how long the core needs
// to start, what a first sync of a large account costs the page and the worker,
// and what a second visit shows when. The account is made up and replayed from
// this process, so that no homeserver is part of the time.
//
//	go run ./build/bench          # a table
//	go run ./build/bench -check   # and fail where a number is over its limit
//
// Times are of this machine. The only limit is one that holds on any: no task
// of the page's main thread may take longer than 50 ms.
package main

import (
	"encoding/json"
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
	check := flag.Bool("check", false, "compare with "+budget)
	flag.Parse()
	if err := run(*rooms, *check); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rooms int, check bool) error {
	server, url, err := serve(rooms)
	if err != nil {
		return err
	}
	defer server.Close()
	r, err := drive(url, rooms)
	if err != nil {
		return err
	}
	r.print(rooms)
	if check {
		return r.check()
	}
	return nil
}

func drive(url string, rooms int) (r results, err error) {
	cmd := exec.Command("node", "build/bench/bench.mjs", url, strconv.Itoa(rooms))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("drive the browser: %w", err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("read what the browser measured: %w", err)
	}
	return r, nil
}
