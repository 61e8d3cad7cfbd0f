package table

import "github.com/alcove-chat/alcove/storage"

// maxRooms is how many bytes of rooms share a record, for MaxParcel's reason.
const maxRooms = MaxParcel

// RoomsKey is the key in Rooms of rooms that were stored together, of which the
// first has that short id.
func RoomsKey(first uint32) []byte { return storage.Key(storage.U32(first), []byte{0}) }

const roomsFormat = 1

// EncodeRooms returns the stored form of the first of those rooms, and how many
// they are: as many as a record has place for.
func EncodeRooms(rooms []*Room) (n int, value []byte) {
	w := newSizedWriter(roomsFormat, maxRooms)
	for _, r := range rooms {
		one := r.Encode()
		if n > 0 && len(w.buf)+len(one) > maxRooms {
			break
		}
		w.bytes(one)
		n++
	}
	return n, w.done()
}

// DecodeRooms reads the stored form.
func DecodeRooms(value []byte) (rooms []*Room, err error) {
	d, _ := newReader(value, roomsFormat)
	for len(d.buf) > 0 {
		r, err := DecodeRoom(d.bytes())
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, r)
	}
	if d.err == nil && len(rooms) == 0 {
		d.fail()
	}
	return rooms, named("rooms", d.err)
}
