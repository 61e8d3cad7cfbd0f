package scan

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrNotCanonical says that a value has no canonical form: a number in it is
// not an integer from −(2^53 − 1) to 2^53 − 1, or a string holds what is no
// Unicode.
var ErrNotCanonical = errors.New("no canonical JSON")

// MaxInt is the largest integer of canonical JSON.
const MaxInt = 1<<53 - 1

// Canonical returns v in canonical JSON, the bytes that signatures and hashes
// are over (spec: appendices, canonical JSON), or ErrInvalid or
// ErrNotCanonical. If v is an object, its members of the names given are left
// out, and their numbers and strings do not matter.
//
// Integers in any notation, such as -0, 1e10 and 1.0, have the plain form. Of
// two members of one name the last one counts.
func (v Value) Canonical(without ...string) (Value, error) {
	whole, err := Parse(v)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(whole) {
		return nil, ErrNotCanonical
	}
	out, ok := appendCanonical(make([]byte, 0, len(whole)), whole, without)
	if !ok {
		return nil, ErrNotCanonical
	}
	return out, nil
}

// appendCanonical appends a valid value, and reports whether it has a form.
func appendCanonical(dst []byte, v Value, without []string) ([]byte, bool) {
	switch v.Kind() {
	case Object:
		return appendCanonicalObject(dst, v, without)
	case Array:
		return appendCanonicalArray(dst, v)
	case String:
		return appendCanonicalText(dst, v)
	case Number:
		return appendCanonicalInt(dst, string(v))
	}
	return append(dst, v...), true
}

type member struct {
	name       string
	raw, value Value
}

func appendCanonicalObject(dst []byte, v Value, without []string) ([]byte, bool) {
	var members []member
	for raw, value := range v.Members() {
		if name := raw.Text(); !slices.Contains(without, name) {
			members = append(members, member{name, raw, value})
		}
	}
	// Go compares strings by bytes, which for UTF-8 is by code points.
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	dst = append(dst, '{')
	first := len(dst)
	for i, m := range members {
		if i+1 < len(members) && members[i+1].name == m.name {
			continue
		}
		if len(dst) > first {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = appendCanonicalText(dst, m.raw); !ok {
			return dst, false
		}
		if dst, ok = appendCanonical(append(dst, ':'), m.value, nil); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

func appendCanonicalArray(dst []byte, v Value) ([]byte, bool) {
	dst = append(dst, '[')
	first := len(dst)
	for item := range v.Items() {
		if len(dst) > first {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = appendCanonical(dst, item, nil); !ok {
			return dst, false
		}
	}
	return append(dst, ']'), true
}

func appendCanonicalText(dst []byte, raw Value) ([]byte, bool) {
	inner := raw[1 : len(raw)-1]
	escaped := false
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' {
			if escaped = true; loneSurrogate(inner, i) {
				return dst, false
			}
			_, next := unescape(inner, i)
			i = next - 1
		}
	}
	if !escaped {
		return append(dst, raw...), true
	}
	return AppendText(dst, unquote(inner)), true
}

// loneSurrogate reports whether the escape at i is one half of a pair without
// the other.
func loneSurrogate(b []byte, i int) bool {
	if b[i+1] != 'u' {
		return false
	}
	half, _ := hex4(b, i+2)
	_, next := unescape(b, i)
	return utf16.IsSurrogate(half) && next == i+6
}

// appendCanonicalInt appends a valid number if it is an integer in range. It
// reckons with digits: a float would take 9007199254740990.6 for an integer.
func appendCanonicalInt(dst []byte, number string) ([]byte, bool) {
	digits, negative := strings.CutPrefix(number, "-")
	exponent := 0
	if e := strings.IndexAny(digits, "eE"); e >= 0 {
		// What no int holds becomes its end; no document is long enough to bring
		// such a number back into range.
		exponent, _ = strconv.Atoi(digits[e+1:])
		exponent = max(math.MinInt/2, min(exponent, math.MaxInt/2))
		digits = digits[:e]
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	exponent -= len(fraction)
	digits = strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(significant)
	const most = 16 // digits of MaxInt
	switch {
	case significant == "":
		return append(dst, '0'), true
	case exponent < 0 || len(significant)+exponent > most:
		return dst, false
	}
	n, err := strconv.ParseInt(significant+strings.Repeat("0", exponent), 10, 64)
	if err != nil || n > MaxInt {
		return dst, false
	}
	if negative {
		n = -n
	}
	return strconv.AppendInt(dst, n, 10), true
}
