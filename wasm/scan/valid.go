package scan

import "errors"

// MaxDepth is how deeply values may nest. Canonical events are shallow; a
// deeper one is an attack on whoever walks it recursively.
const MaxDepth = 128

// ErrInvalid says that bytes are not one JSON value.
var ErrInvalid = errors.New("not valid JSON")

// Parse checks that data is exactly one JSON value (RFC 8259), at most
// MaxDepth deep, and returns it without surrounding space.
func Parse(data []byte) (Value, error) {
	i := validValue(data, skipSpace(data, 0), 0)
	if i < 0 || skipSpace(data, i) != len(data) {
		return nil, ErrInvalid
	}
	return trim(data), nil
}

// Valid reports whether Parse would accept data.
func Valid(data []byte) bool {
	_, err := Parse(data)
	return err == nil
}

// validValue returns the index after the value at i, or -1.
func validValue(b []byte, i, depth int) int {
	if i >= len(b) || depth > MaxDepth {
		return -1
	}
	switch c := b[i]; c {
	case '{':
		return validObject(b, i, depth)
	case '[':
		return validArray(b, i, depth)
	case '"':
		return validString(b, i)
	case 't':
		return validWord(b, i, "true")
	case 'f':
		return validWord(b, i, "false")
	case 'n':
		return validWord(b, i, "null")
	}
	return validNumber(b, i)
}

func validObject(b []byte, i, depth int) int {
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return -1
		}
		if i = validString(b, i); i < 0 {
			return -1
		}
		if i = skipSpace(b, i); i >= len(b) || b[i] != ':' {
			return -1
		}
		if i = validValue(b, skipSpace(b, i+1), depth+1); i < 0 {
			return -1
		}
		var done bool
		if i, done = validNext(b, i, '}'); done || i < 0 {
			return i
		}
	}
}

func validArray(b []byte, i, depth int) int {
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = validValue(b, i, depth+1); i < 0 {
			return -1
		}
		var done bool
		if i, done = validNext(b, i, ']'); done || i < 0 {
			return i
		}
	}
}

// validNext steps over a comma to the next element, or over the closing byte.
func validNext(b []byte, i int, closing byte) (next int, done bool) {
	i = skipSpace(b, i)
	if i >= len(b) {
		return -1, true
	}
	switch b[i] {
	case closing:
		return i + 1, true
	case ',':
		return skipSpace(b, i+1), false
	}
	return -1, true
}

func validString(b []byte, i int) int {
	for i = plain(b, i+1); i < len(b); i = plain(b, i+1) {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			if i = validEscape(b, i+1); i < 0 {
				return -1
			}
		default:
			return -1
		}
	}
	return -1
}

// validEscape returns the index of the escape's last byte.
func validEscape(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i
	case 'u':
		if _, ok := hex4(b, i+1); ok {
			return i + 4
		}
	}
	return -1
}

func validWord(b []byte, i int, word string) int {
	if hasWord(b, i, word) {
		return i + len(word)
	}
	return -1
}

func validNumber(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i >= len(b):
		return -1
	case b[i] == '0':
		i++
	default:
		if i = digits(b, i); i < 0 {
			return -1
		}
	}
	if i < len(b) && b[i] == '.' {
		if i = digits(b, i+1); i < 0 {
			return -1
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i = digits(b, i); i < 0 {
			return -1
		}
	}
	return i
}

// digits steps over one digit or more.
func digits(b []byte, i int) int {
	start := i
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
