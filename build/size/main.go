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

	"github.com/alcove-chat/alcove/build/weigh"
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
	files, err := visited(shipped)
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

// visited weighs all that a visitor downloads from folder.
func visited(folder string) ([]weigh.File, error) {
	var paths []string
	for _, kind := range []string{"*.wasm", "*.js"} {
		found, err := filepath.Glob(filepath.Join(folder, kind))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	if !slices.Contains(paths, filepath.Join(folder, "alcove.wasm")) {
		return nil, fmt.Errorf("%s has no alcove.wasm: make build comes first", folder)
	}
	return weigh.Files(paths)
}

// total adds up what a visitor downloads: the core, and the core with all
// JavaScript.
func total(files []weigh.File) []weigh.File {
	wasm, all := weigh.File{Name: "wasm"}, weigh.File{Name: "package"}
	for _, f := range files {
		all.Add(f)
		if filepath.Ext(f.Name) == ".wasm" {
			wasm.Add(f)
		}
	}
	return []weigh.File{wasm, all}
}

func check(sums []weigh.File) error {
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
		limit := l.Brotli[s.Name]
		fmt.Printf("%s: %d of %d bytes brotli\n", s.Name, s.Brotli, limit)
		if s.Brotli > limit {
			over = errors.Join(over, fmt.Errorf("%s is %d bytes over its budget", s.Name, s.Brotli-limit))
		}
	}
	return over
}

func printFiles(files []weigh.File) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "raw\tgzip -9\tbrotli 11\t\t")
	for _, f := range files {
		fmt.Fprintf(w, "%d\t%d\t%d\t\t%s\n", f.Raw, f.Gzip, f.Brotli, f.Name)
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
