package summary

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Outline is what can be told of a room to who is not in it, by a server or by what
// is stored here.
type Outline struct {
	// Room has all but Entry, which Show fills in.
	Room api.RoomPreview
	// Allow are the rooms whose members may join by restricted rules.
	Allow []event.RoomID
}

// ReadOutline reads an entry of a directory, a hierarchy or a room summary, which
// servers write alike, and reports whether it is one. Absent, the join rule is
// public (FEATURES 2-02, 2-03).
func ReadOutline(raw scan.Value) (Outline, bool) {
	var f [14]scan.Value
	raw.Fields([]string{"room_id", "name", "canonical_alias", "topic", "avatar_url", "room_type", "room_version",
		"num_joined_members", "join_rule", "encryption", "world_readable", "guest_can_join", "membership",
		"allowed_room_ids"}, f[:])
	o := Outline{Room: api.RoomPreview{
		ID: event.RoomID(f[0].Text()), Name: f[1].Text(), Alias: f[2].Text(), Topic: f[3].Text(), Avatar: f[4].Text(),
		Type: f[5].Text(), Version: f[6].Text(), Joined: int(max(0, f[7].Int())), JoinRule: f[8].Text(),
		Encrypted: f[9].Text() != "", Readable: f[10].IsTrue(), Guests: f[11].IsTrue(),
	}}
	if o.Room.JoinRule == "" {
		o.Room.JoinRule = "public"
	}
	switch m := event.Membership(f[12].Text()); m {
	case event.Join, event.Invite, event.Knock, event.Ban: // leave is also told to who never was there
		o.Room.Membership = m
	}
	for id := range f[13].Items() {
		o.Allow = addAllowed(o.Allow, id)
	}
	return o, o.Room.ID.Valid()
}

// Stored is the outline of a room as the account has it, from its summary alone;
// AddState completes it.
func Stored(room *table.Room) Outline {
	o := Outline{Room: api.RoomPreview{
		ID: room.ID, Alias: room.Alias, Topic: room.Topic, Avatar: Avatar(room), Type: room.Type, Version: room.Version,
		Joined: room.Joined, JoinRule: room.JoinRule, Encrypted: room.Encrypted, Membership: room.Membership,
	}}
	o.Room.Name, _ = Name(room)
	if o.Room.JoinRule == "" {
		o.Room.JoinRule = "invite"
	}
	if room.Inviter.ID != "" {
		o.AddVia(room.Inviter.ID.Server())
	}
	return o
}

// AddState takes in what a room's summary does not keep: the join rules, history
// visibility and guest access contents, each nil if absent.
func (o *Outline) AddState(rules, history, guests scan.Value) {
	o.Allow = Allowed(rules)
	o.Room.Readable, o.Room.Guests = History(history) == "world_readable", Guests(guests)
}

// Merge takes in what the account has of the room, nil if nothing. What is known of
// a room that the user is in counts more than what a server told. An invitation's
// word is its sender's: it only fills in what is not told (FEATURES 2-20). What is
// stored of a room that was left is of that time: a ban may have come since.
func (o *Outline) Merge(room *table.Room) {
	if room == nil {
		return
	}
	if room.Membership != event.Leave || o.Room.Membership == "" {
		o.Room.Membership = room.Membership
	}
	own := Stored(room)
	switch room.Membership {
	case event.Join:
		via, allow, told := o.Room.Via, o.Allow, o.Room
		*o = own
		o.Room.Readable, o.Room.Guests, o.Allow = told.Readable, told.Guests, allow
		o.AddVia(via...)
	case event.Invite, event.Knock:
		fill(&o.Room.Name, own.Room.Name)
		fill(&o.Room.Alias, own.Room.Alias)
		fill(&o.Room.Topic, own.Room.Topic)
		fill(&o.Room.Avatar, own.Room.Avatar)
		fill(&o.Room.Type, own.Room.Type)
		o.AddVia(own.Room.Via...)
	}
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// Show returns the outline with the user's way into the room; see Door.Entry.
func (o *Outline) Show(joined func(event.RoomID) bool) api.RoomPreview {
	r := o.Room
	r.Entry = Door{r.Membership, r.JoinRule, o.Allow, r.Version}.Entry(joined)
	return r
}

// maxVia bounds the servers to join through; a URL holds them all.
const maxVia = 8

// AddVia adds servers to join through, the best first.
func (o *Outline) AddVia(servers ...string) {
	for _, s := range servers {
		if s != "" && len(s) <= 255 && len(o.Room.Via) < maxVia && !slices.Contains(o.Room.Via, s) {
			o.Room.Via = append(o.Room.Via, s)
		}
	}
}
