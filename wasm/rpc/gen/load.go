package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// world is a checked package and the docs of all that may cross.
type world struct {
	fset  *token.FileSet
	api   *types.Package
	docs  docs
	known map[string]listed
}

// listed is what `go list` tells of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// load lists the package in dir with all below it, and checks its source.
func load(dir string) (*world, error) {
	known, self, err := list(dir)
	if err != nil {
		return nil, err
	}
	w := &world{fset: token.NewFileSet(), known: known, docs: docs{}}
	files, err := w.parse(known[self])
	if err != nil {
		return nil, err
	}
	return w, w.check(self, files)
}

func list(dir string) (known map[string]listed, self string, err error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", ".")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, "", fmt.Errorf("list %s: %w", dir, err)
	}
	known = map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return known, self, nil
		} else if err != nil {
			return nil, "", err
		}
		known[p.ImportPath], self = p, p.ImportPath // dependencies come first
	}
}

func (w *world) parse(p listed) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(w.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// check type-checks the api's source. Its dependencies come compiled; the docs
// of package event, whose types cross too, come from its source.
func (w *world) check(path string, files []*ast.File) error {
	conf := types.Config{Importer: importer.ForCompiler(w.fset, "gc", w.open)}
	pkg, err := conf.Check(path, w.fset, files, nil)
	if err != nil {
		return err
	}
	w.api = pkg
	w.docs.add(pkg.Name(), files)
	if p, ok := w.known[eventPath]; ok {
		eventFiles, err := w.parse(p)
		if err != nil {
			return err
		}
		w.docs.add("event", eventFiles)
	}
	return nil
}

func (w *world) open(path string) (io.ReadCloser, error) {
	return os.Open(w.known[path].Export)
}
