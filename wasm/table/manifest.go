package table

import (
	"encoding/binary"
	"encoding/hex"
)

// ManifestKey is the Manifest's key in Meta.
var ManifestKey = []byte("manifest")

// DatabaseID is drawn at random when a database is made, so that another one
// in its place is noticed.
type DatabaseID [16]byte

// NewDatabaseID makes an id of two random numbers.
func NewDatabaseID(a, b uint64) (id DatabaseID) {
	binary.BigEndian.PutUint64(id[:], a)
	binary.BigEndian.PutUint64(id[8:], b)
	return id
}

// String returns the id in hexadecimal digits.
func (id DatabaseID) String() string { return hex.EncodeToString(id[:]) }

// ParseDatabaseID reads what String wrote.
func ParseDatabaseID(s string) (id DatabaseID, ok bool) {
	if len(s) != hex.EncodedLen(len(id)) {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(s))
	return id, err == nil
}

// Manifest says what a database must hold. It is written in the commit that
// changes what it counts, so that a database of which a part is missing does
// not pass for a whole one. New counters are added at the end, with a version.
type Manifest struct {
	ID DatabaseID
	// Replaces is the database whose place this one took with the user's
	// consent, zero where there was none: what still names that one means this.
	Replaces DatabaseID
	// NextShort is the first short id that no room ever had.
	NextShort uint32
	// Rooms, Outbox and AccountData, the user's own, count records.
	Rooms, Outbox, AccountData int
	// Lost is what was found missing before.
	Lost Loss
	// RoomRecords counts the records of the rooms, -1 where nobody did.
	RoomRecords int
}

// Loss counts what was found missing when the database was opened.
type Loss struct {
	// Rooms came back, or will, with an initial sync.
	Rooms int
	// Unsent are messages that nothing can bring back.
	Unsent int
	// At is when the last of it was found, in milliseconds since 1970.
	At int64
}

// manifestFormat 2 added RoomRecords.
const manifestFormat = 2

// Encode returns the stored form.
func (m *Manifest) Encode() []byte {
	w := newWriter(manifestFormat)
	w.bytes(m.ID[:])
	w.bytes(m.Replaces[:])
	for _, n := range []int{int(m.NextShort), m.Rooms, m.Outbox, m.AccountData, m.Lost.Rooms, m.Lost.Unsent} {
		w.uint(uint64(n))
	}
	w.int(m.Lost.At)
	w.int(int64(m.RoomRecords))
	return w.done()
}

// DecodeManifest reads the stored form.
func DecodeManifest(value []byte) (*Manifest, error) {
	d, version := newReader(value, manifestFormat)
	m := &Manifest{RoomRecords: -1, ID: d.id(), Replaces: d.id(), NextShort: uint32(d.uint())}
	for _, n := range []*int{&m.Rooms, &m.Outbox, &m.AccountData, &m.Lost.Rooms, &m.Lost.Unsent} {
		*n = int(d.uint())
	}
	m.Lost.At = d.int()
	if version >= 2 {
		m.RoomRecords = int(d.int())
	}
	return m, named("manifest", d.done())
}

func (d *reader) id() (id DatabaseID) {
	if b := d.bytes(); len(b) == len(id) {
		copy(id[:], b)
	} else {
		d.fail()
	}
	return id
}
