package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"
)

// crowd is what web/e2e/crowd.ts measured of the UI, in milliseconds: a room that
// shows hundreds of reactions.
type crowd struct {
	Reactions int // on screen
	// First is the longest task of the page's main thread while the room is opened
	// and read from the server, Again while it is opened from what is stored.
	First, Again []float64
	// Painted is from each press of a reaction until it is painted.
	Painted []float64

	taskMS, paintedMS float64 // limits
}

func (r *report) crowded(runs int) error {
	answer, err := drive("--import", "tsx", "web/e2e/crowd.ts", strconv.Itoa(runs))
	if err != nil {
		return err
	}
	r.Crowd = new(crowd)
	return json.Unmarshal(answer, r.Crowd)
}

// line is a row of the crowd and its limit.
type line struct {
	what string
	spread
	most float64
}

func (c *crowd) lines() []line {
	name := func(how string) string {
		return fmt.Sprintf("%d reactions on screen, %s: longest task of the main thread", c.Reactions, how)
	}
	return []line{
		{name("opened first"), spreadOf(c.First), c.taskMS},
		{name("opened again"), spreadOf(c.Again), c.taskMS},
		{"reaction: click → painted", spreadOf(c.Painted), c.paintedMS},
	}
}

func (c *crowd) print(w *tabwriter.Writer) {
	for _, l := range c.lines() {
		fmt.Fprintf(w, "%s, ms\t\t%s\t\t\t%s\n", l.what, l.text(), l.verdict())
	}
}

// missed says that it was not measured, or is over its limit.
func (l line) missed() bool { return len(l.Runs) == 0 || l.Median > l.most }

func (l line) verdict() string {
	if l.missed() {
		return fmt.Sprintf("≤ %g ms MISSED", l.most)
	}
	return fmt.Sprintf("≤ %g ms", l.most)
}

func (c *crowd) check() (over error) {
	if c.Reactions < 500 {
		over = fmt.Errorf("%d reactions are on screen, of 500", c.Reactions)
	}
	for _, l := range c.lines() {
		if l.missed() {
			over = errors.Join(over, fmt.Errorf("%s: %s ms; %g are allowed", l.what, l.text(), l.most))
		}
	}
	return over
}
