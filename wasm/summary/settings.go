package summary

import (
	"slices"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// What settings show of a room, read from the content of its state.

// JoinRule returns who may join. A rule that is not known lets in only who is
// invited, as servers have it (FEATURES 7-28).
func JoinRule(rule string) string {
	switch rule {
	case "public", "knock", "restricted", "knock_restricted":
		return rule
	}
	return "invite"
}

// Allowed reads the rooms whose members may join, where the rule lets any.
func Allowed(content scan.Value) []event.RoomID {
	if !Restricted(content.Get("join_rule").Text()) {
		return nil
	}
	return ReadAllow(content)
}

// Restricted reports whether a join rule lets in the members of other rooms.
func Restricted(rule string) bool { return rule == "restricted" || rule == "knock_restricted" }

// RoomMembership is the type of a condition that lets in a room's members.
const RoomMembership = "m.room_membership"

// History reads who may read what. What is not known is shown as what lets most
// people read.
func History(content scan.Value) string {
	return HistoryOf(content.Get("history_visibility").Text())
}

// HistoryOf returns the visibility that a word stands for.
func HistoryOf(word string) string {
	switch word {
	case "world_readable", "invited", "joined":
		return word
	}
	return "shared"
}

// Guests reads whether guests may join.
func Guests(content scan.Value) bool { return content.Get("guest_access").Text() == "can_join" }

// ACL reads which servers may take part, nil where there is no such event. One that
// allows none lets none in.
func ACL(content scan.Value) *api.ServerACL {
	if content.Kind() != scan.Object {
		return nil
	}
	return &api.ServerACL{
		Allow: texts(content.Get("allow")), Deny: texts(content.Get("deny")), IPs: !content.Get("allow_ip_literals").IsFalse(),
	}
}

// Aliases reads the addresses that are not the main one.
func Aliases(content scan.Value) []string { return texts(content.Get("alt_aliases")) }

// maxPinned is how many pinned events are shown, the last of them.
const maxPinned = 100

// Pinned reads the pinned events in their order, each of them once.
func Pinned(content scan.Value) (ids []event.EventID) {
	var all []event.EventID
	for item := range content.Get("pinned").Items() {
		all = append(all, event.EventID(item.Text()))
	}
	for _, id := range slices.Backward(all) {
		if id != "" && len(ids) < maxPinned && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Reverse(ids)
	return ids
}

// Replacement reads the tombstone of a room, nil where it names no other room. Via
// has the server of who sent it, which is in the new room.
func Replacement(room event.RoomID, tombstone scan.Value) *api.Replacement {
	content := tombstone.Get("content")
	next := OtherRoom(room, content.Get("replacement_room"))
	if next == "" {
		return nil
	}
	out := &api.Replacement{ID: next, Body: shorten(content.Get("body").Text())}
	for _, server := range []string{event.UserID(tombstone.Get("sender").Text()).Server(), next.Server()} {
		if server != "" && (len(out.Via) == 0 || out.Via[0] != server) {
			out.Via = append(out.Via, server)
		}
	}
	return out
}

// texts reads a list of strings and leaves out what is none.
func texts(list scan.Value) []string {
	all := []string{}
	for item := range list.Items() {
		if s, ok := item.AsText(); ok && len(all) < maxListed {
			all = append(all, s)
		}
	}
	return all
}

// VersionHas reports whether rooms of a version know a join rule. Versions that are
// no number are not known here.
func VersionHas(version, rule string) bool {
	n, err := strconv.Atoi(version)
	first := 1
	switch rule {
	case "knock":
		first = 7
	case "restricted":
		first = 8
	case "knock_restricted":
		first = 10
	}
	return err == nil && n >= first
}

// JoinRules returns the content of m.room.join_rules that has a rule, for the members
// of rooms where it is a restricted one.
func JoinRules(rule string, allow []event.RoomID) scan.Value {
	var b scan.Builder
	b.Text("join_rule", rule)
	if !Restricted(rule) {
		return b.Done()
	}
	list := []byte{'['}
	for i, room := range allow {
		if i > 0 {
			list = append(list, ',')
		}
		var one scan.Builder
		list = append(list, one.Text("type", RoomMembership).Text("room_id", string(room)).Done()...)
	}
	return b.Raw("allow", append(list, ']')).Done()
}

// AlsoAllow returns the content of m.room.join_rules that lets in the members of
// another room too. Conditions that are not understood stay.
func AlsoAllow(content scan.Value, room event.RoomID) scan.Value {
	list := []byte{'['}
	for one := range content.Get("allow").Items() {
		list = append(append(list, one...), ',')
	}
	var b scan.Builder
	b.Text("type", RoomMembership).Text("room_id", string(room))
	return content.With("allow", append(append(list, b.Done()...), ']'))
}
