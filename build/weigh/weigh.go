// Package weigh says what files weigh on their way to a visitor.
package weigh

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// File is what one file weighs, or several together.
type File struct {
	Name              string
	Raw, Gzip, Brotli int
}

// Add adds another file up.
func (f *File) Add(o File) {
	f.Raw, f.Gzip, f.Brotli = f.Raw+o.Raw, f.Gzip+o.Gzip, f.Brotli+o.Brotli
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

// Files compresses each file by itself, gzip at 9 and brotli at 11.
func Files(paths []string) ([]File, error) {
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
	files := make([]File, len(paths))
	for i, s := range sizes {
		files[i] = File{filepath.Base(paths[i]), s[0], s[1], s[2]}
	}
	return files, nil
}
