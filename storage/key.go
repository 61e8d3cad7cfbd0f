package storage

import "encoding/binary"

// Keys are compared as byte strings. Numbers are big-endian, so that they sort
// as numbers; an inverted number sorts newest first, because range scans
// ascend (a reverse getAll exists only since Chrome 141).

// Key returns parts joined end to end.
func Key(parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	key := make([]byte, 0, n)
	for _, p := range parts {
		key = append(key, p...)
	}
	return key
}

// U32 encodes n in order.
func U32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// U64 encodes n in order.
func U64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Inv32 encodes n so that larger numbers sort first.
func Inv32(n uint32) []byte { return U32(^n) }

// Inv64 encodes n so that larger numbers sort first.
func Inv64(n uint64) []byte { return U64(^n) }

// PrefixEnd returns the smallest key greater than every key that starts with
// prefix, or nil if there is none.
func PrefixEnd(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xFF {
			end := append([]byte(nil), prefix[:i+1]...)
			end[i]++
			return end
		}
	}
	return nil
}
