package main

import (
	"errors"
	"fmt"
	"slices"
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
}

func (h *handover) print(w *tabwriter.Writer) {
	line := func(what string, ms float64) { fmt.Fprintf(w, "%s\t%.0f\n", what, ms) }
	at := func(mark string) float64 {
		return median(h.Marks, func(marks map[string]float64) float64 { return marks[mark] })
	}
	own := func(ms float64) float64 { return ms }
	line("hand-over: the next tab leads, from the end of the last, median", at("restarting here"))
	line("hand-over: its core is open, median", at("running here"))
	line(fmt.Sprintf("hand-over: a list of all rooms is live, median of %d", len(h.Times)), median(h.Times, own))
	line("hand-over: the slowest of them", slices.Max(h.Times))
	fmt.Fprintf(w, "hand-over: messages written, lost, doubled\t%d, %d, %d\n", h.Written, h.Lost, h.Doubled)
	fmt.Fprintf(w, "a tab that follows, in MB\t%.1f\n", h.Megabytes)
}

func (h *handover) check(mostMB float64) (over error) {
	if h.Lost > 0 || h.Doubled > 0 {
		over = fmt.Errorf("hand-over: of %d messages, %d were lost and %d doubled", h.Written, h.Lost, h.Doubled)
	}
	if h.Megabytes > mostMB {
		over = errors.Join(over, fmt.Errorf("a tab that follows costs %.1f MB; %.0f are allowed", h.Megabytes, mostMB))
	}
	return over
}
