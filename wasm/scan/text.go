package scan

import (
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote decodes what stands between a string's quotes.
func unquote(b []byte) string {
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' || b[i] >= utf8.RuneSelf {
			return unquoteSlow(b, i)
		}
	}
	return string(b)
}

func unquoteSlow(b []byte, plain int) string {
	out := append(make([]byte, 0, len(b)), b[:plain]...)
	for i := plain; i < len(b); {
		switch c := b[i]; {
		case c == '\\':
			var r rune
			r, i = unescape(b, i)
			out = utf8.AppendRune(out, r)
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(b[i:])
			out = utf8.AppendRune(out, r)
			i += n
		}
	}
	return string(out)
}

// unescape decodes the escape at i and returns the index after it.
func unescape(b []byte, i int) (rune, int) {
	if i+1 >= len(b) {
		return utf8.RuneError, len(b)
	}
	switch c := b[i+1]; c {
	case 'b':
		return '\b', i + 2
	case 'f':
		return '\f', i + 2
	case 'n':
		return '\n', i + 2
	case 'r':
		return '\r', i + 2
	case 't':
		return '\t', i + 2
	case 'u':
		return unescapeUnicode(b, i)
	default:
		return rune(c), i + 2
	}
}

func unescapeUnicode(b []byte, i int) (rune, int) {
	r, ok := hex4(b, i+2)
	if !ok {
		return utf8.RuneError, len(b)
	}
	i += 6
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if i+1 < len(b) && b[i] == '\\' && b[i+1] == 'u' {
		if low, ok := hex4(b, i+2); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, i + 6
			}
		}
	}
	return utf8.RuneError, i
}

func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

const hexDigits = "0123456789abcdef"

// AppendText appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD.
func AppendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		dst = appendASCII(dst, c)
		i++
	}
	return append(dst, '"')
}

func appendASCII(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if c < 0x20 {
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, c)
}

// Text returns s as a JSON string.
func Text(s string) Value { return AppendText(nil, s) }

// WellFormed returns valid JSON without lone surrogates, each replaced by
// U+FFFD. JSON.stringify writes them for half a character, but no JSON in
// UTF-8 can hold them, and servers fail on them (spec: canonical JSON).
func (v Value) WellFormed() Value {
	out := v
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' {
			continue
		}
		r, next := unescape(v, i)
		if r == utf8.RuneError && next == i+6 {
			if &out[0] == &v[0] {
				out = v.Clone()
			}
			copy(out[i:], `\ufffd`)
		}
		i = next - 1
	}
	return out
}

// Float returns f as a JSON number, or 0 where JSON has none for it.
func Float(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.AppendFloat(nil, f, 'g', -1, 64)
}

// AppendValue appends v, or null where v is nil.
func AppendValue(dst []byte, v Value) []byte {
	if len(v) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, v...)
}
