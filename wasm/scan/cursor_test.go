package scan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestCursorFindsWhatGetFinds walks made-up objects, with much or little of each
// member's value passed by the loop itself.
func TestCursorFindsWhatGetFinds(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		v := scan.Value(space(r) + object(r, 0) + space(r))
		if !scan.Valid(v) {
			t.Fatalf("made %s", v)
		}
		c := v.Walk()
		at := c.At()
		if got, want := walked(c), read(v); got != want {
			t.Fatalf("seed %d: walked\n%s\nread\n%s\nof %s", seed, got, want, v)
		}
		if rest := c.Since(at); strings.TrimSpace(string(rest)) != strings.TrimSpace(string(v)) {
			t.Fatalf("seed %d: passed %q of %q", seed, rest, v)
		}
	}
}

// walked tells what a cursor passes; read what there is.
func walked(c *scan.Cursor) string {
	var b strings.Builder
	switch c.Kind() {
	case scan.Object:
		for name := range c.Members() {
			if len(name)%3 == 0 {
				continue // skipped, as read skips it
			}
			fmt.Fprintf(&b, "%s=%s;", name, walked(c))
		}
	case scan.Array:
		for range c.Items() {
			fmt.Fprintf(&b, "%s,", walked(c))
		}
	default:
		b.Write(c.Take())
	}
	return "(" + b.String() + ")"
}

func read(v scan.Value) string {
	var b strings.Builder
	switch v.Kind() {
	case scan.Object:
		for key, value := range v.Members() {
			if name := key.Text(); len(name)%3 > 0 {
				fmt.Fprintf(&b, "%s=%s;", name, read(value))
			}
		}
	case scan.Array:
		for item := range v.Items() {
			fmt.Fprintf(&b, "%s,", read(item))
		}
	default:
		b.Write(v)
	}
	return "(" + b.String() + ")"
}

func space(r *rand.Rand) string { return []string{"", "", " ", "\n\t"}[r.IntN(4)] }

func object(r *rand.Rand, depth int) string {
	var all []string
	for range r.IntN(5) {
		key := []string{`"a"`, `"ab"`, `"abc"`, `"\u0061\"b"`, `""`, `"ö"`}[r.IntN(6)]
		all = append(all, space(r)+key+space(r)+":"+space(r)+anything(r, depth+1)+space(r))
	}
	return "{" + strings.Join(all, ",") + space(r) + "}"
}

func anything(r *rand.Rand, depth int) string {
	if depth < 5 {
		switch r.IntN(5) {
		case 0:
			return object(r, depth)
		case 1:
			var all []string
			for range r.IntN(4) {
				all = append(all, space(r)+anything(r, depth+1)+space(r))
			}
			return "[" + strings.Join(all, ",") + space(r) + "]"
		}
	}
	return []string{`"x\"]}"`, "7", "-1e3", "true", "null", `""`}[r.IntN(6)]
}

// FuzzCursor: a cursor ends, in bounds, whatever it walks.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":2}]}`, `{"a"`, `[`, `{"a":`, `{,}`, `[,]`, `{"a" 1}`, ``, `"`, `[1 2]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := scan.Value(data).Walk()
		walked(c)
		if c.At() > len(data) {
			t.Errorf("at %d of %d", c.At(), len(data))
		}
	})
}
