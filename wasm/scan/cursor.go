package scan

import (
	"iter"
	"unicode/utf8"
)

// Cursor walks a value once, from front to back. What is found with Value.Get has
// been skipped to find its end, at every depth again; a cursor enters it instead.
// The value must be valid.
type Cursor struct {
	data []byte
	at   int
}

// Walk returns a cursor that stands before v.
func (v Value) Walk() *Cursor { return &Cursor{data: v, at: skipSpace(v, 0)} }

// At is where the cursor stands, for Since.
func (c *Cursor) At() int { return c.at }

// Since returns what the cursor has passed since it stood there.
func (c *Cursor) Since(at int) Value { return c.data[at:c.at:c.at] }

// Kind tells the type of the value before which the cursor stands.
func (c *Cursor) Kind() Kind { return Value(c.data[c.at:]).Kind() }

// Take passes the value before which the cursor stands, and returns it.
func (c *Cursor) Take() Value {
	at := c.at
	if c.at = skipValue(c.data, at); c.at < 0 {
		c.at = len(c.data)
	}
	return c.Since(at)
}

// Members yields the names of an object's members, each with the cursor before
// its value: the loop may pass it, and what it does not is skipped. It must run
// to its end. Any other value has no members.
func (c *Cursor) Members() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for range c.inside('{') {
			key := c.Take()
			colon := skipSpace(c.data, c.at)
			if len(key) < 2 || colon >= len(c.data) {
				c.at = len(c.data)
				return
			}
			c.at = skipSpace(c.data, colon+1)
			at := c.at
			if !yield(name(key[1 : len(key)-1])) {
				return
			}
			if c.at == at {
				c.Take()
			}
		}
	}
}

// Items yields once for each element of an array, as Members does.
func (c *Cursor) Items() iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		for range c.inside('[') {
			at := c.at
			if !yield(struct{}{}) {
				return
			}
			if c.at == at {
				c.Take()
			}
		}
	}
}

// inside yields before each member or element, and then leaves the value behind.
func (c *Cursor) inside(open byte) iter.Seq[struct{}] {
	return func(yield func(struct{}) bool) {
		if c.at >= len(c.data) || c.data[c.at] != open {
			c.Take()
			return
		}
		for c.at++; ; c.at++ {
			c.at = skipSpace(c.data, c.at)
			if c.at >= len(c.data) {
				return
			}
			if b := c.data[c.at]; b == '}' || b == ']' {
				c.at++
				return
			}
			if !yield(struct{}{}) {
				return
			}
			if c.at = skipSpace(c.data, c.at); c.at >= len(c.data) || c.data[c.at] != ',' {
				c.at = min(c.at+1, len(c.data))
				return
			}
		}
	}
}

// name decodes what stands between a key's quotes, without a copy where it can.
func name(raw []byte) []byte {
	for _, b := range raw {
		if b == '\\' || b >= utf8.RuneSelf {
			return []byte(unquote(raw))
		}
	}
	return raw
}
