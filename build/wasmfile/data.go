package wasmfile

import "encoding/binary"

const (
	opEnd      = 0x0b
	opI32Const = 0x41
)

// Memory gives the memory that a data section fills, from address 0.
func Memory(section []byte) ([]byte, error) {
	var memory []byte
	r := Reader{section, nil}
	for n := r.Uint(); n > 0 && r.Err == nil; n-- {
		at, data := r.segment()
		if end := at + len(data); end > len(memory) {
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[at:], data)
	}
	return memory, r.Err
}

// segment reads an active segment at a constant address of the one memory.
func (r *Reader) segment() (at int, data []byte) {
	mode, op := r.Byte(), r.Byte()
	at = r.address()
	if end := r.Byte(); mode != 0 || op != opI32Const || end != opEnd {
		r.fail()
		return 0, nil
	}
	return at, r.Bytes()
}

// address reads a signed number as the unsigned one of the same 32 bits.
func (r *Reader) address() int {
	var n uint64
	shift := uint(0)
	for {
		b := r.Byte()
		n |= uint64(b&0x7f) << shift
		shift += 7
		if b&0x80 != 0 && shift < 35 {
			continue
		}
		if b&0x40 != 0 && shift < 64 {
			n |= ^uint64(0) << shift
		}
		return int(uint32(n))
	}
}

// DataSection is the section that fills memory. What is zero stands in no
// segment, where that is smaller: memory begins as zeros.
func DataSection(memory []byte) []byte {
	const gap = 128 // zeros that are worth a segment's header, which does not compress
	var segments []byte
	count := uint64(0)
	for at := skipZeros(memory, 0); at < len(memory); {
		end, next := at, at
		for next < len(memory) && next-end < gap {
			end = skipOthers(memory, next)
			next = skipZeros(memory, end)
		}
		segments = appendSegment(segments, at, memory[at:end])
		count, at = count+1, next
	}
	return append(binary.AppendUvarint(nil, count), segments...)
}

func skipZeros(memory []byte, at int) int {
	for at < len(memory) && memory[at] == 0 {
		at++
	}
	return at
}

func skipOthers(memory []byte, at int) int {
	for at < len(memory) && memory[at] != 0 {
		at++
	}
	return at
}

func appendSegment(out []byte, at int, data []byte) []byte {
	out = append(out, 0, opI32Const)
	for n := int32(at); ; n >>= 7 {
		if n >= -64 && n < 64 {
			out = append(out, byte(n&0x7f))
			break
		}
		out = append(out, byte(n&0x7f)|0x80)
	}
	out = append(out, opEnd)
	out = binary.AppendUvarint(out, uint64(len(data)))
	return append(out, data...)
}
