package table

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
)

// IndexPage is which event had which of 256 indices of a Megolm session that
// follow each other: a message that comes again as another event is a replay.
// One that was published must not be changed; Clone it.
type IndexPage struct {
	entries []indexEntry // by low
}

type indexEntry struct {
	low   byte
	print EventPrint
}

// EventPrint stands for an event id. It is long enough that nobody finds two ids
// with one.
type EventPrint [16]byte

// PrintOf returns the print of an event id.
func PrintOf(id event.EventID) EventPrint {
	sum := sha256.Sum256([]byte(id))
	return EventPrint(sum[:])
}

// IndexKey is the key in Indices of the page that has an index: of whoever the
// session belongs to for "", else of a user.
func IndexKey(room event.RoomID, session string, user event.UserID, index uint32) []byte {
	key := MegolmKey(room, session)
	if user != "" {
		key = MakersKey(room, session, user)
	}
	return append(key, storage.U32(index>>8)...)
}

// Of returns which event has an index.
func (p *IndexPage) Of(index uint32) (print EventPrint, taken bool) {
	i, found := p.find(index)
	if !found {
		return print, false
	}
	return p.entries[i].print, true
}

func (p *IndexPage) find(index uint32) (int, bool) {
	return slices.BinarySearchFunc(p.entries, byte(index), func(e indexEntry, low byte) int { return cmp.Compare(e.low, low) })
}

// Take notes that an index is of an event, and reports whether it may be: whether
// it was nobody's or that event's. isNew says that the page changed.
func (p *IndexPage) Take(index uint32, print EventPrint) (ok, isNew bool) {
	i, found := p.find(index)
	if found {
		return p.entries[i].print == print, false
	}
	p.entries = slices.Insert(p.entries, i, indexEntry{byte(index), print})
	return true, true
}

// Clone returns a copy that may be changed.
func (p *IndexPage) Clone() *IndexPage { return &IndexPage{entries: slices.Clone(p.entries)} }

const indexPageFormat = 1

// Encode returns the stored form.
func (p *IndexPage) Encode() []byte {
	w := newSizedWriter(indexPageFormat, len(p.entries)*(1+len(EventPrint{})))
	w.uint(uint64(len(p.entries)))
	for i := range p.entries {
		w.buf = append(append(w.buf, p.entries[i].low), p.entries[i].print[:]...)
	}
	return w.done()
}

// DecodeIndexPage reads the stored form.
func DecodeIndexPage(value []byte) (*IndexPage, error) {
	d, _ := newReader(value, indexPageFormat)
	p := &IndexPage{entries: make([]indexEntry, d.count(1+len(EventPrint{})))}
	for i := range p.entries {
		if b := d.take(1 + len(EventPrint{})); b != nil {
			p.entries[i] = indexEntry{b[0], EventPrint(b[1:])}
		}
		if i > 0 && p.entries[i].low <= p.entries[i-1].low {
			d.fail()
		}
	}
	return p, named("message indices", d.done())
}
