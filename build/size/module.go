package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// function is a function of the core, or several together, and the bytes of
// its code.
type function struct {
	name string
	size int
}

// module is what size knows of a wasm file.
type module struct {
	size, code, data int
	functions        []function
}

// Sections of a wasm module, https://webassembly.github.io/spec/core/binary/modules.html.
const (
	sectionCustom = 0
	sectionImport = 2
	sectionCode   = 10
	sectionData   = 11
)

var errGarbled = errors.New("not a module that Go wrote")

// readModule takes a wasm file apart that still has its names.
func readModule(path string) (m module, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if len(raw) < 8 || string(raw[:4]) != "\x00asm" {
		return m, fmt.Errorf("%s: %w", path, errGarbled)
	}
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s: %w", path, errGarbled)
		}
	}()
	m.size = len(raw)
	m.sections(raw[8:])
	return m, nil
}

func (m *module) sections(raw []byte) {
	imported, names, bodies := 0, map[int]string{}, []int(nil)
	for in := (bytes{raw}); len(in.left) > 0; {
		id := in.take(1)[0]
		section := bytes{in.take(in.uint())}
		size := len(section.left)
		switch id {
		case sectionImport:
			imported = section.uint() // of functions alone: Go imports nothing else
		case sectionCode:
			m.code, bodies = size, section.bodies()
		case sectionData:
			m.data = size
		case sectionCustom:
			if section.text() == "name" {
				names = section.names()
			}
		}
	}
	for i, size := range bodies {
		m.functions = append(m.functions, function{names[imported+i], size})
	}
}

// bytes reads a module; what is garbled panics, and readModule says so.
type bytes struct{ left []byte }

func (b *bytes) take(n int) []byte {
	out := b.left[:n]
	b.left = b.left[n:]
	return out
}

func (b *bytes) uint() int {
	n, size := binary.Uvarint(b.left)
	if size <= 0 {
		panic(errGarbled)
	}
	b.left = b.left[size:]
	return int(n)
}

func (b *bytes) text() string { return string(b.take(b.uint())) }

// bodies gives the size of each function of a code section.
func (b *bytes) bodies() []int {
	sizes := make([]int, b.uint())
	for i := range sizes {
		sizes[i] = b.uint()
		b.take(sizes[i])
	}
	return sizes
}

// names gives the functions' names from the custom section of that name.
func (b *bytes) names() map[int]string {
	const functionNames = 1
	names := map[int]string{}
	for len(b.left) > 0 {
		kind := b.take(1)[0]
		part := bytes{b.take(b.uint())}
		if kind != functionNames {
			continue
		}
		for n := part.uint(); n > 0; n-- {
			index := part.uint()
			names[index] = part.text()
		}
	}
	return names
}

// notInNames is what the linker writes as underscores.
var notInNames = regexp.MustCompile(`[^\w.]`)

// linkedPackages gives the import paths of the core by the linker's names for them.
func linkedPackages() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-deps", "./wasm/worker")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	paths := map[string]string{}
	for path := range strings.FieldsSeq(string(out)) {
		// Dots in a path's last element are escaped in symbols.
		symbol := notInNames.ReplaceAllString(path, "_")
		paths[symbol] = path
	}
	return paths, nil
}

// byPackage adds functions up by package. An instance of a generic function
// counts where the function is written.
func byPackage(functions []function, paths map[string]string) []function {
	sums := map[string]int{}
	for _, f := range functions {
		sums[packageOf(f.name, paths)] += f.size
	}
	var out []function
	for name, size := range sums {
		out = append(out, function{name, size})
	}
	return out
}

// packageOf finds the longest path that a name begins with: a path itself may
// have dots.
func packageOf(name string, paths map[string]string) string {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if path, ok := paths[name[:end]]; ok {
			return path
		}
	}
	return "(made by the compiler and linker)"
}
