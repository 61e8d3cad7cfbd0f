// Command gen writes both sides of the boundary from package api: the Go
// dispatch and codecs in wasm/rpc, the types and call methods in js/src/api.ts
// and the reference page js/API.md. `go generate ./wasm/api` runs it.
//
// Its law: the same definition gives the same bytes, and what it cannot carry
// it refuses by name instead of guessing. Types come from the compiler's own
// export data, so there is no second opinion on what a type means.
//
// It does not decide anything: names, docs and types are those of package api.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// outputs maps each generated file, relative to wasm/api, to what writes it.
var outputs = map[string]func(*Definition) ([]byte, error){
	"../rpc/dispatch_gen.go":   writeDispatch,
	"../rpc/read_gen.go":       writeReaders,
	"../rpc/write_gen.go":      writeWriters,
	"../rpc/codec_gen_test.go": writeCodecTable,
	"../../js/src/api.ts":      writeTypeScript,
	"../../js/API.md":          writePage,
}

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate reads the definition in dir and writes all outputs.
func generate(dir string) error {
	d, err := read(dir)
	if err != nil {
		return err
	}
	for name, write := range outputs {
		text, err := write(d)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read loads the package in dir and works out its definition.
func read(dir string) (*Definition, error) {
	world, err := load(dir)
	if err != nil {
		return nil, err
	}
	return world.define()
}
