package rpc

import (
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// reader decodes params and remembers the first member of a wrong type. A null
// member counts as absent. As with writer, nothing is inlined into the generated
// code, to keep that small.
type reader struct {
	path []string
	err  *api.Error
}

// failed returns what the reader stumbled over.
//
//go:noinline
func (r *reader) failed() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

func (r *reader) fail(want string) {
	if r.err != nil {
		return
	}
	at := strings.Join(r.path, ".")
	if at == "" {
		at = "params"
	}
	r.err = &api.Error{Code: api.CallInvalid, Message: at + ": want " + want}
}

// is reports whether v is of that kind; only null and absent may differ.
func (r *reader) is(v scan.Value, kind scan.Kind, want string) bool {
	switch v.Kind() {
	case kind:
		return true
	case scan.Null, scan.Missing:
	default:
		r.fail(want)
	}
	return false
}

// object is an object whose members are looked up by their place in names.
type object struct {
	r      *reader
	depth  int
	names  []string
	values []scan.Value
}

//go:noinline
func (r *reader) object(v scan.Value, names ...string) *object {
	o := &object{r, len(r.path), names, make([]scan.Value, len(names))}
	if r.is(v, scan.Object, "an object") {
		v.Fields(names, o.values)
	}
	return o
}

// at returns a member, nil if absent. What fails next fails there.
//
//go:noinline
func (o *object) at(i int) scan.Value {
	o.r.path = append(o.r.path[:o.depth], o.names[i])
	return o.values[i]
}

//go:noinline
func (r *reader) text(v scan.Value) string {
	if !r.is(v, scan.String, "a string") {
		return ""
	}
	return v.Text()
}

// choice reads one of a few strings. The empty one counts as absent.
func (r *reader) choice(v scan.Value, values ...string) string {
	s := r.text(v)
	for _, known := range values {
		if s == known {
			return known
		}
	}
	if s != "" {
		r.fail("one of " + strings.Join(values, ", "))
	}
	return ""
}

func (r *reader) integer(v scan.Value) int64 {
	if !r.is(v, scan.Number, "an integer") {
		return 0
	}
	n, ok := v.AsInt()
	if !ok {
		r.fail("an integer")
	}
	return n
}

//go:noinline
func (r *reader) float(v scan.Value) float64 {
	if !r.is(v, scan.Number, "a number") {
		return 0
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		r.fail("a number in the range of a double")
	}
	return f
}

//go:noinline
func (r *reader) boolean(v scan.Value) bool {
	return r.is(v, scan.Bool, "true or false") && v.IsTrue()
}

//go:noinline
func (r *reader) raw(v scan.Value) scan.Value {
	if v.Kind() == scan.Null {
		return nil
	}
	return v
}

func readList[T any](r *reader, v scan.Value, read func(*reader, scan.Value) T) []T {
	if !r.is(v, scan.Array, "an array") {
		return nil
	}
	list, depth := []T{}, len(r.path)
	for item := range v.Items() {
		r.path = append(r.path[:depth], strconv.Itoa(len(list)))
		list = append(list, read(r, item))
	}
	return list
}

func readPointer[T any](r *reader, v scan.Value, read func(*reader, scan.Value) T) *T {
	if k := v.Kind(); k == scan.Null || k == scan.Missing {
		return nil
	}
	value := read(r, v)
	return &value
}
