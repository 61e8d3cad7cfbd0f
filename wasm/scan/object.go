package scan

import "strconv"

// Builder writes one JSON object, member by member, in call order. The zero
// value is ready; Done closes it.
type Builder struct {
	buf []byte
}

// Text adds a string member.
func (o *Builder) Text(key, value string) *Builder {
	o.key(key)
	o.buf = AppendText(o.buf, value)
	return o
}

// TextIf adds a string member unless it is empty.
func (o *Builder) TextIf(key, value string) *Builder {
	if value == "" {
		return o
	}
	return o.Text(key, value)
}

// Int adds an integer member.
func (o *Builder) Int(key string, value int64) *Builder {
	o.key(key)
	o.buf = strconv.AppendInt(o.buf, value, 10)
	return o
}

// Bool adds a boolean member.
func (o *Builder) Bool(key string, value bool) *Builder {
	o.key(key)
	o.buf = strconv.AppendBool(o.buf, value)
	return o
}

// Raw adds a member that is JSON already; nil is written as null.
func (o *Builder) Raw(key string, value Value) *Builder {
	o.key(key)
	o.buf = AppendValue(o.buf, value)
	return o
}

// Texts adds an array of strings.
func (o *Builder) Texts(key string, values []string) *Builder {
	o.key(key)
	o.buf = append(o.buf, '[')
	for i, s := range values {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = AppendText(o.buf, s)
	}
	o.buf = append(o.buf, ']')
	return o
}

// Done returns the finished object.
func (o *Builder) Done() Value {
	if o.buf == nil {
		return Value("{}")
	}
	return append(o.buf, '}')
}

func (o *Builder) key(key string) {
	if o.buf == nil {
		o.buf = append(o.buf, '{')
	} else {
		o.buf = append(o.buf, ',')
	}
	o.buf = AppendText(o.buf, key)
	o.buf = append(o.buf, ':')
}

// With returns an object with that member, or without it where value is nil. Other
// members stay as they are; what is no object counts as an empty one.
func (v Value) With(key string, value Value) Value {
	var b Builder
	for k, other := range v.Members() {
		if !keyIs(k, key) {
			b.Raw(k.Text(), other)
		}
	}
	if value != nil {
		b.Raw(key, value)
	}
	return b.Done()
}
