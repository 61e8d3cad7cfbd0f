package table

import (
	"maps"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Tracker is which users' devices have to be asked for. One that was published
// must not be changed; Clone it.
type Tracker struct {
	// Outdated holds for each user whose devices may have changed when that was
	// last heard, as a count of all such news.
	Outdated map[event.UserID]uint64
	// Heard counts them.
	Heard uint64
}

// Clone returns a copy that may be changed.
func (t *Tracker) Clone() *Tracker {
	c := *t
	c.Outdated = maps.Clone(t.Outdated)
	if c.Outdated == nil {
		c.Outdated = map[event.UserID]uint64{}
	}
	return &c
}

const trackerFormat = 1

// Encode returns the stored form.
func (t *Tracker) Encode() []byte {
	w := newWriter(trackerFormat)
	w.uint(t.Heard)
	w.uint(uint64(len(t.Outdated)))
	for user, heard := range t.Outdated {
		w.text(string(user))
		w.uint(heard)
	}
	return w.done()
}

// DecodeTracker reads the stored form.
func DecodeTracker(value []byte) (*Tracker, error) {
	d, _ := newReader(value, trackerFormat)
	t := &Tracker{Heard: d.uint(), Outdated: map[event.UserID]uint64{}}
	for range d.count(2) {
		user := event.UserID(d.text())
		t.Outdated[user] = d.uint()
	}
	return t, named("device tracking", d.done())
}
