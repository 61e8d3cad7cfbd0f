package table

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Timeline holds chunks of events, TimelineIndex a Span for each chunk, under
// the same key: newest first.
const (
	Timeline      storage.Store = "timeline"
	TimelineIndex storage.Store = "timelineIndex"
)

// A chunk is full with ChunkEvents events or, where it has more than one, with
// ChunkBytes bytes of them.
const (
	ChunkEvents = 50
	ChunkBytes  = 32 << 10
)

// FirstChunk is the number of a fragment's first chunk. Later ones go up by
// ChunkStep, those of back-pagination down. What lies between two of them is
// for what takes the place of a chunk that was lost.
const (
	FirstChunk uint64 = 1 << 32
	ChunkStep  uint64 = 1 << 10
)

// ChunkID is a chunk's place in its room. A fragment is a run of events
// without a hole; a larger number is later.
type ChunkID struct {
	Fragment uint32
	Chunk    uint64
}

// Compare orders chunks, older ones first.
func (a ChunkID) Compare(b ChunkID) int {
	return cmp.Or(cmp.Compare(a.Fragment, b.Fragment), cmp.Compare(a.Chunk, b.Chunk))
}

// Entry is a stored event.
type Entry struct {
	event.Event
	// Txn is the transaction id of what this device sent, else "". It gives
	// the item its key for ever.
	Txn event.TxnID
	// Profile is the sender's at the time of the event.
	Profile event.Profile
}

// Chunk is a run of events, oldest first.
type Chunk struct {
	ChunkID
	Entries []Entry
}

// Gap is a hole before an event.
type Gap struct {
	// From is the token where /messages continues backwards; "" is unknown,
	// and then it starts at the room's end.
	From string
	// To is the sync token up to which the older fragment is known, or "".
	To string
}

// Span says what a chunk has, so that most questions need no chunk.
type Span struct {
	ChunkID
	// Since and Until are the least and the greatest time claimed by an event.
	Since, Until int64
	// Hashes are the events' HashID, in order.
	Hashes []uint64
	// Behind is the chunk before this one, in this fragment or in an older one,
	// so that one that was lost is missed. It is zero where there is none, and
	// where it was written before there were such links.
	Behind ChunkID
	// Gap is set where events are missing before the chunk's first. Without it
	// the chunk follows the one before it.
	Gap *Gap
	// Start is true where the chunk's first event is the first of the room.
	Start bool
}

// HashID shortens an event id for a Span. It is cryptographic, because in old
// room versions a sender chooses the id, and an event whose hash is known
// counts as stored.
func HashID(id event.EventID) uint64 {
	sum := sha256.Sum256([]byte(id))
	return binary.BigEndian.Uint64(sum[:8])
}

// TimelinePrefix starts every key of a room in Timeline and TimelineIndex.
func TimelinePrefix(room uint32) []byte { return storage.U32(room) }

// TimelineKey is the key of a chunk and its span.
func TimelineKey(room uint32, id ChunkID) []byte {
	return storage.Key(storage.U32(room), storage.Inv32(id.Fragment), storage.Inv64(id.Chunk))
}

// ParseTimelineKey takes a TimelineKey apart.
func ParseTimelineKey(key []byte) (room uint32, id ChunkID, err error) {
	if len(key) != 16 {
		return 0, ChunkID{}, ErrGarbled
	}
	return binary.BigEndian.Uint32(key), ChunkID{
		Fragment: ^binary.BigEndian.Uint32(key[4:]),
		Chunk:    ^binary.BigEndian.Uint64(key[8:]),
	}, nil
}

// spanVersion 2 added Behind.
const (
	chunkVersion = 1
	spanVersion  = 2
)

// author is a sender with the profile of the time; most chunks have few.
type author struct {
	id      event.UserID
	profile event.Profile
}

// EncodeChunk writes a chunk's value.
func EncodeChunk(entries []Entry) []byte {
	authors, index := authorsOf(entries)
	size := 128 * len(authors)
	for i := range entries {
		size += len(entries[i].Raw) + 128
	}
	w := newSizedWriter(chunkVersion, size)
	w.uint(uint64(len(authors)))
	for _, a := range authors {
		w.text(string(a.id))
		w.text(a.profile.Name)
		w.text(a.profile.Avatar)
	}
	w.uint(uint64(len(entries)))
	for i := range entries {
		encodeEntry(w, &entries[i], index)
	}
	return w.done()
}

