package summary_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

func nowhere(event.RoomID) bool { return false }

func outline(t *testing.T, raw string) summary.Outline {
	t.Helper()
	o, ok := summary.ReadOutline(scan.Value(raw))
	if !ok {
		t.Fatalf("%s is no outline", raw)
	}
	return o
}

// TestReadOutline: rows 2-02, 2-03 and B-51.
func TestReadOutline(t *testing.T) {
	o := outline(t, `{"room_id":"!a","name":"A","canonical_alias":"#a:x","topic":"t","avatar_url":"mxc://x/y","room_type":"m.space",
		"room_version":"12","num_joined_members":7,"join_rule":"restricted","allowed_room_ids":["!space:x",3,"!space:x","!b"],
		"encryption":"m.megolm.v1.aes-sha2","world_readable":true,"guest_can_join":true,"membership":"leave","aliases":["#old:x"]}`)
	want := api.RoomPreview{
		ID: "!a", Name: "A", Alias: "#a:x", Topic: "t", Avatar: "mxc://x/y", Type: "m.space", Version: "12", Joined: 7,
		JoinRule: "restricted", Encrypted: true, Readable: true, Guests: true,
		Entry: api.Entry{How: api.EntryJoin, Through: []event.RoomID{"!space:x", "!b"}},
	}
	if got := o.Show(inSpace); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	bare := outline(t, `{"room_id":"!a"}`)
	if r := bare.Show(nowhere); r.JoinRule != "public" || r.Entry.How != api.EntryJoin {
		t.Errorf("an absent rule: %+v", r)
	}
	banned := outline(t, `{"room_id":"!a","membership":"ban"}`)
	if r := banned.Show(nowhere); r.Entry.How != api.EntryBanned {
		t.Errorf("banned: %+v", r)
	}
}

// TestReadOutlineHostile: wrong types cost what they are of.
func TestReadOutlineHostile(t *testing.T) {
	o := outline(t, `{"room_id":"!a","name":["A"],"canonical_alias":7,"topic":{},"avatar_url":null,"room_type":[],"room_version":12,
		"num_joined_members":-5,"join_rule":["public"],"allowed_room_ids":{"a":1},"encryption":false,"world_readable":"yes",
		"guest_can_join":1,"membership":"king"}`)
	want := api.RoomPreview{ID: "!a", JoinRule: "public", Entry: api.Entry{How: api.EntryJoin}}
	if got := o.Show(nowhere); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, raw := range []string{`{}`, `{"room_id":""}`, `{"room_id":"@a:x"}`, `{"room_id":3}`, `[]`, `null`, `"!a"`, ``} {
		if _, ok := summary.ReadOutline(scan.Value(raw)); ok {
			t.Errorf("%q is an outline", raw)
		}
	}
}

// TestMergeJoined: what is known of a room that one is in counts more than what a
// server told before.
func TestMergeJoined(t *testing.T) {
	o := outline(t, `{"room_id":"!a","name":"Old","num_joined_members":1,"join_rule":"public","world_readable":true}`)
	o.AddVia("x")
	o.Merge(&table.Room{ID: "!a", Membership: event.Join, Name: "New", Joined: 3, JoinRule: "invite", Version: "11", Encrypted: true})
	want := api.RoomPreview{
		ID: "!a", Name: "New", Joined: 3, JoinRule: "invite", Version: "11", Encrypted: true, Readable: true,
		Membership: event.Join, Entry: api.Entry{How: api.EntryIn}, Via: []string{"x"},
	}
	if got := o.Show(nowhere); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestMergeInvited: stripped state is its sender's word, so that it fills gaps and
// takes nothing back, encryption least of all (FEATURES 2-20).
func TestMergeInvited(t *testing.T) {
	stripped := &table.Room{
		ID: "!a", Membership: event.Invite, Name: "Forged", Topic: "forged", JoinRule: "public", Version: "1", Joined: 900,
		Inviter: table.Hero{ID: "@mallory:evil.example"},
	}
	o := outline(t, `{"room_id":"!a","name":"True","join_rule":"invite","room_version":"11","num_joined_members":2,"encryption":"e"}`)
	o.Merge(stripped)
	want := api.RoomPreview{
		ID: "!a", Name: "True", Topic: "forged", JoinRule: "invite", Version: "11", Joined: 2, Encrypted: true,
		Membership: event.Invite, Entry: api.Entry{How: api.EntryAccept}, Via: []string{"evil.example"},
	}
	if got := o.Show(nowhere); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	left := outline(t, `{"room_id":"!a","name":"Now","join_rule":"public"}`)
	left.Merge(&table.Room{ID: "!a", Membership: event.Leave, Name: "Then", JoinRule: "invite"})
	if r := left.Show(nowhere); r.Name != "Now" || r.Entry.How != api.EntryJoin || r.Membership != event.Leave {
		t.Errorf("a room that was left: %+v", r)
	}
	since := outline(t, `{"room_id":"!a","membership":"ban"}`)
	since.Merge(&table.Room{ID: "!a", Membership: event.Leave})
	if r := since.Show(nowhere); r.Entry.How != api.EntryBanned {
		t.Errorf("banned since: %+v", r)
	}
}

func TestVia(t *testing.T) {
	var o summary.Outline
	o.AddVia("a", "", "a", strings.Repeat("x", 256), "b")
	for range 20 {
		o.AddVia("c", "d", "e", "f", "g", "h", "i")
	}
	if got := strings.Join(o.Room.Via, ""); got != "abcdefgh" {
		t.Error(got)
	}
	// A room of version 12 names no server (FEATURES D-24), and who invites may not.
	bare := summary.Stored(&table.Room{ID: "!31hneApxJ", Membership: event.Invite, Inviter: table.Hero{ID: "@broken"}})
	if bare.Room.Via != nil {
		t.Errorf("via %q", bare.Room.Via)
	}
}
