package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlotIsXMLWithADotForEachRatio(t *testing.T) {
	r := &report{}
	for _, share := range []float64{0.0001, 0.4, 1, 700} { // also off the scale
		r.Table = append(r.Table, measured("warm.list", share).Table...)
	}
	dots := 0
	for d := xml.NewDecoder(strings.NewReader(r.plot())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, is := token.(xml.StartElement); is && start.Name.Local == "circle" {
			dots++
		}
	}
	if dots != len(r.Table) {
		t.Errorf("%d dots for %d ratios", dots, len(r.Table))
	}
	if !(across(0.5) < across(1) && across(1) < across(2) && across(1e-9) == labels && across(1e9) == labels+breadth) {
		t.Error("the scale does not go from left to right")
	}
}

func TestReportIsStoredAsItIs(t *testing.T) {
	folder := t.TempDir()
	r := measured("push.50.diff", 0.25)
	r.Handover = &handover{Times: []float64{1, 2, 3}, Written: 4}
	if err := r.store(folder); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(folder, "bench.json"))
	if err != nil {
		t.Fatal(err)
	}
	var back report
	if err := json.Unmarshal(raw, &back); err != nil || back.Table[0].Ratio.Median != 0.25 || back.Handover.Written != 4 {
		t.Errorf("%+v, %v", back, err)
	}
	for _, name := range []string{"bench.txt", "bench.svg"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
