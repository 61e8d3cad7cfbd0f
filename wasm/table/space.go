package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

// Space is what a space's state says of other rooms, and who may say it. It has a
// record of its own, because a space may have thousands of children, which a
// message in it does not change. One that was published must not be changed; Clone
// it.
type Space struct {
	// Children are in no order, each id once.
	Children []space.Child
	// Creators are from m.room.create.
	Creators []event.UserID
	// Levels says that there are power levels, of which Keepers are the users that
	// they let add children, and Anyone that they let everybody.
	Levels  bool
	Keepers []event.UserID
	Anyone  bool
}

// Clone returns a copy that may be changed.
func (s *Space) Clone() *Space {
	c := *s
	c.Children = append([]space.Child(nil), s.Children...)
	return &c
}

// SpaceKey is a space's key in Spaces.
func SpaceKey(short uint32) []byte { return storage.U32(short) }

const spaceFormat = 1

// Encode returns the stored form.
func (s *Space) Encode() []byte {
	w := newSizedWriter(spaceFormat, 64*len(s.Children))
	w.uint(uint64(len(s.Children)))
	for i := range s.Children {
		c := &s.Children[i]
		w.text(string(c.ID))
		w.text(c.Order)
		w.int(c.TS)
		w.bool(c.Suggested)
	}
	w.users(s.Creators)
	w.bool(s.Levels)
	w.users(s.Keepers)
	w.bool(s.Anyone)
	return w.done()
}

// DecodeSpace reads the stored form.
func DecodeSpace(value []byte) (*Space, error) {
	s := &Space{}
	d, _ := newReader(value, spaceFormat)
	for range d.count(4) {
		s.Children = append(s.Children, space.Child{ID: event.RoomID(d.text()), Order: d.text(), TS: d.int(), Suggested: d.bool()})
	}
	s.Creators = d.users()
	s.Levels = d.bool()
	s.Keepers = d.users()
	s.Anyone = d.bool()
	return s, named("space", d.done())
}

func (w *writer) users(list []event.UserID) {
	w.uint(uint64(len(list)))
	for _, id := range list {
		w.text(string(id))
	}
}

func (d *reader) users() []event.UserID {
	var list []event.UserID
	for range d.count(1) {
		list = append(list, event.UserID(d.text()))
	}
	return list
}

func (w *writer) claims(list []space.Claim) {
	w.uint(uint64(len(list)))
	for _, c := range list {
		w.text(string(c.Parent))
		w.text(string(c.Sender))
		w.bool(c.Canonical)
	}
}

func (d *reader) claims() []space.Claim {
	var list []space.Claim
	for range d.count(3) {
		list = append(list, space.Claim{Parent: event.RoomID(d.text()), Sender: event.UserID(d.text()), Canonical: d.bool()})
	}
	return list
}
