// Package wasmfile takes wasm modules apart that Go's linker wrote, and puts
// them together again.
//
// It knows sections and plain data segments, nothing of code.
// https://webassembly.github.io/spec/core/binary/modules.html
package wasmfile

import (
	"encoding/binary"
	"errors"
)

// The sections that the tools look at.
const (
	SectionCustom = 0
	SectionImport = 2
	SectionCode   = 10
	SectionData   = 11
)

// ErrGarbled says that a file is not a module, or none that Go wrote.
var ErrGarbled = errors.New("not a module that Go wrote")

const preamble = "\x00asm\x01\x00\x00\x00"

// Section is a part of a module, without its header.
type Section struct {
	ID   byte
	Body []byte
}

// Sections takes a module apart.
func Sections(module []byte) ([]Section, error) {
	if len(module) < len(preamble) || string(module[:len(preamble)]) != preamble {
		return nil, ErrGarbled
	}
	var out []Section
	r := Reader{module[len(preamble):], nil}
	for len(r.Left) > 0 {
		id := r.Byte()
		out = append(out, Section{id, r.Bytes()})
	}
	return out, r.Err
}

// Module puts sections together.
func Module(sections []Section) []byte {
	out := []byte(preamble)
	for _, s := range sections {
		out = append(out, s.ID)
		out = binary.AppendUvarint(out, uint64(len(s.Body)))
		out = append(out, s.Body...)
	}
	return out
}

// Reader reads a module's numbers and strings. The first error sticks, and
// gives zero values from then on.
type Reader struct {
	Left []byte
	Err  error
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// Uint reads an unsigned number.
func (r *Reader) Uint() int {
	n, size := binary.Uvarint(r.Left)
	if size <= 0 || n > 1<<32 {
		r.fail()
		return 0
	}
	r.Left = r.Left[size:]
	return int(n)
}

// Bytes reads a length and as many bytes.
func (r *Reader) Bytes() []byte { return r.take(r.Uint()) }

// Text reads a string.
func (r *Reader) Text() string { return string(r.Bytes()) }

func (r *Reader) take(n int) []byte {
	if n > len(r.Left) {
		r.fail()
		return nil
	}
	out := r.Left[:n]
	r.Left = r.Left[n:]
	return out
}

func (r *Reader) fail() { r.Err, r.Left = ErrGarbled, nil }
