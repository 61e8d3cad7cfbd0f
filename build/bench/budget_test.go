package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBudgetIsOneOfRows(t *testing.T) {
	b, err := readBudget(filepath.Base(budgets))
	if err != nil || len(b.Ratios) == 0 || b.LongestTaskMS == 0 || b.SendKB == 0 || b.FollowerMB == 0 || b.PaintedMS == 0 || b.Backwards == 0 {
		t.Errorf("%+v, %v", b, err)
	}
	for name, broken := range map[string]budget{
		"row":   {Ratios: map[string]map[string]float64{"1000": {"warm.lits": 1}}},
		"hit":   {LongestTaskMS: 50, Missed: []miss{{"warm.task", 1000, 49, "it is below"}}},
		"rooms": {Ratios: map[string]map[string]float64{"many": {"warm.list": 1}}},
		"miss":  {Missed: []miss{{"warm.cpu", 1000, 2, "no limit"}}},
	} {
		if broken.valid() == nil {
			t.Errorf("a budget of an unknown %s is taken", name)
		}
	}
}

// measured is a report with one row, of which Alcove's part is share.
func measured(row string, share float64) *report {
	return &report{Table: tabulate([]sample{
		{Row: row, Rooms: 1000, Client: "alcove", Value: 100 * share}, {Row: row, Rooms: 1000, Client: "jssdk", Value: 100},
	})}
}

func TestWhatIsOverItsLimitIsToldAndShown(t *testing.T) {
	b := budget{LongestTaskMS: 50, Ratios: map[string]map[string]float64{"1000": {"warm.list": 0.1}}}
	for _, c := range []struct {
		row    string
		share  float64
		missed bool
	}{
		{"warm.list", 0.1, false}, {"warm.list", 0.11, true},
		{"warm.task", 0.5, false}, {"warm.task", 0.51, true},
		{"warm.live", 7, false}, // has no limit
	} {
		r := measured(c.row, c.share)
		r.judge(b)
		if (r.over() != nil) != c.missed {
			t.Errorf("%s at %v: %v", c.row, c.share, r.over())
		}
		var table strings.Builder
		r.print(&table)
		if strings.Contains(table.String(), "MISSED") != c.missed || strings.Contains(r.plot(), "#c22\" stroke-width") != c.missed {
			t.Errorf("%s at %v: missed is %t, and shown so is\n%s", c.row, c.share, c.missed, table.String())
		}
	}
}

func TestALimitOfWhatWasNotMeasuredIsMissed(t *testing.T) {
	b := budget{Ratios: map[string]map[string]float64{"1000": {"warm.list": 0.1, "warm.live": 0.1}}}
	r := measured("warm.list", 0.1)
	if err := r.missing(b, plan{rooms: []int{1000}}); err == nil || !strings.Contains(err.Error(), "warm.live") {
		t.Errorf("missing is %v", err)
	}
	if err := r.missing(b, plan{rooms: []int{1000}, name: "cold"}); err != nil {
		t.Errorf("one group alone misses %v", err)
	}
}

func TestACrowdIsJudgedByItsMedians(t *testing.T) {
	b := budget{LongestTaskMS: 50, PaintedMS: 16}
	fine := crowd{Reactions: 500, First: []float64{20, 30, 90}, Again: []float64{50}, Painted: []float64{16}}
	for name, c := range map[string]struct {
		change func(*crowd)
		over   bool
	}{
		"fine":          {func(*crowd) {}, false},
		"few":           {func(c *crowd) { c.Reactions = 499 }, true},
		"first":         {func(c *crowd) { c.First = []float64{51} }, true},
		"again":         {func(c *crowd) { c.Again = []float64{51} }, true},
		"painted":       {func(c *crowd) { c.Painted = []float64{17} }, true},
		"never pressed": {func(c *crowd) { c.Painted = nil }, true},
	} {
		all := fine
		c.change(&all)
		r := &report{Crowd: &all}
		r.judge(b)
		if (r.over() != nil) != c.over {
			t.Errorf("%s: %v", name, r.over())
		}
	}
}
