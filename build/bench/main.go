// Command bench measures the built package in Chromium: beside matrix-js-sdk, on
// the same work, in one run; and what only Alcove has, which is a core to start
// and to hand over between tabs. Accounts are made up and replayed from this
// process, so that no homeserver is part of the time. README.md beside this file
// says how the two are set up and what each row means.
//
//	go run ./build/bench               # a table; the same as JSON and SVG in build/out/bench
//	go run ./build/bench -name push    # one group of rows
//	go run ./build/bench -check        # and fail where a number is over its limit
//	go run ./build/bench -name push -profile   # what the time is spent on
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

const (
	shipped = "build/out/package"
	out     = "build/out/bench"
	pages   = out + "/page"
	named   = "build/out/named.wasm" // the core with the names of its functions
	budgets = "build/bench/budget.json"
)

// plan is what to measure.
type plan struct {
	name         string // one group alone
	rooms        []int
	runs, trials int
	profile      bool
}

func main() {
	var p plan
	var rooms string
	flag.StringVar(&p.name, "name", "", "measure one group alone: "+strings.Join(groups(), ", "))
	flag.StringVar(&rooms, "rooms", "300,1000,5000", "how many rooms the accounts have")
	flag.IntVar(&p.runs, "runs", 5, "how often each client does the work")
	flag.IntVar(&p.trials, "trials", 50, "how often the leading tab ends")
	flag.BoolVar(&p.profile, "profile", false, "tell what the CPU time of the group is spent on; needs "+named)
	check := flag.Bool("check", false, "compare with "+budgets)
	flag.Parse()
	for _, n := range strings.Split(rooms, ",") {
		if count, err := strconv.Atoi(n); err == nil {
			p.rooms = append(p.rooms, count)
		}
	}
	if err := run(p, *check); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(p plan, check bool) error {
	if p.profile && p.name == "" {
		return errors.New("which group is to be profiled? see -name")
	}
	b, err := readBudget(budgets)
	if err != nil {
		return err
	}
	farm, err := newFarm(p.profile)
	if err != nil {
		return err
	}
	defer farm.close()
	r, failed := measure(farm, p) // what was measured before it failed is told
	r.judge(b)
	r.print(os.Stdout)
	if err := errors.Join(failed, r.store(out)); err != nil || !check {
		return err
	}
	return errors.Join(r.over(), r.missing(b, p))
}
