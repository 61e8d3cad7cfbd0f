package idb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"github.com/alcove-chat/alcove/storage"
)

// The packed format, little-endian, shared with shim.js. "bytes" is a u32
// length and that many bytes; "range" is a u8 with 1 for a low bound and 2 for
// a high one, then the bytes of those that are there; "scope" is a u8 and that
// many stores, each a u8: those that the transaction is about.
//
//	commit: scope { 1 store:u8 key:bytes value:bytes | 2 store:u8 key:bytes | 3 store:u8 range }
//	read:   scope { 1 store:u8 n:u32 n × key:bytes | 2 store:u8 limit:u32 range }
//	answer: { n:u32 n × ( [key:bytes, for a range] value:bytes or missing:u32 ) }
const (
	kindPut    = 1
	kindDelete = 2
	kindRange  = 3
	kindGet    = 1
	kindScan   = 2
	missing    = math.MaxUint32
)

var errTruncated = errors.New("idb: truncated answer")

// places maps stores to their place in the schema.
type places map[storage.Store]byte

func (p places) packOps(ops []storage.Op) []byte {
	size := 1 + len(p)
	for _, op := range ops {
		size += len(op.Key) + len(op.Value) + len(op.High) + 11
	}
	out := p.appendScope(make([]byte, 0, size), len(ops), func(i int) storage.Store { return ops[i].Store })
	for _, op := range ops {
		switch {
		case op.Kind == storage.OpPut:
			out = append(out, kindPut, p[op.Store])
			out = appendBytes(appendBytes(out, op.Key), op.Value)
		case op.Kind == storage.OpDelete:
			out = append(out, kindDelete, p[op.Store])
			out = appendBytes(out, op.Key)
		case !nothing(op.Key, op.High):
			out = append(out, kindRange, p[op.Store])
			out = appendRange(out, op.Key, op.High)
		}
	}
	return out
}

// packQueries leaves out scans of nothing, as unpack does.
func (p places) packQueries(queries []storage.Query) []byte {
	out := p.appendScope(nil, len(queries), func(i int) storage.Store { return queries[i].Store })
	for _, q := range queries {
		switch {
		case q.Keys != nil:
			out = append(out, kindGet, p[q.Store])
			out = binary.LittleEndian.AppendUint32(out, uint32(len(q.Keys)))
			for _, key := range q.Keys {
				out = appendBytes(out, key)
			}
		case !nothing(q.Low, q.High):
			out = append(out, kindScan, p[q.Store])
			out = binary.LittleEndian.AppendUint32(out, limit(q.Limit))
			out = appendRange(out, q.Low, q.High)
		}
	}
	return out
}

// appendScope appends the stores that n things are about, each once: a
// transaction costs more the more stores it could touch.
func (p places) appendScope(out []byte, n int, storeOf func(int) storage.Store) []byte {
	at := len(out)
	out = append(out, 0)
	for i := range n {
		if place := p[storeOf(i)]; bytes.IndexByte(out[at+1:], place) < 0 {
			out = append(out, place)
		}
	}
	out[at] = byte(len(out) - at - 1)
	return out
}

// limit keeps a limit within what getAll takes; more is as good as none.
func limit(n int) uint32 {
	if n > math.MaxInt32 {
		return 0
	}
	return uint32(n)
}

// nothing reports that a range is empty. IDBKeyRange refuses such bounds.
func nothing(low, high []byte) bool { return high != nil && bytes.Compare(low, high) >= 0 }

func appendBytes(out, b []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
	return append(out, b...)
}

func appendRange(out, low, high []byte) []byte {
	at := len(out)
	out = append(out, 0)
	if len(low) > 0 {
		out[at] |= 1
		out = appendBytes(out, low)
	}
	if high != nil {
		out[at] |= 2
		out = appendBytes(out, high)
	}
	return out
}

// unpack reads the answer to queries. The results share its bytes.
func unpack(answer []byte, queries []storage.Query) ([]storage.Result, error) {
	r := unpacker{rest: answer}
	results := make([]storage.Result, len(queries))
	for i, q := range queries {
		if q.Keys == nil && nothing(q.Low, q.High) {
			continue
		}
		n := r.number()
		if q.Keys != nil && int(n) != len(q.Keys) || int64(n) > int64(len(r.rest)/4) {
			return nil, errTruncated
		}
		results[i] = r.records(q, int(n))
	}
	if r.failed || len(r.rest) > 0 {
		return nil, errTruncated
	}
	return results, nil
}

type unpacker struct {
	rest   []byte
	failed bool
}

func (r *unpacker) records(q storage.Query, n int) storage.Result {
	result := make(storage.Result, n)
	for i := range result {
		if q.Keys != nil {
			result[i].Key = bytes.Clone(q.Keys[i])
		} else {
			result[i].Key = r.bytes()
		}
		result[i].Value = r.bytes()
	}
	return result
}

func (r *unpacker) number() uint32 {
	if len(r.rest) < 4 {
		r.failed, r.rest = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint32(r.rest)
	r.rest = r.rest[4:]
	return n
}

// bytes returns nil for a missing value, and never for an empty one.
func (r *unpacker) bytes() []byte {
	n := r.number()
	if n == missing {
		return nil
	}
	if int64(n) > int64(len(r.rest)) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}
