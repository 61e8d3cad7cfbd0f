package rpc

import (
	"math"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// writer appends JSON. Whether a comma is due shows in the byte before: no value
// ends with an opening bracket. Names of members need no escapes.
//
// The generated code calls it once a member, and none of it is inlined there:
// that halves the code.
type writer struct{ buf []byte }

//go:noinline
func (w *writer) literal(s string) { w.buf = append(w.buf, s...) }

func (w *writer) open()      { w.literal("{") }
func (w *writer) close()     { w.literal("}") }
func (w *writer) openList()  { w.literal("[") }
func (w *writer) closeList() { w.literal("]") }

// item begins an element of a list.
//
//go:noinline
func (w *writer) item() {
	if c := w.buf[len(w.buf)-1]; c != '[' && c != '{' {
		w.literal(",")
	}
}

// name begins a member.
//
//go:noinline
func (w *writer) name(name string) {
	w.item()
	w.literal(`"`)
	w.literal(name)
	w.literal(`":`)
}

//go:noinline
func (w *writer) text(name, s string) {
	w.name(name)
	w.putText(s)
}

// textIf and its like leave out what is zero, as omitempty does.
//
//go:noinline
func (w *writer) textIf(name, s string) {
	if s != "" {
		w.text(name, s)
	}
}

//go:noinline
func (w *writer) integer(name string, n int64) {
	w.name(name)
	w.putInteger(n)
}

//go:noinline
func (w *writer) integerIf(name string, n int64) {
	if n != 0 {
		w.integer(name, n)
	}
}

//go:noinline
func (w *writer) boolean(name string, b bool) {
	w.name(name)
	w.putBoolean(b)
}

//go:noinline
func (w *writer) booleanIf(name string, b bool) {
	if b {
		w.boolean(name, b)
	}
}

//go:noinline
func (w *writer) float(name string, f float64) {
	w.name(name)
	w.putFloat(f)
}

//go:noinline
func (w *writer) floatIf(name string, f float64) {
	if f != 0 {
		w.float(name, f)
	}
}

//go:noinline
func (w *writer) raw(name string, v scan.Value) {
	w.name(name)
	w.putRaw(v)
}

//go:noinline
func (w *writer) rawIf(name string, v scan.Value) {
	if len(v) > 0 {
		w.raw(name, v)
	}
}

//go:noinline
func (w *writer) putText(s string)   { w.buf = scan.AppendText(w.buf, s) }
func (w *writer) putInteger(n int64) { w.buf = strconv.AppendInt(w.buf, n, 10) }
func (w *writer) putBoolean(b bool)  { w.buf = strconv.AppendBool(w.buf, b) }

// putFloat writes a number. JSON has none for infinities and NaN: they become
// null, as JSON.stringify has it.
func (w *writer) putFloat(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		w.literal("null")
		return
	}
	w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, 64)
}

// putRaw writes JSON that came from elsewhere. It is checked once more, because
// bytes that are no JSON, say from a damaged store, would cost the page the
// whole frame and the call its answer.
func (w *writer) putRaw(v scan.Value) {
	if !scan.Valid(v) {
		w.literal("null")
		return
	}
	w.buf = append(w.buf, v...)
}
