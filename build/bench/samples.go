package main

import (
	"path"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/build/weigh"
)

// sample is one number that was taken of a client.
type sample struct {
	Row    string
	Rooms  int
	Run    int
	Client string
	Value  float64
	Files  []string // what was fetched, where that is what counts
}

// cell is a row of the table for one account.
type cell struct {
	Row    string `json:"row"`
	What   string `json:"what"`
	Unit   string `json:"unit"`
	Rooms  int    `json:"rooms"`
	Alcove spread `json:"alcove"`
	Other  spread `json:"jssdk"`
	Ratio  spread `json:"ratio"` // Alcove to the other, run by run: neighbours in time share the machine's mood
	Limit  *limit `json:"limit,omitempty"`
	Why    string `json:"why,omitempty"`
	Missed bool   `json:"missed,omitempty"`
}

// spread is what several runs gave.
type spread struct {
	Median float64   `json:"median"`
	Min    float64   `json:"min"`
	Max    float64   `json:"max"`
	Runs   []float64 `json:"runs"`
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	middle := (sorted[(n-1)/2] + sorted[n/2]) / 2
	return spread{middle, sorted[0], sorted[n-1], values}
}

// tabulate puts samples of one account into the table's order. A row of which a
// client has no sample is left out.
func tabulate(samples []sample) (table []cell) {
	for _, r := range rows {
		own, other := byRun(samples, r.name, "alcove"), byRun(samples, r.name, "jssdk")
		if len(own) == 0 || len(other) == 0 {
			continue
		}
		c := cell{Row: r.name, What: r.what, Unit: r.unit, Rooms: samples[0].Rooms, Alcove: spreadOf(values(own)), Other: spreadOf(values(other))}
		c.Ratio = spreadOf(ratios(own, other))
		table = append(table, c)
	}
	return table
}

func byRun(samples []sample, row, client string) (found []sample) {
	for _, s := range samples {
		if s.Row == row && s.Client == client {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b sample) int { return a.Run - b.Run })
	return found
}

func values(samples []sample) (all []float64) {
	for _, s := range samples {
		all = append(all, s.Value)
	}
	return all
}

// ratios are those of runs that both have, and where the other took any time.
func ratios(own, other []sample) (all []float64) {
	for _, s := range own {
		i := slices.IndexFunc(other, func(o sample) bool { return o.Run == s.Run })
		if i >= 0 && other[i].Value > 0 {
			all = append(all, s.Value/other[i].Value)
		}
	}
	return all
}

// weighFetched replaces lists of fetched files by what they weigh.
func weighFetched(samples []sample) error {
	for i, s := range samples {
		if len(s.Files) == 0 {
			continue
		}
		var local []string
		for _, url := range s.Files {
			local = append(local, onDisk(url))
		}
		weighed, err := weigh.Files(local)
		if err != nil {
			return err
		}
		for _, f := range weighed {
			samples[i].Value += float64(f.Brotli) / 1_000
		}
	}
	return nil
}

// onDisk is the file behind a URL's path.
func onDisk(url string) string {
	if name, found := strings.CutPrefix(url, "/package/"); found {
		return path.Join(shipped, name)
	}
	return path.Join(pages, url)
}
