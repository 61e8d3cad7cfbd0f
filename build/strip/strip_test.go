package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/wasmfile"
)

// program builds testdata/program, and gives its path.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/program")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// run gives what the program in Node prints, and its trace as it dies.
func run(t *testing.T, path string) (stdout, stderr string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	var out, trace bytes.Buffer
	cmd := exec.Command("node", "--stack-size=8192", filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec_node.js"), path)
	cmd.Stdout, cmd.Stderr = &out, &trace
	if err := cmd.Run(); err == nil {
		t.Fatal("the program did not die of its panic")
	}
	return out.String(), trace.String()
}

func TestStrippedProgramRunsAsBefore(t *testing.T) {
	path := program(t)
	before, trace := run(t, path)
	if !strings.Contains(trace, "main.go:") {
		t.Fatalf("no line before strip:\n%s", trace)
	}
	if err := stripFile(path); err != nil {
		t.Fatal(err)
	}
	// runtime.Caller knows no line any more; all else is the same.
	after, trace := run(t, path)
	if after != before {
		t.Errorf("printed\n%s\nand before strip\n%s", after, before)
	}
	if !strings.Contains(trace, "panic: the end") || !strings.Contains(trace, "main.main(") || strings.Contains(trace, "main.go:") {
		t.Errorf("the trace is\n%s", trace)
	}
}

func TestUnknownLayoutIsAnError(t *testing.T) {
	module, err := os.ReadFile(program(t))
	if err != nil {
		t.Fatal(err)
	}
	sections, err := wasmfile.Sections(module)
	if err != nil {
		t.Fatal(err)
	}
	data := &sections[len(sections)-1]
	for i := range sections {
		if sections[i].ID == wasmfile.SectionData {
			data = &sections[i]
		}
	}
	memory, err := wasmfile.Memory(data.Body)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := findTables(memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("header", func(t *testing.T) {
		other := bytes.ReplaceAll(memory, magic, []byte{0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8})
		if _, err := findTables(other); !errors.Is(err, errLayout) {
			t.Errorf("another magic number: %v", err)
		}
	})
	t.Run("functions", func(t *testing.T) {
		random := rand.New(rand.NewPCG(3, 4))
		for range 100 {
			other := bytes.Clone(memory)
			for range 1 + random.IntN(20) {
				at := tables.names + random.IntN(len(memory)-tables.names)
				if random.IntN(2) == 0 { // where functions are
					at = tables.functab + random.IntN(tables.count*60)
				}
				other[min(at, len(other)-1)] = byte(random.Uint32())
			}
			if found, err := findTables(other); err == nil {
				found.clear()
			}
		}
	})
}
