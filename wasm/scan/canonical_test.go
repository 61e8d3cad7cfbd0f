package scan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestCanonical has the examples of the spec's appendices (the first ten), and
// what other implementations test, or fail (FEATURES C-7, E-4).
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{}`, `{}`},
		{"{\n    \"one\": 1,\n    \"two\": \"Two\"\n}", `{"one":1,"two":"Two"}`},
		{"{\n    \"b\": \"2\",\n    \"a\": \"1\"\n}", `{"a":"1","b":"2"}`},
		{`{"b":"2","a":"1"}`, `{"a":"1","b":"2"}`},
		{
			`{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {"display_name": "John Doe", "three_pids": [` +
				`{"medium": "email", "address": "john.doe@example.org"}, {"medium": "msisdn", "address": "123456789"}]}}}`,
			`{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[` +
				`{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}`,
		},
		{`{"a": "日本語"}`, `{"a":"日本語"}`},
		{`{"本": 2, "日": 1}`, `{"日":1,"本":2}`},
		{`{"a": "\u65E5"}`, `{"a":"日"}`},
		{`{"a": null}`, `{"a":null}`},
		{`{"a": -0, "b": 1e10}`, `{"a":0,"b":10000000000}`},

		{`"text\u0003\r\n"`, `"text\u0003\r\n"`},
		{`{"la merde amusée": "\uD83D\uDCA9"}`, `{"la merde amusée":"💩"}`},
		{`{"spaces": "\u2028 \u2029"}`, "{\"spaces\":\"\u2028 \u2029\"}"},
		{`"\\u1234 \\ud800"`, `"\\u1234 \\ud800"`},
		{"\t\n[9007199254740991, -9007199254740991]", `[9007199254740991,-9007199254740991]`},
		{`["\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F"]`, `["\b\t\n\u000b\f\r\u000e\u000f"]`},
		{`["\u0061\u005C\u0042\u0022\u0120\uFFFF\uD842\uDC20\uDBFF\uDFFF"]`, "[\"a\\\\B\\\"\u0120\uFFFF\U00020820\U0010FFFF\"]"},
		{`["\"\\\/\u007f"]`, "[\"\\\"\\\\/\x7f\"]"},
		{`["\ufffd"]`, "[\"\uFFFD\"]"},
		// By code points, not by UTF-16 as JavaScript sorts: U+FB01 is before U+1F600.
		{`{"\ud83d\ude00":1,"ﬁ":2,"":3,"\u0000":4}`, "{\"\":3,\"\\u0000\":4,\"ﬁ\":2,\"😀\":1}"},
		{`{"a":1,"b":2,"\u0061":3}`, `{"a":3,"b":2}`},
		{` [ true , false , null , [ ] , { } ] `, `[true,false,null,[],{}]`},
	} {
		got, err := scan.Value(c.in).Canonical()
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.in, got, err, c.want)
		}
	}
}

func TestCanonicalNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "-0.0": "0", "0e99999999999999999999": "0", "-0.00e-5": "0", "1.0": "1", "-1": "-1", "10e-1": "1", "1.5e1": "15",
		"1E+3": "1000", "12.340e2": "1234", "9007199254740991": "9007199254740991", "-9007199254740991.000": "-9007199254740991",
		"9007199254740991e0": "9007199254740991", "0.9007199254740991e16": "9007199254740991", "1e15": "1000000000000000",
		"1" + strings.Repeat("0", 1000) + "e-1000": "1", "0." + strings.Repeat("0", 1000) + "1e1001": "1",

		"9007199254740992": "", "-9007199254740992": "", "9007199254740990.6": "", "0.5": "", "1e-1": "", "1e16": "", "1e400": "",
		"1e99999999999999999999": "", "1e-99999999999999999999": "", "1.00000000000000000001": "", "18446744073709551617": "",
	} {
		got, err := scan.Value(in).Canonical()
		if string(got) != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, scan.ErrNotCanonical) {
			t.Errorf("%.40s: %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for in, want := range map[string]error{
		`["\ud800"]`: scan.ErrNotCanonical, `{"\udc00":1}`: scan.ErrNotCanonical, `["\ud83d\u0041"]`: scan.ErrNotCanonical,
		`["\ud83d\\ude00"]`: scan.ErrNotCanonical, "[\"\xff\"]": scan.ErrNotCanonical, "[\"\xed\xa0\x80\"]": scan.ErrNotCanonical,
		`[{"a":[1.5]}]`: scan.ErrNotCanonical,
		``:              scan.ErrInvalid, `{`: scan.ErrInvalid, `1 2`: scan.ErrInvalid, `01`: scan.ErrInvalid, `nul`: scan.ErrInvalid,
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000): scan.ErrInvalid,
	} {
		if got, err := scan.Value(in).Canonical(); got != nil || !errors.Is(err, want) {
			t.Errorf("%.40q: %s, %v", in, got, err)
		}
	}
}

func TestCanonicalWithout(t *testing.T) {
	v := scan.Value(`{"unsigned":{"age":0.5},"b":{"unsigned":1,"signatures":2},"signa\u0074ures":"\ud800","a":1,"signatures":{}}`)
	got, err := v.Canonical("signatures", "unsigned")
	if want := `{"a":1,"b":{"signatures":2,"unsigned":1}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// FuzzCanonical holds the canonical form against one that is made of what
// encoding/json decodes, and canonicalises it again.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":[1,-0,1e3,{"\u0041":"\ud83d\ude00\u0007/"}],"a":"\/\b\u2028","b":null}`, `[1.5]`, `"\ud800"`, `{"é":1,"e":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := scan.Value(data).Canonical()
		if err != nil {
			if errors.Is(err, scan.ErrInvalid) == scan.Valid(data) {
				t.Fatal(err)
			}
			return
		}
		var decoded any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		if hugeExponent.Match(data) {
			return
		}
		if err := d.Decode(&decoded); err != nil || !utf8.Valid(data) {
			t.Fatalf("%q has a form: %v", data, err)
		}
		if want := reference(decoded); string(got) != want {
			t.Fatalf("%q: %s, want %s", data, got, want)
		}
		if again, err := got.Canonical(); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("%s became %s, %v", got, again, err)
		}
	})
}

// hugeExponent is what math/big would write out.
var hugeExponent = regexp.MustCompile(`[eE][+-]?0*[1-9][0-9]{3,}`)

func reference(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, referenceText(name)+":"+reference(v[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		for _, item := range v {
			parts = append(parts, reference(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case string:
		return referenceText(v)
	case json.Number:
		r, _ := new(big.Rat).SetString(v.String())
		return r.RatString()
	case bool:
		return fmt.Sprint(v)
	}
	return "null"
}

func referenceText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch i := strings.IndexRune("\b\t\n\f\r\"\\", r); {
		case i >= 0:
			b.WriteString(`\` + `btnfr"\`[i:i+1])
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
