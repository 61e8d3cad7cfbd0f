package backup

import (
	"bytes"
	"errors"
	"testing"
)

// TestUnpad: padding is whole, of one block at most, and never missing.
func TestUnpad(t *testing.T) {
	of := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	for name, c := range map[string]struct {
		text []byte
		left int
		want error
	}{
		"one byte":       {append(of(15, 'x'), 1), 15, nil},
		"a block":        {append(of(16, 'x'), of(16, 16)...), 16, nil},
		"nothing left":   {of(16, 16), 0, nil},
		"none":           {of(16, 0), 0, ErrGarbled},
		"over a block":   {of(32, 17), 0, ErrGarbled},
		"over all":       {of(16, 200), 0, ErrGarbled},
		"another inside": {append(of(14, 'x'), 3, 2), 0, ErrGarbled},
	} {
		got, err := unpad(c.text)
		if !errors.Is(err, c.want) || len(got) != c.left {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
