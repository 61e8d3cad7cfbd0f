package rpc

import (
	"math"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// closeObject ends an object whose members were appended from start on, each
// behind a comma.
func closeObject(b []byte, start int) []byte {
	if len(b) == start {
		return append(b, "{}"...)
	}
	b[start] = '{'
	return append(b, '}')
}

// appendList appends an array; nil is an empty one.
func appendList[T any](b []byte, items []T, write func([]byte, *T) []byte) []byte {
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = write(b, &items[i])
	}
	return append(b, ']')
}

func appendPointer[T any](b []byte, v *T, write func([]byte, *T) []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return write(b, v)
}

// appendFloat appends a number. JSON has none for infinities and NaN: they
// become null, as JSON.stringify has it.
func appendFloat(b []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// appendRaw appends JSON that came from elsewhere. It is checked once more,
// because bytes that are no JSON, say from a damaged store, would cost the page
// the whole frame and the call its answer.
func appendRaw(b []byte, v scan.Value) []byte {
	if !scan.Valid(v) {
		return append(b, "null"...)
	}
	return append(b, v...)
}
