// Command size prints what the package weighs: raw, gzip and brotli bytes of
// every shipped file, and the core's code by Go package. It fails when a sum is
// over its limit in build/bench/budget.json.
//
// It reads build/out/package, so build first; -functions 40 lists the largest
// functions too, and -packages 0 leaves packages out.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
)

const (
	shipped  = "build/out/package"
	unshrunk = "build/out/named.wasm"
	budget   = "build/bench/budget.json"
)

// limits is the part of the budget that size checks.
type limits struct {
	Brotli map[string]int `json:"brotli"`
}

func main() {
	packages := flag.Int("packages", 30, "how many Go packages to list")
	functions := flag.Int("functions", 0, "how many functions to list")
	flag.Parse()
	if err := run(*packages, *functions); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

func run(packages, functions int) error {
	files, err := weigh(shipped)
	if err != nil {
		return err
	}
	sums := total(files)
	printFiles(append(files, sums...))
	if packages+functions > 0 {
		if err := printCode(packages, functions); err != nil {
			return err
		}
	}
	return check(sums)
}

// total adds up what a visitor downloads: the core, and the core with all
// JavaScript.
func total(files []file) []file {
	wasm, all := file{name: "wasm"}, file{name: "package"}
	for _, f := range files {
		all.add(f)
		if filepath.Ext(f.name) == ".wasm" {
			wasm.add(f)
		}
	}
	return []file{wasm, all}
}

func check(sums []file) error {
	raw, err := os.ReadFile(budget)
	if err != nil {
		return err
	}
	var l limits
	if err := json.Unmarshal(raw, &l); err != nil {
		return fmt.Errorf("%s: %w", budget, err)
	}
	var over error
	for _, s := range sums {
		limit := l.Brotli[s.name]
		fmt.Printf("%s: %d of %d bytes brotli\n", s.name, s.brotli, limit)
		if s.brotli > limit {
			over = errors.Join(over, fmt.Errorf("%s is %d bytes over its budget", s.name, s.brotli-limit))
		}
	}
	return over
}

func printFiles(files []file) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "raw\tgzip -9\tbrotli 11\t\t")
	for _, f := range files {
		fmt.Fprintf(w, "%d\t%d\t%d\t\t%s\n", f.raw, f.gzip, f.brotli, f.name)
	}
	w.Flush()
	fmt.Println()
}

func printCode(packages, functions int) error {
	m, err := readModule(unshrunk)
	if err != nil {
		return err
	}
	names, err := linkedPackages()
	if err != nil {
		return err
	}
	fmt.Printf("alcove.wasm: code %d, data %d (Go's tables of functions and lines among it), rest %d\n\n",
		m.code, m.data, m.size-m.code-m.data)
	printSums("package", byPackage(m.functions, names), packages)
	printSums("function", m.functions, functions)
	return nil
}

func printSums(what string, sums []function, n int) {
	if n == 0 {
		return
	}
	slices.SortStableFunc(sums, func(a, b function) int { return b.size - a.size })
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "code\t\t%s\n", what)
	rest := 0
	for i, s := range sums {
		if i >= n {
			rest += s.size
			continue
		}
		fmt.Fprintf(w, "%d\t\t%s\n", s.size, s.name)
	}
	fmt.Fprintf(w, "%d\t\t%d others\n\n", rest, max(0, len(sums)-n))
	w.Flush()
}
