// Package conformance checks what the project sends and builds against the
// published data of the Matrix specification: requests against the OpenAPI
// definition, events against their schemas. It also yields the definition's
// response examples, whole and broken, for tests of decoding.
//
// Its law: it judges by that data alone; each departure that the project
// chose on purpose is listed in departures.go with its reason.
//
// Only tests use it, and the proxy that stands before a real homeserver in
// end-to-end tests. The data lies outside the project: see Dir.
package conformance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ErrNoData says that the conformance data is not on this machine.
var ErrNoData = errors.New("conformance data not found; set CONFORMANCE_DIR")

// Dir returns the folder of the data: CONFORMANCE_DIR, or
// ../shared/conformance seen from the project's root.
func Dir() (string, error) {
	if dir := os.Getenv("CONFORMANCE_DIR"); dir != "" {
		return dir, nil
	}
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err != nil {
			continue
		}
		dir := filepath.Join(at, "..", "shared", "conformance")
		if _, err := os.Stat(dir); err == nil {
			return dir, nil
		}
	}
	return "", ErrNoData
}

func readJSON(name string) (any, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jsonschema.UnmarshalJSON(f)
}

// Read returns a file of the data. Without the data the test ends.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := Dir()
	need(t, err)
	b, err := os.ReadFile(filepath.Join(dir, name))
	need(t, err)
	return b
}

// need ends a test that has no data: with a skip, under CI=true with a
// failure.
func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrNoData) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// schemas compiles JSON schemas when they are first needed, each once.
type schemas struct {
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// check validates a value against the schema of this name.
func (s *schemas) check(name string, schema, value any) error {
	compiled, err := s.compile(name, schema)
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}

func (s *schemas) compile(name string, schema any) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if done := s.compiled[name]; done != nil {
		return done, nil
	}
	url := fmt.Sprintf("mem:///%d.json", len(s.compiled))
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, schema); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	done, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	if s.compiled == nil {
		s.compiled = map[string]*jsonschema.Schema{}
	}
	s.compiled[name] = done
	return done, nil
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }
func array(v any) []any           { a, _ := v.([]any); return a }
func str(v any) string            { s, _ := v.(string); return s }
func isTrue(v any) bool           { b, _ := v.(bool); return b }
