package scan_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alcove-chat/alcove/wasm/scan"
)

func TestGet(t *testing.T) {
	v := scan.Value(` {"a" : {"b":[1, "x\n\u00e9\ud83d\ude00", true]}, "\u0063":2, "a\"b":3, "d":1, "d":-1e2} `)
	var items []scan.Value
	for item := range v.Path("a", "b").Items() {
		items = append(items, item)
	}
	switch {
	case len(items) != 3, items[0].Int() != 1, items[1].Text() != "x\né😀", !items[2].IsTrue():
		t.Errorf("items = %q", items)
	case v.Get("c").Int() != 2:
		t.Error("an escaped key is not found")
	case v.Get(`a"b`).Int() != 3:
		t.Error("a key with a quote is not found")
	case v.Get("d").Int() != -100:
		t.Error("of two equal keys the last must count")
	case v.Get("none") != nil, v.Path("d", "x", "y") != nil, v.Get("a").Text() != "":
		t.Error("what is not there must be nil")
	}
}

func TestAsInt(t *testing.T) {
	for text, want := range map[string]struct {
		n  int64
		ok bool
	}{
		"0": {0, true}, "9007199254740993": {9007199254740993, true}, "1e3": {1000, true}, "1.0": {1, true},
		"1.5": {0, false}, "1e400": {0, false}, `"1"`: {0, false}, "null": {0, false}, "9223372036854775808": {0, false},
		"-": {0, false},
	} {
		if n, ok := scan.Value(text).AsInt(); n != want.n || ok != want.ok {
			t.Errorf("%s = %d, %t", text, n, ok)
		}
	}
}

func TestLoneSurrogate(t *testing.T) {
	if got := scan.Value(`"a\ud800b\udc00"`).Text(); got != "a\uFFFDb\uFFFD" {
		t.Errorf("%q", got)
	}
}

