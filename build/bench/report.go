package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// report is all that was measured.
type report struct {
	Table    []cell    `json:"table"`
	Boots    []boot    `json:"boots,omitempty"`
	Crowd    *crowd    `json:"crowd,omitempty"`
	Handover *handover `json:"handover,omitempty"`
}

// boot is one start of the core, in milliseconds: from the worker's start until
// the program is compiled and until it answers.
type boot struct{ Compiled, Answered float64 }

// print writes the table for people.
func (r *report) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Table) > 0 {
		fmt.Fprintln(w, "median (least–most)\trooms\tAlcove\tmatrix-js-sdk\tratio\tlimit")
	}
	for _, c := range r.Table {
		fmt.Fprintf(w, "%s, %s\t%d\t%s\t%s\t%s\t%s\n", c.What, c.Unit, c.Rooms, c.Alcove.text(), c.Other.text(), c.ratio(), c.verdict())
	}
	if len(r.Boots) > 0 {
		var compiled, initialised []float64
		for _, b := range r.Boots {
			compiled, initialised = append(compiled, b.Compiled), append(initialised, b.Answered-b.Compiled)
		}
		fmt.Fprintf(w, "core alone: fetched and compiled, ms\t\t%s\n", spreadOf(compiled).text())
		fmt.Fprintf(w, "core alone: initialised until it answers, ms\t\t%s\n", spreadOf(initialised).text())
	}
	if r.Crowd != nil {
		r.Crowd.print(w)
	}
	if r.Handover != nil {
		r.Handover.print(w)
	}
	_ = w.Flush()
}

func (s spread) text() string {
	return fmt.Sprintf("%s (%s–%s)", number(s.Median), number(s.Min), number(s.Max))
}

// number has the digits that matter.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 10:
		return fmt.Sprintf("%.2g", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func (c *cell) ratio() string {
	if len(c.Ratio.Runs) == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", c.Ratio.Median, c.Ratio.Min, c.Ratio.Max)
}

func (c *cell) verdict() string {
	if c.Limit == nil {
		return ""
	}
	limit := fmt.Sprintf("≤ %g", c.Limit.Most)
	if c.Limit.Of == "alcove" {
		limit += " " + c.Unit
	}
	if c.Missed {
		limit += " MISSED"
	}
	return limit
}

// store writes the report as JSON, as a table and as a plot.
func (r *report) store(folder string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	table, err := os.Create(filepath.Join(folder, "bench.txt"))
	if err != nil {
		return err
	}
	r.print(table)
	if err := table.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "bench.svg"), []byte(r.plot()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "bench.json"), append(raw, '\n'), 0o644)
}
