// Package summary keeps a room's summary true: it folds state events, summary
// deltas and account data into a table.Room and computes the room's name.
//
// Its law: pure functions over a room that the caller owns; no I/O, no clock.
// Nothing an event holds is trusted, and a field that does not fit its type
// counts as absent.
//
// It does not decide which events are state (syncer) or store them (ledger).
package summary

import (
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ApplyState folds one state event, stripped or not, into the room.
func ApplyState(room *table.Room, e *event.Event, me event.UserID) {
	if e.StateKey == nil {
		return
	}
	if e.Type == event.RoomMember {
		applyMember(room, e, me)
		return
	}
	if e.Type == event.SpaceParent {
		applyParent(room, e)
		return
	}
	if *e.StateKey != "" {
		return
	}
	content := e.Content()
	switch e.Type {
	case event.RoomCreate:
		room.Type = content.Get("type").Text()
		room.Version = "1"
		if v := content.Get("room_version").Text(); v != "" {
			room.Version = v
		}
		room.Predecessor = OtherRoom(room.ID, content.Path("predecessor", "room_id"))
	case event.RoomName:
		room.Name = content.Get("name").Text()
	case event.RoomTopic:
		room.Topic = topic(content)
	case event.RoomAvatar:
		room.Avatar = content.Get("url").Text()
	case event.RoomCanonicalAlias:
		room.Alias = content.Get("alias").Text()
	case event.RoomJoinRules:
		room.JoinRule = content.Get("join_rule").Text()
	case event.RoomEncryption:
		room.Encrypted = true
	case event.RoomTombstone:
		room.Successor = OtherRoom(room.ID, content.Get("replacement_room"))
	}
}

// OtherRoom reads which room another one names, "" where it names none but itself.
func OtherRoom(room event.RoomID, named scan.Value) event.RoomID {
	other := event.RoomID(named.Text())
	if !other.Valid() || other == room {
		return ""
	}
	return other
}

// topic reads the plain text of a topic; m.topic (spec 1.15) wins.
func topic(content scan.Value) string {
	for part := range content.Path("m.topic", "m.text").Items() {
		mime, ok := part.Get("mimetype").AsText()
		if body, isText := part.Get("body").AsText(); isText && (!ok || mime == "text/plain") {
			return body
		}
	}
	return content.Get("topic").Text()
}

func applyMember(room *table.Room, e *event.Event, me event.UserID) {
	user, content := event.UserID(*e.StateKey), e.Content()
	member := table.Hero{ID: user, Profile: event.ReadProfile(content), Membership: event.ReadMembership(content)}
	for i := range room.Heroes {
		if room.Heroes[i].ID == user {
			if member.Membership == event.Leave || member.Membership == event.Ban {
				member.Profile = keepName(room.Heroes[i].Profile, member.Profile)
			}
			room.Heroes[i] = member
		}
	}
	if user == me {
		applyOwn(room, e.Sender, member.Membership, content)
	}
}

// applyOwn notes who invited the user, until the user is no longer invited.
func applyOwn(room *table.Room, sender event.UserID, m event.Membership, content scan.Value) {
	if m != event.Invite {
		room.Inviter = table.Hero{}
		return
	}
	room.Inviter.ID = sender
	if content.Get("is_direct").IsTrue() {
		room.Direct = sender
	}
}

// keepName: a leave event has no profile, and "Empty room (was Alice)" needs
// the one before it.
func keepName(before, after event.Profile) event.Profile {
	if after.Name == "" {
		return before
	}
	return after
}

// ApplySummary folds the summary of a sync response into the room. Its members
// are deltas: absent means unchanged, zero is a value (FEATURES D-29). profile
// tells what is known of a member.
func ApplySummary(room *table.Room, delta scan.Value, me event.UserID, profile func(event.UserID) table.Hero) {
	if n, ok := delta.Get("m.joined_member_count").AsInt(); ok && n >= 0 {
		room.Joined = int(n)
	}
	if n, ok := delta.Get("m.invited_member_count").AsInt(); ok && n >= 0 {
		room.Invited = int(n)
	}
	heroes := delta.Get("m.heroes")
	if heroes.Kind() != scan.Array {
		return
	}
	old := room.Heroes
	room.Heroes = nil
	for item := range heroes.Items() {
		id := event.UserID(item.Text())
		if id == "" || id == me || len(room.Heroes) == maxHeroes || has(room.Heroes, id) {
			continue
		}
		hero := profile(id)
		if hero.Profile == (event.Profile{}) {
			hero.Profile = known(old, id)
		}
		room.Heroes = append(room.Heroes, hero)
	}
}

// Heroes picks heroes from member events, of which the later count, for a server
// that sends no summary.
func Heroes(state []event.Event, me event.UserID) []table.Hero {
	var present, gone []table.Hero
	seen := map[event.UserID]bool{me: true}
	for i := range slices.Backward(state) {
		e := &state[i]
		if e.Type != event.RoomMember || e.StateKey == nil || seen[event.UserID(*e.StateKey)] {
			continue
		}
		seen[event.UserID(*e.StateKey)] = true
		content := e.Content()
		h := table.Hero{ID: event.UserID(*e.StateKey), Profile: event.ReadProfile(content), Membership: event.ReadMembership(content)}
		if h.Membership == event.Join || h.Membership == event.Invite {
			present = append(present, h)
		} else {
			gone = append(gone, h)
		}
	}
	if len(present) == 0 {
		present = gone
	}
	order.Sort(present, func(a, b table.Hero) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return present[:min(len(present), maxHeroes)]
}

const maxHeroes = 5

func has(heroes []table.Hero, id event.UserID) bool {
	for i := range heroes {
		if heroes[i].ID == id {
			return true
		}
	}
	return false
}

func known(heroes []table.Hero, id event.UserID) event.Profile {
	for i := range heroes {
		if heroes[i].ID == id {
			return heroes[i].Profile
		}
	}
	return event.Profile{}
}

// ClearState forgets everything that state said, before stripped state of an
// invitation or the fresh state of a join takes its place (FEATURES 2-20,
// D-25). Encrypted stays, as it always does (D-33).
func ClearState(room *table.Room) {
	room.Type, room.Version, room.Name, room.Alias, room.Topic, room.Avatar = "", "", "", "", "", ""
	room.JoinRule, room.Successor, room.Predecessor, room.Claims = "", "", "", nil
	room.Heroes, room.Joined, room.Invited = nil, 0, 0
	room.Inviter = table.Hero{}
}
