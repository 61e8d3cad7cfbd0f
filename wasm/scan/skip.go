package scan

import (
	"encoding/binary"
	"math/bits"
)

// The skippers find where a value ends. They trust structure only as far as
// needed to stay in bounds: -1 means that the bytes end too early or are no
// JSON. Valid is what proves a value whole.

func skipSpace(b []byte, i int) int {
	if i < 0 {
		return len(b)
	}
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func trim(b []byte) []byte {
	i, end := skipSpace(b, 0), len(b)
	for end > i && (b[end-1] == ' ' || b[end-1] == '\n' || b[end-1] == '\t' || b[end-1] == '\r') {
		end--
	}
	return b[i:end]
}

// skipString returns the index after the closing quote of the string at i.
func skipString(b []byte, i int) int {
	for i = plain(b, i+1); i < len(b); i = plain(b, i+1) {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// plain returns the index of the first byte from i on that means something in a
// string: a quote, a backslash or a control character. It takes eight bytes at a
// time, because most of an initial sync is strings.
func plain(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if m := meaning(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	return i
}

// meaning has the high bit of the lowest byte of x set that means something, and
// maybe of bytes above that one. A byte is below n if subtracting n borrows; it
// is c if what differs from c is below 1.
func meaning(x uint64) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	quote, slash := x^'"'*each, x^'\\'*each
	return ((quote-each)&^quote | (slash-each)&^slash | (x-' '*each)&^x) & high
}

// skipValue returns the index after the value at i.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	start := i
	for i < len(b) && !ends(b[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func skipNested(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = skipString(b, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

func ends(c byte) bool {
	switch c {
	case ',', '}', ']', ':', ' ', '\n', '\t', '\r', '"', '{', '[':
		return true
	}
	return false
}

func hasWord(b []byte, i int, word string) bool {
	end := i + len(word)
	return end <= len(b) && string(b[i:end]) == word && (end == len(b) || ends(b[end]))
}

// keyIs compares a raw key with a name. Escaped keys are rare and decoded.
func keyIs(raw Value, name string) bool {
	inner := raw[1 : len(raw)-1]
	if len(inner) > 0 && name != "" && inner[0] != name[0] && inner[0] != '\\' {
		return false
	}
	for _, c := range inner {
		if c == '\\' {
			return unquote(inner) == name
		}
	}
	return string(inner) == name
}
