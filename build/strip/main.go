// Command strip takes out of a program that Go built for wasm what only stack
// traces read: the tables of lines, of files and of inlined calls, a sixth of
// the program's compressed bytes. Go's linker has no flag for it.
//
//	go run ./build/strip build/out/package/alcove.wasm
//
// A trace still names each function that has a frame, with its offset, which is
// that of a build without strip: the same source gives the line back.
// It also puts the program's data into fewer segments: the linker begins a new
// one after every few zeros, and 60,000 headers do not compress.
//
// Its law: the program runs as before. What unwinding and the garbage collector
// need stays as it is, and the runtime itself knows functions without these
// tables (those written in assembly). The tables' layout is Go's own affair, so
// all that is read is checked first; a layout that does not fit is left as it is,
// with a warning, and only `make size` fails then.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/alcove-chat/alcove/build/wasmfile"
)

func main() {
	for _, path := range os.Args[1:] {
		err := stripFile(path)
		if errors.Is(err, errLayout) {
			fmt.Fprintf(os.Stderr, "strip: %s stays as it is, %v; build/strip knows that of Go 1.26\n", path, err)
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "strip:", err)
			os.Exit(1)
		}
	}
}

func stripFile(path string) error {
	module, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	out, err := strip(module)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, out, info.Mode())
}

// strip gives the module without the tables.
func strip(module []byte) ([]byte, error) {
	sections, err := wasmfile.Sections(module)
	if err != nil {
		return nil, err
	}
	for i, s := range sections {
		if s.ID != wasmfile.SectionData {
			continue
		}
		memory, err := wasmfile.Memory(s.Body)
		if err != nil {
			return nil, err
		}
		t, err := findTables(memory)
		if err != nil {
			return nil, err
		}
		t.clear()
		sections[i].Body = wasmfile.DataSection(memory)
	}
	return wasmfile.Module(sections), nil
}
