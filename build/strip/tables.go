package main

import (
	"encoding/binary"
	"errors"
)

// errLayout says that the tables are not those of the Go that strip was
// written for.
var errLayout = errors.New("the layout of Go's tables is not known")

// image is the program's memory as it starts, little-endian. Reads beyond its
// end give what no table holds.
type image []byte

const nothing = 1<<63 - 1

func (m image) word(at int) int {
	if at < 0 || at+8 > len(m) {
		return nothing
	}
	return int(binary.LittleEndian.Uint64(m[at:]) & nothing)
}

func (m image) half(at int) int {
	if at < 0 || at+4 > len(m) {
		return nothing
	}
	return int(binary.LittleEndian.Uint32(m[at:]))
}

func (m image) clear(from, to int) { clear(m[from:to]) }

// tables is where Go's runtime keeps what it knows of functions. The names are
// those of runtime/symtab.go: pcHeader, moduledata, _func.
type tables struct {
	image
	names, cutab, filetab, pctab, functab int
	count                                 int // functions
	gofunc                                int // what the offsets of funcdata start from
}

// magic begins a pcHeader of Go 1.20 and later; then come two zeros, the size
// of an instruction and that of a pointer.
var magic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// findTables looks for a pcHeader that a moduledata points to.
func findTables(memory []byte) (*tables, error) {
	m := image(memory)
	for at := 0; at+8 <= len(m); at += 8 {
		if string(m[at:at+8]) != string(magic) {
			continue
		}
		t := readHeader(m, at)
		for md := 0; md+8 <= len(m); md += 8 {
			if m.word(md) == at && t.belongsTo(md) {
				return t, t.check()
			}
		}
	}
	return nil, errLayout
}

func readHeader(m image, at int) *tables {
	field := func(i int) int { return m.word(at + 8 + 8*i) }
	return &tables{
		image: m, count: field(0),
		names: at + field(3), cutab: at + field(4), filetab: at + field(5), pctab: at + field(6), functab: at + field(7),
	}
}

// belongsTo reports whether a moduledata is at md, whose tables are these, and
// takes gofunc from it.
func (t *tables) belongsTo(md int) bool {
	const slice, fieldsBeforeGofunc = 24, 21
	for i, table := range []int{t.names, t.cutab, t.filetab, t.pctab, t.functab, t.functab} {
		if t.word(md+8+slice*i) != table {
			return false
		}
	}
	t.gofunc = t.word(md + 8 + slice*6 + 8*fieldsBeforeGofunc)
	return true
}

// check looks whether all that is going to be changed is what it should be.
func (t *tables) check() error {
	if !(t.names < t.cutab && t.cutab < t.filetab && t.filetab < t.pctab && t.pctab < t.functab) {
		return errLayout
	}
	if t.count < 1 || t.count > (len(t.image)-t.functab)/8 || t.gofunc > len(t.image) {
		return errLayout
	}
	for i := range t.count {
		if !t.function(i).valid() {
			return errLayout
		}
	}
	return nil
}

// function is a runtime._func, with its arrays of pcdata and funcdata behind it.
type function struct {
	*tables
	at int
}

func (t *tables) function(i int) function {
	return function{t, t.functab + t.half(t.functab+8*i+4)}
}

// Offsets in runtime._func.
const (
	offName      = 4
	offPcsp      = 16
	offPcfile    = 20
	offPcln      = 24
	offNpcdata   = 28
	offStartLine = 36
	offNfuncdata = 43
	offArrays    = 44
)

// Indexes of runtime._func's arrays, from internal/abi/symtab.go.
const (
	pcdataUnsafePoint = 0 // for preemption by signals, which wasm has not
	pcdataInlTree     = 2
	funcdataInlTree   = 3
)

const noFuncdata = 1<<32 - 1

func (f function) npcdata() int { return f.half(f.at + offNpcdata) }

func (f function) nfuncdata() int { return int(f.image[f.at+offNfuncdata]) }

// pcdata gives the place of an entry of that array.
func (f function) pcdata(i int) int { return f.at + offArrays + 4*i }

func (f function) funcdata(i int) int { return f.pcdata(f.npcdata() + i) }

// valid reports whether f and what it refers to lies within the tables.
func (f function) valid() bool {
	if f.at < f.functab || f.at+offArrays > len(f.image) || f.npcdata() > 16 || f.nfuncdata() > 16 {
		return false
	}
	if !f.isName(f.half(f.at + offName)) {
		return false
	}
	for _, at := range append(f.kept(), f.dropped()...) {
		if offset := f.half(at); offset != 0 && f.endOfTable(offset) < 0 {
			return false
		}
	}
	return f.inlined() >= 0
}

// isName reports whether a name begins at an offset of their table.
func (t *tables) isName(offset int) bool {
	at := t.names + offset
	return offset < t.cutab-t.names && (offset == 0 || t.image[at-1] == 0)
}