func authorsOf(entries []Entry) ([]author, map[author]int) {
	var authors []author
	index := map[author]int{}
	for i := range entries {
		a := author{entries[i].Sender, entries[i].Profile}
		if _, ok := index[a]; !ok {
			index[a] = len(authors)
			authors = append(authors, a)
		}
	}
	return authors, index
}

func encodeEntry(w *writer, e *Entry, index map[author]int) {
	w.text(string(e.ID))
	w.text(e.Type)
	w.uint(uint64(index[author{e.Sender, e.Profile}]))
	w.int(e.TS)
	w.optional(e.StateKey)
	w.text(string(e.Txn))
	w.bytes(e.Raw)
}

// DecodeChunk reads a chunk's value.
func DecodeChunk(id ChunkID, value []byte) (Chunk, error) {
	r, _ := newReader(value, chunkVersion)
	authors := make([]author, r.count(3))
	for i := range authors {
		authors[i].id = event.UserID(r.text())
		authors[i].profile = event.Profile{Name: r.text(), Avatar: r.text()}
	}
	entries := make([]Entry, r.count(7))
	for i := range entries {
		if !decodeEntry(r, authors, &entries[i]) {
			return Chunk{}, named("chunk", ErrGarbled)
		}
	}
	if err := r.done(); err != nil {
		return Chunk{}, named("chunk", err)
	}
	return Chunk{ChunkID: id, Entries: entries}, nil
}

func decodeEntry(r *reader, authors []author, e *Entry) bool {
	e.ID = event.EventID(r.text())
	e.Type = r.text()
	by := r.uint()
	e.TS = r.int()
	e.StateKey = r.optional()
	e.Txn = event.TxnID(r.text())
	e.Raw = scan.Value(r.bytes())
	if r.err != nil || by >= uint64(len(authors)) || e.ID == "" {
		return false
	}
	e.Sender, e.Profile = authors[by].id, authors[by].profile
	return e.Raw.Kind() == scan.Object && scan.Valid(e.Raw)
}

// EncodeSpan writes a span's value.
func EncodeSpan(s Span) []byte {
	w := newSizedWriter(spanVersion, 8*len(s.Hashes))
	w.int(s.Since)
	w.int(s.Until)
	w.uint(uint64(len(s.Hashes)))
	for _, h := range s.Hashes {
		w.fixed64(h)
	}
	w.bool(s.Start)
	w.bool(s.Gap != nil)
	if s.Gap != nil {
		w.text(s.Gap.From)
		w.text(s.Gap.To)
	}
	w.chunkID(s.Behind)
	return w.done()
}

func (w *writer) chunkID(id ChunkID) {
	w.uint(uint64(id.Fragment))
	w.uint(id.Chunk)
}

func (r *reader) chunkID() ChunkID { return ChunkID{Fragment: uint32(r.uint()), Chunk: r.uint()} }

// DecodeSpan reads a span's value.
func DecodeSpan(id ChunkID, value []byte) (Span, error) {
	r, version := newReader(value, spanVersion)
	s := Span{ChunkID: id, Since: r.int(), Until: r.int()}
	s.Hashes = make([]uint64, r.count(8))
	for i := range s.Hashes {
		s.Hashes[i] = r.fixed64()
	}
	s.Start = r.bool()
	if r.bool() {
		s.Gap = &Gap{From: r.text(), To: r.text()}
	}
	if version >= 2 {
		s.Behind = r.chunkID()
	}
	if err := r.done(); err != nil {
		return Span{}, named("span", err)
	}
	return s, nil
}

// DecodeIndex reads what a scan of TimelineIndex found, in its order. It names
// the chunks of garbled spans: nobody knows what is in them.
func DecodeIndex(records storage.Result) (spans []Span, bad []ChunkID) {
	spans = make([]Span, 0, len(records))
	for _, rec := range records {
		_, id, err := ParseTimelineKey(rec.Key)
		if err != nil {
			continue
		}
		if span, err := DecodeSpan(id, rec.Value); err == nil {
			spans = append(spans, span)
		} else {
			bad = append(bad, id)
		}
	}
	return spans, bad
}

// SpanOf describes entries: a chunk's span without Behind, Gap and Start.
func SpanOf(id ChunkID, entries []Entry) Span {
	s := Span{ChunkID: id, Hashes: make([]uint64, len(entries))}
	for i := range entries {
		e := &entries[i]
		s.Hashes[i] = HashID(e.ID)
		if i == 0 || e.TS < s.Since {
			s.Since = e.TS
		}
		s.Until = max(s.Until, e.TS)
	}
	return s
}
