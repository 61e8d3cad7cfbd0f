package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
)

// handover is what handover.mjs measured: how the tabs that are left fare when
// the leading one ends.
type handover struct {
	// Times are from that end until a list of all rooms was live again, in
	// milliseconds, one for each tab and trial.
	Times []float64
	// Marks are when the tab that took over got there.
	Marks []map[string]float64
	// Written is how many messages were stored as their tabs were told; Lost of
	// them the server does not have, and it has Doubled twice.
	Written, Lost, Doubled int
	// Megabytes is what a tab that follows adds to its page; 0 where the system
	// does not say.
	Megabytes float64

	limitMB float64
}

func (h *handover) print(w *tabwriter.Writer) {
	line := func(what string, times []float64) {
		fmt.Fprintf(w, "hand-over: %s, ms\t%d\t%s\n", what, usual, spreadOf(times).text())
	}
	line("the next tab leads, from the end of the last", h.at("restarting here"))
	line("its core is open", h.at("running here"))
	line("a list of all rooms is live again", h.Times)
	fmt.Fprintf(w, "hand-over: messages written, lost, doubled\t%d\t%d, %d, %d\n", usual, h.Written, h.Lost, h.Doubled)
	fmt.Fprintf(w, "a tab that follows, MB\t%d\t%.1f\n", usual, h.Megabytes)
}

// at is when the tabs that took over got to a mark.
func (h *handover) at(mark string) (times []float64) {
	for _, marks := range h.Marks {
		times = append(times, marks[mark])
	}
	return times
}

func (h *handover) check() (over error) {
	if h.Lost > 0 || h.Doubled > 0 {
		over = fmt.Errorf("hand-over: of %d messages, %d were lost and %d doubled", h.Written, h.Lost, h.Doubled)
	}
	if h.Megabytes > h.limitMB {
		over = errors.Join(over, fmt.Errorf("a tab that follows costs %.1f MB; %.0f are allowed", h.Megabytes, h.limitMB))
	}
	return over
}
