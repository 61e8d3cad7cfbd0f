package table

import (
	"maps"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ShareList is who has a room's outbound session, or was told why not. One that was
// published must not be changed; Clone it.
type ShareList struct {
	// Session is its id.
	Session string
	// Devices holds for each the code of why it did not get the key, "" if it did.
	Devices map[Holder]string
}

// Holder is a device, by its Curve25519 key, which no other device that comes
// under its id has; and by its user, because others may claim to have that key.
type Holder struct {
	User  event.UserID
	Curve Key32
}

// Clone returns a copy that may be changed.
func (s *ShareList) Clone() *ShareList {
	return &ShareList{Session: s.Session, Devices: maps.Clone(s.Devices)}
}

const sharesFormat = 1

// Encode returns the stored form.
func (s *ShareList) Encode() []byte {
	w := newSizedWriter(sharesFormat, len(s.Devices)*64)
	w.text(s.Session)
	w.uint(uint64(len(s.Devices)))
	for holder, withheld := range s.Devices {
		w.text(string(holder.User))
		w.key32(holder.Curve)
		w.text(withheld)
	}
	return w.done()
}

// DecodeShareList reads the stored form.
func DecodeShareList(value []byte) (*ShareList, error) {
	d, _ := newReader(value, sharesFormat)
	s := &ShareList{Session: d.text(), Devices: map[Holder]string{}}
	for range d.count(len(Key32{}) + 2) {
		holder := Holder{User: event.UserID(d.text()), Curve: d.key32()}
		s.Devices[holder] = d.text()
	}
	return s, named("shared keys", d.done())
}