func TestWellFormed(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"\ud83d\ude00 \\ud800"}`:          `{"a":"\ud83d\ude00 \\ud800"}`,
		`{"\ud800":"\udc00\ud83d\uD83D\uDE00"}`: `{"\ufffd":"\ufffd\ufffd\uD83D\uDE00"}`,
		`"\ud800`:                               `"\ufffd`,
		`"\ud8`:                                 `"\ud8`,
	} {
		v := scan.Value(in)
		if got := v.WellFormed(); string(got) != want || string(v) != in {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestBuilder(t *testing.T) {
	var o scan.Builder
	got := o.Text("a\x01", "\"\u2028\xff").Int("n", -5).Bool("b", true).Raw("r", nil).Texts("t", []string{"x", "y"}).Done()
	if want := `{"a\u0001":"\"` + "\u2028\uFFFD" + `","n":-5,"b":true,"r":null,"t":["x","y"]}`; string(got) != want {
		t.Errorf("%s", got)
	}
}

// TestEveryByteEverywhere: strings are skipped eight bytes at a time, and no
// byte may hide behind another.
func TestWith(t *testing.T) {
	for _, c := range []struct{ before, key, value, after string }{
		{`{"a":1,"b":{"c":2}}`, "a", "3", `{"b":{"c":2},"a":3}`},
		{`{"a":1,"\u0061":2,"b":1}`, "a", "3", `{"b":1,"a":3}`},
		{`{"a":1,"b":2}`, "a", "", `{"b":2}`},
		{`{"a":1}`, "b", "", `{"a":1}`},
		{`[1]`, "a", "3", `{"a":3}`},
		{``, "a", "", `{}`},
	} {
		var value scan.Value
		if c.value != "" {
			value = scan.Value(c.value)
		}
		if got := string(scan.Value(c.before).With(c.key, value)); got != c.after {
			t.Errorf("%s with %s %s: %s, want %s", c.before, c.key, c.value, got, c.after)
		}
	}
}

func TestEveryByteEverywhere(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				data := []byte(`["` + strings.Repeat("x", length) + `",1]`)
				data[2+at] = byte(c)
				if got, want := scan.Valid(data), json.Valid(data); got != want {
					t.Fatalf("%q: valid = %t", data, got)
				}
				data[2+(at+3)%length] = '\\'
				if got, want := scan.Valid(data), json.Valid(data); got != want {
					t.Fatalf("%q: valid = %t", data, got)
				}
			}
		}
	}
}

func TestDepth(t *testing.T) {
	deep := bytes.Repeat([]byte("["), 100_000)
	if scan.Valid(append(deep, bytes.Repeat([]byte("]"), 100_000)...)) {
		t.Error("endless nesting must be refused")
	}
}

// FEATURES D-27: one event that is nested too deeply is no reason to refuse the
// response that holds it, which would come again for ever.
func TestPrune(t *testing.T) {
	nest := func(n int) string { return strings.Repeat(`[{"a":`, n) + `"]"` + strings.Repeat(`}]`, n) }
	for _, c := range []struct{ in, want string }{
		{`{"a":[1,"[\"{",{}]}`, `{"a":[1,"[\"{",{}]}`},
		{`{"deep":` + nest(100_000) + `,"b":1}`, `{"deep":` + strings.Repeat(`[{"a":`, 63) + `[null]` + strings.Repeat(`}]`, 63) + `,"b":1}`},
		{strings.Repeat("[", 100_000), strings.Repeat("[", 100_000)},
		{`["x`, `["x`},
	} {
		if got := string(scan.Prune([]byte(c.in))); got != c.want {
			t.Errorf("%.60s became %.1000s", c.in, got)
		}
	}
}

// FuzzPrune: what is JSON stays JSON, shallow enough, and unchanged if it was.
func FuzzPrune(f *testing.F) {
	f.Add([]byte(`{"a":[1,"]"]}`), 200)
	f.Add([]byte(`[]`), 127)
	f.Fuzz(func(t *testing.T, inner []byte, depth int) {
		depth = max(0, min(depth, 1000))
		data := slices.Concat(bytes.Repeat([]byte("["), depth), inner, bytes.Repeat([]byte("]"), depth))
		pruned := scan.Prune(data)
		deep := bytes.Count(data, []byte("[")) + bytes.Count(data, []byte("{"))
		if deep <= scan.MaxDepth && !bytes.Equal(pruned, data) {
			t.Fatalf("changed %q", data)
		}
		if json.Valid(data) && !scan.Valid(pruned) {
			t.Fatalf("%q became %q", data, pruned)
		}
	})
}

// FuzzValue holds the scanner against encoding/json: same verdict on what is
// JSON, same strings and numbers, and no panic on what is not.
func FuzzValue(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"\u00e9",null,true,false,{}]}`, `[`, `{"a":}`, `"\ud800"`, `-`, `01`, `1.`, "\"\x01\"", `{"a":1,}`, `[1,]`, `{"":{"":""}}`, " 1 ", `{"a`, `"\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v := scan.Value(data)
		walk(v, 0)
		var want any
		err := json.Unmarshal(data, &want)
		deep := bytes.Count(data, []byte("[")) + bytes.Count(data, []byte("{"))
		if valid := scan.Valid(data); deep <= scan.MaxDepth && valid != json.Valid(data) {
			t.Fatalf("valid = %t, encoding/json says %v", valid, err)
		}
		if s, ok := want.(string); ok && err == nil && utf8.Valid(data) && v.Text() != s {
			t.Fatalf("%q, want %q", v.Text(), s)
		}
		if obj, ok := want.(map[string]any); ok && err == nil && deep <= scan.MaxDepth {
			for k, member := range obj {
				if s, ok := member.(string); ok && utf8.Valid(data) && v.Get(k).Text() != s {
					t.Fatalf("%q = %q, want %q", k, v.Get(k).Text(), s)
				}
			}
		}
	})
}

func walk(v scan.Value, depth int) {
	if depth > scan.MaxDepth {
		return
	}
	v.AsInt()
	v.AsText()
	for k, m := range v.Members() {
		k.Text()
		walk(m, depth+1)
	}
	for item := range v.Items() {
		walk(item, depth+1)
	}
}
