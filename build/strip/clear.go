package main

import "encoding/binary"

// dropped gives the places of f's references to tables that only traces read.
func (f function) dropped() []int {
	places := []int{f.at + offPcfile, f.at + offPcln}
	for _, i := range []int{pcdataUnsafePoint, pcdataInlTree} {
		if i < f.npcdata() {
			places = append(places, f.pcdata(i))
		}
	}
	return places
}

// kept gives the places of its references to other tables of pctab.
func (f function) kept() []int {
	places := []int{f.at + offPcsp}
	for i := range f.npcdata() {
		if i != pcdataUnsafePoint && i != pcdataInlTree {
			places = append(places, f.pcdata(i))
		}
	}
	return places
}

// endOfTable gives the offset at which the table of values at another ends, or
// -1. A table is pairs of numbers, a value's change and a distance; a change
// of zero ends it, where it is not the first.
func (t *tables) endOfTable(offset int) int {
	table := t.image[t.pctab:t.functab]
	for first := true; offset < len(table); first = false {
		change, size := binary.Uvarint(table[offset:])
		if size <= 0 {
			return -1
		}
		offset += size
		if change == 0 && !first {
			return offset
		}
		_, size = binary.Uvarint(table[offset:])
		if size <= 0 {
			return -1
		}
		offset += size
	}
	return -1
}

// inlTree gives where f's tree of inlined calls is, or -1.
func (f function) inlTree() int {
	if f.nfuncdata() <= funcdataInlTree {
		return -1
	}
	offset := f.half(f.funcdata(funcdataInlTree))
	if offset == noFuncdata {
		return -1
	}
	return f.gofunc + offset
}

// inlinedCall is the size of a runtime.inlinedCall: an id, three bytes of
// padding, the name's offset, the parent's pc and a line.
const inlinedCall = 16

// inlined gives how many calls f's tree has that a pc may refer to, or -1 where
// the tree is none.
func (f function) inlined() int {
	tree := f.inlTree()
	if tree < 0 || f.npcdata() <= pcdataInlTree {
		return 0
	}
	count := 1 + f.largest(f.half(f.pcdata(pcdataInlTree)))
	if count > len(f.image)/inlinedCall || tree+count*inlinedCall > len(f.image) {
		return -1
	}
	for at := tree; at < tree+count*inlinedCall; at += inlinedCall {
		if f.half(at)>>8 != 0 || !f.isName(f.half(at+4)) {
			return -1
		}
	}
	return count
}

// largest gives the largest value in a table of values, at least -1.
func (t *tables) largest(offset int) int {
	value, most := -1, -1
	if offset == 0 {
		return most
	}
	for first, end := true, t.endOfTable(offset); offset < end; first = false {
		change, size := binary.Uvarint(t.image[t.pctab+offset:])
		if change == 0 && !first {
			break
		}
		value += int(change>>1) ^ -int(change&1) // zigzag
		most = max(most, value)
		_, distance := binary.Uvarint(t.image[t.pctab+offset+size:])
		offset += size + distance
	}
	return most
}

// clear zeroes the tables that only traces read, and the references to them.
// A table or a part of it that something else refers to stays: the linker
// stores equal ones once.
func (t *tables) clear() {
	keepTable := make([]bool, t.functab-t.pctab)
	keepData := map[int]bool{}
	for i := range t.count {
		f := t.function(i)
		for _, at := range f.kept() {
			if offset := f.half(at); offset != 0 {
				fill(keepTable[offset:f.endOfTable(offset)])
			}
		}
		for k := range f.nfuncdata() {
			if k != funcdataInlTree {
				keepData[f.gofunc+f.half(f.funcdata(k))] = true
			}
		}
	}
	// References go last: they say where the tables are.
	gone := image(make([]byte, len(t.image)))
	copy(gone, t.image)
	for i := range t.count {
		t.function(i).clearIn(gone, keepTable, keepData)
	}
	gone.clear(t.cutab, t.pctab) // files
	copy(t.image, gone)
}

// clearIn clears f's tables and references in a copy of the image.
func (f function) clearIn(gone image, keepTable []bool, keepData map[int]bool) {
	if tree := f.inlTree(); tree >= 0 {
		if !keepData[tree] {
			gone.clear(tree, tree+f.inlined()*inlinedCall)
		}
		binary.LittleEndian.PutUint32(gone[f.funcdata(funcdataInlTree):], noFuncdata)
	}
	for _, at := range f.dropped() {
		if offset := f.half(at); offset != 0 {
			for i := offset; i < f.endOfTable(offset); i++ {
				if !keepTable[i] {
					gone[f.pctab+i] = 0
				}
			}
			gone.clear(at, at+4)
		}
	}
	gone.clear(f.at+offStartLine, f.at+offStartLine+4)
}

func fill(bits []bool) {
	for i := range bits {
		bits[i] = true
	}
}
