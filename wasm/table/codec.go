package table

import (
	"encoding/binary"
	"errors"
)

// ErrGarbled says that stored bytes are not the record that they should be.
var ErrGarbled = errors.New("garbled record")

// writer builds a record: the version of its form with the checked bit, a sum
// of what follows, and the fields.
//
// The sum tells what a broken disk gives back from what was stored. It is there
// for stores that are not sealed; whoever may write to the disk can make one.
//
// Every field of every record is a call of writer, and inlining those would
// add a third to the package's code for no time that shows. It does show in
// reader: decoding a chunk would take a sixth longer.
type writer struct {
	buf []byte
}

func newWriter(version byte) *writer { return newSizedWriter(version, 0) }

// newSizedWriter is for records of which most is known to be size bytes: what
// grows in steps is copied at each, and wasm memory never shrinks.
func newSizedWriter(version byte, size int) *writer {
	return &writer{buf: append(make([]byte, 0, size+64), version|checked, 0, 0, 0, 0)}
}

const (
	// checked marks a record that has a sum; those of before had none. No text
	// begins with such a byte, and versions stay below 32, because what is
	// sealed begins with bytes above that.
	checked = 0x80
	// headSize is where the fields of a checked record begin.
	headSize = 5
)

// sum is a checksum over words, which is three times as fast in wasm as a CRC.
func sum(b []byte) uint32 {
	const odd = 0x9E3779B97F4A7C15
	h := uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = (h ^ binary.LittleEndian.Uint64(b)) * odd
		h ^= h >> 32
	}
	for _, c := range b {
		h = (h ^ uint64(c)) * odd
		h ^= h >> 32
	}
	return uint32(h)
}

//go:noinline
func (w *writer) uint(n uint64) { w.buf = binary.AppendUvarint(w.buf, n) }

//go:noinline
func (w *writer) int(n int64) { w.buf = binary.AppendVarint(w.buf, n) }

func (w *writer) fixed64(n uint64) { w.buf = binary.BigEndian.AppendUint64(w.buf, n) }

//go:noinline
func (w *writer) bool(b bool) {
	if b {
		w.buf = append(w.buf, 1)
	} else {
		w.buf = append(w.buf, 0)
	}
}

//go:noinline
func (w *writer) text(s string) {
	w.uint(uint64(len(s)))
	w.buf = append(w.buf, s...)
}

//go:noinline
func (w *writer) bytes(b []byte) {
	w.uint(uint64(len(b)))
	w.buf = append(w.buf, b...)
}

// optional writes a text that may be absent, which differs from empty.
func (w *writer) optional(s *string) {
	w.bool(s != nil)
	if s != nil {
		w.text(*s)
	}
}

func (w *writer) done() []byte {
	binary.BigEndian.PutUint32(w.buf[1:], sum(w.buf[headSize:]))
	return w.buf
}

// reader takes a record apart. Stored bytes are not trusted: a read beyond the
// end or of a form that writer never makes sets a sticky error and gives zero
// values from then on, and nothing is allocated on the word of a length alone.
type reader struct {
	buf []byte
	err error
}

// newReader checks the record's sum and its version, from 1 to newest, and
// returns the version.
func newReader(record []byte, newest byte) (r *reader, version byte) {
	r = &reader{buf: record}
	if len(record) == 0 {
		r.fail()
		return r, 0
	}
	version, r.buf = record[0]&^checked, record[1:]
	if record[0]&checked != 0 {
		if len(record) < headSize || binary.BigEndian.Uint32(record[1:]) != sum(record[headSize:]) {
			r.fail()
			return r, 0
		}
		r.buf = record[headSize:]
	}
	if version == 0 || version > newest {
		r.fail()
		return r, 0
	}
	return r, version
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.buf)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.buf)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

func (r *reader) fixed64() uint64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func (r *reader) bool() bool {
	b := r.take(1)
	if b == nil || b[0] > 1 {
		r.fail()
		return false
	}
	return b[0] == 1
}

func (r *reader) text() string { return string(r.bytes()) }

// bytes returns a part of the record, without a copy.
func (r *reader) bytes() []byte {
	n := r.uint()
	if n > uint64(len(r.buf)) {
		r.fail()
		return nil
	}
	return r.take(int(n))
}

func (r *reader) optional() *string {
	if !r.bool() {
		return nil
	}
	s := r.text()
	return &s
}

// count reads how many elements follow, each of at least size bytes, so that a
// garbled count cannot ask for more memory than the record has bytes.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.buf)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// rest returns all that is left, without a copy.
func (r *reader) rest() []byte { return r.take(len(r.buf)) }

// done returns the error of the reads so far, or ErrGarbled if bytes are left.
func (r *reader) done() error {
	if r.err == nil && len(r.buf) > 0 {
		r.fail()
	}
	return r.err
}

// take returns the next n bytes, or nil and the sticky error.
func (r *reader) take(n int) []byte {
	if n > len(r.buf) {
		r.fail()
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

func (r *reader) fail() { r.err, r.buf = ErrGarbled, nil }
