package table

import (
	"math"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

// Room is what is known of a room without reading its state: all that a room
// list needs. One that was published must not be changed; Clone it.
type Room struct {
	// Short stands for the room in keys.
	Short      uint32
	ID         event.RoomID
	Membership event.Membership

	// From state, or from stripped state while invited or knocking.
	Type      string
	Version   string
	Name      string
	Alias     string
	Topic     string
	Avatar    string
	JoinRule  string
	Successor event.RoomID
	// Predecessor is the room that this one says it replaced.
	Predecessor event.RoomID
	// Claims are the spaces that the room says it is in.
	Claims []space.Claim
	// Encrypted never goes back to false (FEATURES D-33).
	Encrypted bool

	// From the room summary (spec: RoomSummary).
	Heroes  []Hero
	Joined  int
	Invited int
	// Inviter is who invited the user, with the profile of that time.
	Inviter Hero

	// From account data.
	Direct       event.UserID
	Tags         []api.Tag
	MarkedUnread bool
	FullyRead    event.EventID
	// SpaceOrder is the place that the user gave a space among theirs, valid or "".
	SpaceOrder string

	// Unread and Highlights are the server's counts while the room is packed, and
	// those of News otherwise.
	Unread     int
	Highlights int
	News       Unread
	// Last is the newest message, and Recency when something last happened
	// that is worth moving the room up for, in milliseconds since 1970.
	Last    *api.Preview
	Recency int64

	// Pages is how many state pages the room has, a power of two; 0 for none.
	Pages uint32
	// FullMembers says that all members are stored, not only those that lazy
	// loading brought.
	FullMembers bool
	// Torn says that a part of the state was lost, so that all of it must be
	// asked for again.
	Torn bool
	// Newest is the room's newest chunk, zero where it is not known.
	Newest ChunkID
	// Packed says that all that is stored of the room besides this are parcels, Later
	// of them behind the first: there are no pages, chunks, receipts and account data
	// yet.
	Packed bool
	Later  int

	// Where the room is stored, which is not stored itself: With is the first of
	// the rooms that it was stored together with, 0 for none; Own says that it has
	// a record of its own, which is newer.
	With uint32
	Own  bool
}

// Hero is a member who names a room.
type Hero struct {
	ID         event.UserID
	Profile    event.Profile
	Membership event.Membership
}

// Clone returns a copy that may be changed.
func (r *Room) Clone() *Room {
	c := *r
	c.Heroes = append([]Hero(nil), r.Heroes...)
	c.Tags = append([]api.Tag(nil), r.Tags...)
	c.Claims = append([]space.Claim(nil), r.Claims...)
	c.News = r.News.Clone()
	return &c
}

// HasState says that state is stored, of the present or of when the user was in
// the room.
func (r *Room) HasState() bool { return r.Packed || r.Pages > 0 }

// RoomKey is a room's key in Rooms.
func RoomKey(short uint32) []byte { return storage.U32(short) }

// roomFormat 2 added Torn and Newest, 3 Packed, 4 Later, 5 News, 6 News.Read and
// Judged, 7 Predecessor, Claims and SpaceOrder.
const roomFormat = 7

// Encode returns the stored form.
func (r *Room) Encode() []byte {
	w := newSizedWriter(roomFormat, 64*len(r.News.Events))
	w.uint(uint64(r.Short))
	w.text(string(r.ID))
	w.text(string(r.Membership))
	for _, s := range []string{r.Type, r.Version, r.Name, r.Alias, r.Topic, r.Avatar, r.JoinRule, string(r.Successor)} {
		w.text(s)
	}
	w.bool(r.Encrypted)
	w.uint(uint64(len(r.Heroes)))
	for i := range r.Heroes {
		w.hero(&r.Heroes[i])
	}
	w.uint(uint64(r.Joined))
	w.uint(uint64(r.Invited))
	w.hero(&r.Inviter)
	w.text(string(r.Direct))
	w.tags(r.Tags)
	w.bool(r.MarkedUnread)
	w.text(string(r.FullyRead))
	w.uint(uint64(r.Unread))
	w.uint(uint64(r.Highlights))
	w.preview(r.Last)
	w.int(r.Recency)
	w.uint(uint64(r.Pages))
	w.bool(r.FullMembers)
	w.bool(r.Torn)
	w.chunkID(r.Newest)
	w.bool(r.Packed)
	w.uint(uint64(r.Later))
	w.unread(&r.News)
	w.text(string(r.Predecessor))
	w.claims(r.Claims)
	w.text(r.SpaceOrder)
	return w.done()
}

// DecodeRoom reads the stored form.
func DecodeRoom(value []byte) (*Room, error) {
	r := &Room{}
	d, version := newReader(value, roomFormat)
	r.Short = uint32(d.uint())
	r.ID = event.RoomID(d.text())
	r.Membership = event.Membership(d.text())
	for _, s := range []*string{&r.Type, &r.Version, &r.Name, &r.Alias, &r.Topic, &r.Avatar, &r.JoinRule} {
		*s = d.text()
	}
	r.Successor = event.RoomID(d.text())
	r.Encrypted = d.bool()
	for range d.count(1) {
		r.Heroes = append(r.Heroes, d.hero())
	}
	r.Joined = int(d.uint())
	r.Invited = int(d.uint())
	r.Inviter = d.hero()
	r.Direct = event.UserID(d.text())
	r.Tags = d.tags()
	r.MarkedUnread = d.bool()
	r.FullyRead = event.EventID(d.text())
	r.Unread = int(d.uint())
	r.Highlights = int(d.uint())
	r.Last = d.preview()
	r.Recency = d.int()
	r.Pages = uint32(d.uint())
	r.FullMembers = d.bool()
	if version >= 2 {
		r.Torn, r.Newest = d.bool(), d.chunkID()
	}
	if version >= 3 {
		r.Packed = d.bool()
	}
	if version >= 4 {
		r.Later = int(min(d.uint(), MaxLater))
	}
	if version >= 5 {
		r.News = d.unread(version >= 6)
	} else if !r.Packed && r.Unread+r.Highlights > 0 {
		r.News.Rest = []UnreadRest{{Counts: r.Unread, Highlights: r.Highlights}}
	}
	if version >= 7 {
		r.Predecessor, r.Claims, r.SpaceOrder = event.RoomID(d.text()), d.claims(), d.text()
	}
	return r, named("room", d.done())
}

func (w *writer) hero(h *Hero) {
	w.text(string(h.ID))
	w.text(h.Profile.Name)
	w.text(h.Profile.Avatar)
	w.text(string(h.Membership))
}

func (d *reader) hero() Hero {
	return Hero{
		ID:         event.UserID(d.text()),
		Profile:    event.Profile{Name: d.text(), Avatar: d.text()},
		Membership: event.Membership(d.text()),
	}
}

func (w *writer) tags(tags []api.Tag) {
	w.uint(uint64(len(tags)))
	for _, t := range tags {
		w.text(t.Name)
		w.bool(t.Order != nil)
		if t.Order != nil {
			w.fixed64(math.Float64bits(*t.Order))
		}
	}
}

func (d *reader) tags() []api.Tag {
	var tags []api.Tag
	for range d.count(1) {
		t := api.Tag{Name: d.text()}
		if d.bool() {
			order := math.Float64frombits(d.fixed64())
			t.Order = &order
		}
		tags = append(tags, t)
	}
	return tags
}

func (w *writer) preview(p *api.Preview) {
	w.bool(p != nil)
	if p == nil {
		return
	}
	for _, s := range []string{string(p.EventID), string(p.Sender.ID), p.Sender.Name, p.Sender.Avatar, p.Type, p.MsgType, p.Body} {
		w.text(s)
	}
	w.int(p.TS)
}

func (d *reader) preview() *api.Preview {
	if !d.bool() {
		return nil
	}
	p := &api.Preview{EventID: event.EventID(d.text())}
	p.Sender = api.Person{ID: event.UserID(d.text()), Name: d.text(), Avatar: d.text()}
	p.Type, p.MsgType, p.Body = d.text(), d.text(), d.text()
	p.TS = d.int()
	return p
}
