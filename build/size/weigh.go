package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// file is what one shipped file weighs, or several together.
type file struct {
	name              string
	raw, gzip, brotli int
}

func (f *file) add(o file) {
	f.raw, f.gzip, f.brotli = f.raw+o.raw, f.gzip+o.gzip, f.brotli+o.brotli
}

// compressor runs in Node: its brotli is the one that web servers use, and
// what Go has of it compresses less.
const compressor = `
const { readFileSync } = require("fs"), { gzipSync, brotliCompressSync, constants: c } = require("zlib");
console.log(JSON.stringify(process.argv.slice(1).map((name) => {
	const raw = readFileSync(name);
	const params = { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: raw.length };
	return [raw.length, gzipSync(raw, { level: 9 }).length, brotliCompressSync(raw, { params }).length];
})));`

// weigh compresses all that a visitor downloads from folder.
func weigh(folder string) ([]file, error) {
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
	return compress(paths)
}

func compress(paths []string) ([]file, error) {
	cmd := exec.Command("node", append([]string{"-e", compressor, "--"}, paths...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("compress with node: %w", err)
	}
	var sizes [][3]int
	if err := json.Unmarshal(out, &sizes); err != nil || len(sizes) != len(paths) {
		return nil, fmt.Errorf("compress with node: %d answers for %d files: %w", len(sizes), len(paths), err)
	}
	files := make([]file, len(paths))
	for i, s := range sizes {
		files[i] = file{filepath.Base(paths[i]), s[0], s[1], s[2]}
	}
	return files, nil
}
