// Package protobuf is as much of protocol buffers as the messages of Olm and
// Megolm are made of: fields that follow each other, each a tag and then a number
// or, after its length, a text.
//
// Its law: it reads what goolm and libolm read, numbers with leading zeros and
// unknown tags too, so that no message is read in one client and not in another.
// A field of any other type is an error, since nobody knows where it ends.
package protobuf

import (
	"encoding/binary"
	"errors"
	"iter"
)

// ErrFormat says that bytes are no field.
var ErrFormat = errors.New("protobuf: malformed")

// The types of fields, in the lowest three bits of a tag.
const (
	typeBits   = 7
	numberType = 0
	textType   = 2
)

// Field is one that was read. Its tag says which of the two it has.
type Field struct {
	Tag    uint64
	Number uint64
	Text   []byte
}

// Fields yields the fields of b, and ErrFormat last where it does not end with
// one. Texts are of the bytes of b.
func Fields(b []byte) iter.Seq2[Field, error] {
	return func(yield func(Field, error) bool) {
		for len(b) > 0 {
			f, rest, err := next(b)
			if !yield(f, err) || err != nil {
				return
			}
			b = rest
		}
	}
}

// next returns the first field of b, and what comes after it.
func next(b []byte) (f Field, rest []byte, err error) {
	tag, n := binary.Uvarint(b)
	if n <= 0 {
		return Field{}, nil, ErrFormat
	}
	number, size := binary.Uvarint(b[n:])
	if size <= 0 {
		return Field{}, nil, ErrFormat
	}
	rest = b[n+size:]
	switch {
	case tag&typeBits == numberType:
		return Field{Tag: tag, Number: number}, rest, nil
	case tag&typeBits == textType && number <= uint64(len(rest)):
		return Field{Tag: tag, Text: rest[:number:number]}, rest[number:], nil
	}
	return Field{}, nil, ErrFormat
}

// AppendNumber appends a field that is a number.
func AppendNumber(b []byte, tag byte, number uint64) []byte {
	return binary.AppendUvarint(append(b, tag), number)
}

// AppendText appends a field that is a text.
func AppendText(b []byte, tag byte, text []byte) []byte {
	return append(AppendLength(b, tag, len(text)), text...)
}

// AppendLength appends what comes before a text of that length.
func AppendLength(b []byte, tag byte, length int) []byte {
	return binary.AppendUvarint(append(b, tag), uint64(length))
}

// MaxField is by how much a field may be longer than its text.
const MaxField = 1 + binary.MaxVarintLen64
