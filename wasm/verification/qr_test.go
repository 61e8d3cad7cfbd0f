package verification

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// code is one that others might show, of parts.
func code(head, size, name string, keys int, secret string) []byte {
	return []byte(head + size + name + strings.Repeat("A", 32) + strings.Repeat("B", keys-32) + secret)
}

// TestSpecCode: the bytes of the spec's example (QR code format).
func TestSpecCode(t *testing.T) {
	run := func(first byte, n int) (b []byte) {
		for i := range n {
			b = append(b, first+byte(i))
		}
		return b
	}
	name := "$ABCD" + strings.Repeat("x", 0x2d-5)
	want := "4d4154524958" + "02" + "00" + "002d" + hex.EncodeToString([]byte(name)) +
		hex.EncodeToString(run(0, 32)) + hex.EncodeToString(run(0x10, 32)) + hex.EncodeToString(run(0x20, 8))
	q := &qr{mode: otherUser, name: name, first: Key(run(0, 32)), second: Key(run(0x10, 32)), secret: run(0x20, 8)}
	if got := hex.EncodeToString(q.bytes()); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	back, err := parseQR(q.bytes())
	if err != nil || !bytes.Equal(back.bytes(), q.bytes()) || back.mode != otherUser || back.name != name {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestCodes that are none (FEATURES C-30).
func TestCodes(t *testing.T) {
	long := strings.Repeat("n", maxName+1)
	for name, c := range map[string]struct {
		code []byte
		ok   bool
	}{
		"plain":               {code("MATRIX\x02\x02", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"), true},
		"no name":             {code("MATRIX\x02\x01", "\x00\x00", "", 64, "SHARED_SECRET"), true},
		"the shortest secret": {code("MATRIX\x02\x00", "\x00\x07", "FLOW_ID", 64, "8 bytes."), true},
		"a shorter one":       {code("MATRIX\x02\x00", "\x00\x07", "FLOW_ID", 64, "7 bytes"), false},
		"a longer one":        {code("MATRIX\x02\x00", "\x00\x07", "FLOW_ID", 64, strings.Repeat("s", maxSecret+1)), false},
		"another magic":       {code("NONMATRIX\x02\x00", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"), false},
		"version 1":           {code("MATRIX\x01\x00", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"), false},
		"mode 3":              {code("MATRIX\x02\x03", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"), false},
		"a longer name":       {code("MATRIX\x02\x00", "\x00\xff", "FLOW_ID", 64, "SHARED_SECRET"), false},
		"a name too long":     {code("MATRIX\x02\x00", "\x01\x00", long, 64, "SHARED_SECRET"), false},
		"no text":             {code("MATRIX\x02\x00", "\x00\x07", "FLOW_I\xff", 64, "SHARED_SECRET"), false},
		"half a key":          {code("MATRIX\x02\x00", "\x00\x07", "FLOW_ID", 40, ""), false},
		"nothing":             {nil, false},
		"a head":              {[]byte("MATRIX\x02\x00\x00"), false},
	} {
		q, err := parseQR(c.code)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCode) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && !bytes.Equal(q.bytes(), c.code) {
			t.Errorf("%s is written %q", name, q.bytes())
		}
	}
}

// TestShort: known vectors of another library (FEATURES C-10), and the spec's
// way to reckon with bytes.
func TestShort(t *testing.T) {
	for a, want := range map[authenticator][2]int{{}: {0, 1000}, {255, 255, 255, 255, 255, 255}: {63, 9191}} {
		for _, n := range a.emoji() {
			if n != want[0] {
				t.Errorf("emoji %d of %x", n, a)
			}
		}
		for _, n := range a.decimals() {
			if n != want[1] {
				t.Errorf("number %d of %x", n, a)
			}
		}
	}
	for bit := range 8 * shortSize {
		var a authenticator
		a[bit/8] = 0x80 >> (bit % 8)
		for i, n := range a.emoji() {
			want := 0
			if bit/6 == i {
				want = 32 >> (bit % 6)
			}
			if n != want {
				t.Errorf("bit %d: emoji %d is %d", bit, i, n)
			}
		}
		b := [6]int{int(a[0]), int(a[1]), int(a[2]), int(a[3]), int(a[4]), int(a[5])}
		want := [3]int{(b[0]<<5 | b[1]>>3) + 1000, ((b[1]&7)<<10 | b[2]<<2 | b[3]>>6) + 1000, ((b[3]&0x3f)<<7 | b[4]>>1) + 1000}
		if got := a.decimals(); [3]int(got) != want {
			t.Errorf("bit %d: %v, want %v", bit, got, want)
		}
	}
}

// FuzzQR: a code that is read is written the same again.
func FuzzQR(f *testing.F) {
	f.Add(code("MATRIX\x02\x02", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"))
	f.Add(code("MATRIX\x02\x00", "\xff\xff", "FLOW_ID", 64, "SHARED_SECRET"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, err := parseQR(b); err == nil && !bytes.Equal(q.bytes(), b) {
			t.Fatalf("%q is written %q", b, q.bytes())
		}
	})
}
