package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSpreadIsOfAllRuns(t *testing.T) {
	for range 100 {
		values := make([]float64, 1+rand.IntN(9))
		for i := range values {
			values[i] = rand.Float64()
		}
		before := slices.Clone(values)
		s := spreadOf(values)
		below, above := 0, 0
		for _, v := range values {
			if v < s.Median {
				below++
			}
			if v > s.Median {
				above++
			}
		}
		if below != above || s.Min != slices.Min(values) || s.Max != slices.Max(values) {
			t.Errorf("%v gave %+v", values, s)
		}
		if !slices.Equal(values, before) {
			t.Error("the runs were put into another order")
		}
	}
}

func TestRatiosAreOfTheSameRun(t *testing.T) {
	// The machine is ten times as slow in the second run, and the third was
	// never finished: that does not move the ratio.
	table := tabulate([]sample{
		{Row: "warm.list", Rooms: 9, Run: 1, Client: "alcove", Value: 50},
		{Row: "warm.list", Rooms: 9, Run: 0, Client: "alcove", Value: 5},
		{Row: "warm.list", Rooms: 9, Run: 0, Client: "jssdk", Value: 10},
		{Row: "warm.list", Rooms: 9, Run: 1, Client: "jssdk", Value: 100},
		{Row: "warm.list", Rooms: 9, Run: 2, Client: "alcove", Value: 500},
		{Row: "warm.live", Rooms: 9, Run: 0, Client: "alcove", Value: 1},
	})
	if len(table) != 1 || table[0].Rooms != 9 {
		t.Fatalf("%+v", table)
	}
	if r := table[0].Ratio; r.Median != 0.5 || r.Min != 0.5 || r.Max != 0.5 || len(r.Runs) != 2 {
		t.Errorf("ratios are %+v", r)
	}
}

func TestNothingIsDividedByNothing(t *testing.T) {
	table := tabulate([]sample{{Row: "cold.task", Client: "alcove", Value: 60}, {Row: "cold.task", Client: "jssdk"}})
	if len(table[0].Ratio.Runs) != 0 || table[0].ratio() != "" {
		t.Errorf("%+v", table[0].Ratio)
	}
}

func TestSamplesAreLinesOfJSON(t *testing.T) {
	all, err := readSamples(strings.NewReader(`{"row":"cold.cpu","rooms":300,"run":1,"client":"jssdk","value":12.5}` + "\n"))
	if err != nil || len(all) != 1 || all[0].Value != 12.5 || all[0].Run != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := readSamples(strings.NewReader("bench waits in vain\n")); err == nil {
		t.Error("what is no JSON was read")
	}
}

func TestEveryRowHasAGroupAndIsThereOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows {
		group, _, found := strings.Cut(r.name, ".")
		if !found || !slices.Contains(groups(), group) || seen[r.name] {
			t.Errorf("row %q", r.name)
		}
		seen[r.name] = true
	}
}
