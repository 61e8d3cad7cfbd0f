package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

// results is what bench.mjs measured, in milliseconds.
type results struct {
	StartUp      []boot
	First, Again visit
	Handover     handover
}

// boot is one start of the core: from the worker's start until the program is
// compiled and until it answers.
type boot struct{ Compiled, Answered float64 }

// visit is one visit of the page. Marks are times since it began.
type visit struct {
	Tasks []struct{ At, MS float64 }
	Marks map[string]float64
	Begun float64
	CPU   struct{ All, Main float64 }
}

// longest is the longest task on the page's main thread; Chromium reports those
// from 50 ms, so 0 means that all were shorter.
func (v *visit) longest() float64 {
	most := 0.0
	for _, task := range v.Tasks {
		most = max(most, task.MS)
	}
	return most
}

func (v *visit) long() (sum float64) {
	for _, task := range v.Tasks {
		sum += task.MS
	}
	return sum
}

func (r *results) print(rooms int) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	line := func(what string, ms float64) { fmt.Fprintf(w, "%s\t%.0f\n", what, ms) }
	since := func(mark string) float64 { return r.First.Marks[mark] - r.First.Begun }
	fmt.Fprintf(w, "%d rooms\tms\n", rooms)
	line("start: fetched and compiled, median", median(r.StartUp, func(b boot) float64 { return b.Compiled }))
	line("start: initialised until the core answers, median", median(r.StartUp, func(b boot) float64 { return b.Answered - b.Compiled }))
	line("first sync: first room shown, from sign-in", since("first room"))
	line("first sync: all rooms listed", since("core's list"))
	line("first sync: done", since("live"))
	line("first sync: CPU of the worker", r.First.CPU.All-r.First.CPU.Main)
	line("first sync: CPU of the page's main thread", r.First.CPU.Main)
	line("first sync: longest task there (0: all below 50)", r.First.longest())
	line("first sync: tasks of 50 and more there, together", r.First.long())
	line("second visit: stored list shown, from navigation", r.Again.Marks["first room"])
	line("second visit: core compiled", r.Again.Marks["compile"])
	line("second visit: core's own list", r.Again.Marks["core's list"])
	line("second visit: longest task of the main thread", r.Again.longest())
	r.Handover.print(w)
	_ = w.Flush()
}

func median[T any](all []T, of func(T) float64) float64 {
	var times []float64
	for _, one := range all {
		times = append(times, of(one))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// check compares with the budget.
func (r *results) check() error {
	raw, err := os.ReadFile(budget)
	if err != nil {
		return err
	}
	var b struct{ LongestTaskMS, FollowerMB float64 }
	if err := json.Unmarshal(raw, &b); err != nil {
		return fmt.Errorf("%s: %w", budget, err)
	}
	over := r.Handover.check(b.FollowerMB)
	for name, v := range map[string]visit{"first sync": r.First, "second visit": r.Again} {
		if v.longest() > b.LongestTaskMS {
			over = errors.Join(over, fmt.Errorf("%s: a task of %.0f ms on the main thread; %.0f are allowed", name, v.longest(), b.LongestTaskMS))
		}
	}
	if r.Again.Marks["first room"] > r.Again.Marks["compile"] {
		over = errors.Join(over, errors.New("second visit: the stored list was shown after the core was compiled"))
	}
	return over
}
