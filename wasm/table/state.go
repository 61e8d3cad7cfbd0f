package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// A room's state, members included, is spread over pages by a hash of type and
// state key. A small room has one page, so that writing and reading it is one
// record; when a page grows past maxPage the room's pages double.
const maxPage = 48 << 10

// StateEntry is one state event. Raw is the whole event.
type StateEntry struct {
	Type, Key string
	Raw       scan.Value
}

// StatePage is a part of a room's state, in no order.
type StatePage struct {
	Entries []StateEntry
}

// StatePageKey is a page's key in State.
func StatePageKey(short, page uint32) []byte {
	return storage.Key(storage.U32(short), storage.U32(page))
}

// PageOf says on which of so many pages a state event is.
func PageOf(pages uint32, kind, key string) uint32 {
	if pages <= 1 {
		return 0
	}
	return uint32(hash(kind, key)) & (pages - 1)
}

// Get finds an entry, or nil.
func (p *StatePage) Get(kind, key string) *StateEntry {
	for i := range p.Entries {
		if e := &p.Entries[i]; e.Key == key && e.Type == kind {
			return e
		}
	}
	return nil
}

// Set puts an entry in place of the one with its type and key.
func (p *StatePage) Set(entry StateEntry) {
	if old := p.Get(entry.Type, entry.Key); old != nil {
		*old = entry
		return
	}
	p.Entries = append(p.Entries, entry)
}

// Full reports that the room should have more pages.
func (p *StatePage) Full() bool {
	return len(p.Entries) > 1 && p.size() > maxPage
}

// size is about how many bytes Encode returns.
func (p *StatePage) size() int {
	n := 0
	for i := range p.Entries {
		n += len(p.Entries[i].Raw) + len(p.Entries[i].Key) + len(p.Entries[i].Type) + 8
	}
	return n
}

// Members yields the room's member events that are on the page.
func (p *StatePage) Members(yield func(event.UserID, scan.Value) bool) {
	for _, e := range p.Entries {
		if e.Type == event.RoomMember && !yield(event.UserID(e.Key), e.Raw.Get("content")) {
			return
		}
	}
}

const stateFormat = 1

// Encode returns the stored form.
func (p *StatePage) Encode() []byte {
	w := newSizedWriter(stateFormat, p.size())
	w.uint(uint64(len(p.Entries)))
	for _, e := range p.Entries {
		w.text(e.Type)
		w.text(e.Key)
		w.bytes(e.Raw)
	}
	return w.done()
}

// DecodeStatePage reads the stored form. A room has all of its pages, so a
// missing one is garbled. What can be read of such a page is returned, too.
func DecodeStatePage(value []byte) (*StatePage, error) {
	p, whole := &StatePage{}, true
	d, _ := newReader(value, stateFormat)
	for range d.count(1) {
		e := StateEntry{Type: d.text(), Key: d.text(), Raw: d.bytes()}
		if d.err == nil && scan.Valid(e.Raw) {
			p.Entries = append(p.Entries, e)
		} else {
			whole = false
		}
	}
	err := d.done()
	if !whole {
		err = ErrGarbled
	}
	return p, named("state page", err)
}

// hash is FNV-1a over strings, each with its end marked.
func hash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, part := range parts {
		for i := 0; i < len(part); i++ {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ 0xFF) * 1099511628211
	}
	return h ^ h>>32
}
