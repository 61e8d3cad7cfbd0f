// Package scan reads and writes JSON without building a tree.
//
// Its law: a Value is the bytes the server sent. Accessors walk them on every
// call and never panic, whatever the bytes; a caller that embeds a Value in
// other JSON, or walks it often, must know that Valid held once. Where an
// object has a key twice the last one counts, as JSON.parse has it, so that
// core and page never disagree on what an event says.
//
// It does not do reflection: no part of encoding/json is linked.
package scan

import (
	"iter"
	"math"
	"strconv"
)

// Value is one raw JSON value, or nil where there is none.
type Value []byte

// Kind is the type of a value.
type Kind uint8

const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Kind tells the value's type from its first byte.
func (v Value) Kind() Kind {
	i := skipSpace(v, 0)
	if i >= len(v) {
		return Missing
	}
	switch c := v[i]; c {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return Number
		}
		return Missing
	}
}

// Exists reports whether there is a value, null included.
func (v Value) Exists() bool { return v.Kind() != Missing }

// Get returns the member of that name, or nil if v is no object or has none.
func (v Value) Get(key string) Value {
	var found Value
	for k, val := range v.Members() {
		if keyIs(k, key) {
			found = val
		}
	}
	return found
}

// Path follows names into nested objects.
func (v Value) Path(keys ...string) Value {
	for _, k := range keys {
		v = v.Get(k)
	}
	return v
}

// Fields looks up several members in one pass: out[i] is keys[i]'s value or
// nil. out must be as long as keys.
func (v Value) Fields(keys []string, out []Value) {
	clear(out)
	for k, val := range v.Members() {
		for i, name := range keys {
			if keyIs(k, name) {
				out[i] = val
				break
			}
		}
	}
}

// Members yields an object's raw keys (with quotes) and values, and nothing
// for any other value. Use Value.Text to decode a key.
func (v Value) Members() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		for i := v.enter('{'); i >= 0; {
			key, value, next := v.member(i)
			if value == nil || !yield(key, value) {
				return
			}
			i = next
		}
	}
}

// Items yields an array's elements, and nothing for any other value.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for i := v.enter('['); i >= 0; {
			item, next := v.item(i)
			if item == nil || !yield(item) {
				return
			}
			i = next
		}
	}
}

// Each loop over members or items has a copy of what is above, so the steps stand
// apart.

// enter returns where the inside of an object or array begins, -1 if v is none.
//
//go:noinline
func (v Value) enter(open byte) int {
	i := skipSpace(v, 0)
	if i >= len(v) || v[i] != open {
		return -1
	}
	return skipSpace(v, i+1)
}

// member reads the one at i, if there is one, and returns where the next is, -1 for
// nowhere.
//
//go:noinline
func (v Value) member(i int) (key, value Value, next int) {
	if i >= len(v) || v[i] != '"' {
		return nil, nil, -1
	}
	keyEnd := skipString(v, i)
	colon := skipSpace(v, keyEnd)
	if keyEnd < 0 || colon >= len(v) || v[colon] != ':' {
		return nil, nil, -1
	}
	start := skipSpace(v, colon+1)
	end := skipValue(v, start)
	if end < 0 {
		return nil, nil, -1
	}
	return v[i:keyEnd:keyEnd], v[start:end:end], v.comma(end)
}

// item is member for arrays.
//
//go:noinline
func (v Value) item(i int) (item Value, next int) {
	if i >= len(v) || v[i] == ']' {
		return nil, -1
	}
	end := skipValue(v, i)
	if end < 0 {
		return nil, -1
	}
	return v[i:end:end], v.comma(end)
}

// comma returns what comes behind the comma at i, -1 where there is none.
func (v Value) comma(i int) int {
	if i = skipSpace(v, i); i >= len(v) || v[i] != ',' {
		return -1
	}
	return skipSpace(v, i+1)
}

// Text decodes a string; "" for anything else.
func (v Value) Text() string {
	s, _ := v.AsText()
	return s
}

// AsText decodes a string and reports whether v was one. A lone surrogate
// becomes U+FFFD.
func (v Value) AsText() (string, bool) {
	i := skipSpace(v, 0)
	if i >= len(v) || v[i] != '"' {
		return "", false
	}
	end := skipString(v, i)
	if end < 0 {
		return "", false
	}
	return unquote(v[i+1 : end-1]), true
}

// IsTrue reports whether v is exactly true.
func (v Value) IsTrue() bool {
	i := skipSpace(v, 0)
	return i < len(v) && hasWord(v, i, "true")
}

// IsFalse reports whether v is exactly false.
func (v Value) IsFalse() bool {
	i := skipSpace(v, 0)
	return i < len(v) && hasWord(v, i, "false")
}

// Int returns an integer; 0 for anything else.
func (v Value) Int() int64 {
	n, _ := v.AsInt()
	return n
}

// AsInt reads a number with an integer value and reports whether v was one.
// Forms such as 1e3 and 1.0 count; fractions and what exceeds an int64 do not.
func (v Value) AsInt() (int64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	text := string(trim(v))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// Float returns a number; 0 for anything else.
func (v Value) Float() float64 {
	if v.Kind() != Number {
		return 0
	}
	f, _ := strconv.ParseFloat(string(trim(v)), 64)
	return f
}

// Clone returns a copy that does not share memory with v.
func (v Value) Clone() Value {
	if v == nil {
		return nil
	}
	return append(Value(nil), v...)
}
