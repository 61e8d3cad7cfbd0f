package table

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// WaitingEvents is what waits for the key of a Megolm session. One that was published
// must not be changed; Clone it.
type WaitingEvents struct {
	// Events cannot be decrypted with what is known of the session.
	Events []event.EventID
	// Woken are to be looked at again, because more became known since.
	Woken []event.EventID
	// Since is when the first of them came, in milliseconds since 1970.
	Since int64
	// Request is the id under which other devices were asked for the key, "" if
	// they were not, and Asked when they were, in milliseconds since 1970.
	Request string
	Asked   int64
}

// Clone returns a copy that may be changed.
func (w *WaitingEvents) Clone() *WaitingEvents {
	c := *w
	c.Events, c.Woken = slices.Clone(w.Events), slices.Clone(w.Woken)
	return &c
}

// Idle reports whether nothing waits any more.
func (w *WaitingEvents) Idle() bool {
	return len(w.Events) == 0 && len(w.Woken) == 0 && w.Request == ""
}

const waitingFormat = 1

// Encode returns the stored form.
func (w *WaitingEvents) Encode() []byte {
	b := newWriter(waitingFormat)
	for _, list := range [][]event.EventID{w.Events, w.Woken} {
		b.uint(uint64(len(list)))
		for _, id := range list {
			b.text(string(id))
		}
	}
	b.int(w.Since)
	b.text(w.Request)
	b.int(w.Asked)
	return b.done()
}

// DecodeWaitingEvents reads the stored form.
func DecodeWaitingEvents(value []byte) (*WaitingEvents, error) {
	d, _ := newReader(value, waitingFormat)
	w := &WaitingEvents{}
	for _, list := range []*[]event.EventID{&w.Events, &w.Woken} {
		for range d.count(1) {
			*list = append(*list, event.EventID(d.text()))
		}
	}
	w.Since, w.Request, w.Asked = d.int(), d.text(), d.int()
	return w, named("waiting events", d.done())
}
