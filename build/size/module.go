package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/alcove-chat/alcove/build/wasmfile"
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

// readModule takes a wasm file apart that still has its names.
func readModule(path string) (m module, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	sections, err := wasmfile.Sections(raw)
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	m.size = len(raw)
	if err := m.read(sections); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func (m *module) read(sections []wasmfile.Section) error {
	imported, names, bodies := 0, map[int]string{}, []int(nil)
	for _, s := range sections {
		r := &wasmfile.Reader{Left: s.Body}
		switch s.ID {
		case wasmfile.SectionImport:
			imported = r.Uint() // of functions alone: Go imports nothing else
		case wasmfile.SectionCode:
			m.code, bodies = len(s.Body), sizes(r)
		case wasmfile.SectionData:
			m.data = len(s.Body)
		case wasmfile.SectionCustom:
			if r.Text() == "name" {
				readNames(r, names)
			}
		}
		if r.Err != nil {
			return r.Err
		}
	}
	for i, size := range bodies {
		m.functions = append(m.functions, function{names[imported+i], size})
	}
	return nil
}

// sizes gives the size of each function of a code section.
func sizes(r *wasmfile.Reader) []int {
	var out []int
	for n := r.Uint(); n > 0 && r.Err == nil; n-- {
		out = append(out, len(r.Bytes()))
	}
	return out
}

// readNames reads the functions' names from the custom section of that name.
func readNames(r *wasmfile.Reader, names map[int]string) {
	const functionNames = 1
	for len(r.Left) > 0 {
		kind := r.Byte()
		part := &wasmfile.Reader{Left: r.Bytes()}
		if kind != functionNames {
			continue
		}
		for n := part.Uint(); n > 0 && part.Err == nil; n-- {
			index := part.Uint()
			names[index] = part.Text()
		}
	}
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
