package summary_test

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

var space, foreign = event.RoomID("!space:x"), event.RoomID("!foreign")

func inSpace(room event.RoomID) bool { return room == space }

// byRule is what each join rule means to who has no membership: the version that
// brought it, and the ways in with an allow list that has a room of theirs, one
// without, and none (FEATURES 2-06, 7-28).
var byRule = map[string]struct {
	since              int
	mine, others, none api.EntryHow
}{
	"public":           {1, api.EntryJoin, api.EntryJoin, api.EntryJoin},
	"invite":           {1, api.EntryInvite, api.EntryInvite, api.EntryInvite},
	"private":          {1, api.EntryInvite, api.EntryInvite, api.EntryInvite},
	"knock":            {7, api.EntryKnock, api.EntryKnock, api.EntryKnock},
	"restricted":       {8, api.EntryJoin, api.EntryInvite, api.EntryInvite},
	"knock_restricted": {10, api.EntryJoin, api.EntryKnock, api.EntryKnock},
	"org.example.new":  {1, api.EntryInvite, api.EntryInvite, api.EntryInvite},
	"":                 {1, api.EntryInvite, api.EntryInvite, api.EntryInvite},
	"Public":           {1, api.EntryInvite, api.EntryInvite, api.EntryInvite},
}

func TestEntry(t *testing.T) {
	versions := []string{"", "org.example.v7", "1", "6", "7", "8", "9", "10", "11", "12"}
	memberships := []event.Membership{"", event.Leave, event.Join, event.Invite, event.Knock, event.Ban}
	tried := 0
	for rule, row := range byRule {
		for _, version := range versions {
			for _, c := range []struct {
				how   api.EntryHow
				allow []event.RoomID
			}{{row.mine, []event.RoomID{foreign, space}}, {row.others, []event.RoomID{foreign}}, {row.none, nil}} {
				for _, m := range memberships {
					want := expected(m, c.how, row.since, version)
					d := summary.Door{Membership: m, Rule: rule, Allow: c.allow, Version: version}
					if got := d.Entry(inSpace); got.How != want {
						t.Errorf("%+v: %q, want %q", d, got.How, want)
					}
					tried++
				}
			}
		}
	}
	if tried != 9*10*3*6 {
		t.Errorf("%d were tried", tried)
	}
}

func expected(m event.Membership, byRule api.EntryHow, since int, version string) api.EntryHow {
	if n, err := strconv.Atoi(version); err == nil && n < since {
		byRule = api.EntryInvite
	}
	switch m {
	case event.Join:
		return api.EntryIn
	case event.Invite:
		return api.EntryAccept
	case event.Ban:
		return api.EntryBanned
	case event.Knock:
		if byRule != api.EntryJoin {
			return api.EntryWait
		}
	}
	return byRule
}

// TestEntryThrough: the rooms that help are told where they do, and nowhere else.
func TestEntryThrough(t *testing.T) {
	allow := []event.RoomID{foreign, space}
	for _, c := range []struct {
		door summary.Door
		want []event.RoomID
	}{
		{summary.Door{Rule: "restricted", Allow: allow}, allow},
		{summary.Door{Rule: "knock_restricted", Allow: allow[:1]}, allow[:1]},
		{summary.Door{Rule: "knock_restricted", Allow: allow, Membership: event.Knock}, allow},
		{summary.Door{Rule: "restricted", Allow: allow, Version: "7"}, nil},
		{summary.Door{Rule: "public", Allow: allow}, nil},
		{summary.Door{Rule: "invite", Allow: allow}, nil},
		{summary.Door{Rule: "restricted", Allow: allow, Membership: event.Invite}, nil},
	} {
		if got := c.door.Entry(inSpace).Through; !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q", c.door, got)
		}
	}
}

// TestReadAllow: whatever stands in a join rule, only conditions that are understood
// count.
func TestReadAllow(t *testing.T) {
	for content, want := range map[string][]event.RoomID{
		`{"allow":[{"type":"m.room_membership","room_id":"!a:x"},{"type":"m.room_membership","room_id":"!b"}]}`:      {"!a:x", "!b"},
		`{"allow":[{"type":"org.example.paid","room_id":"!a:x"},{"type":"m.room_membership","room_id":"!b"}]}`:       {"!b"},
		`{"allow":[{"type":"m.room_membership","room_id":"!b"},{"type":"m.room_membership","room_id":"!b"}]}`:        {"!b"},
		`{"allow":[{"type":"m.room_membership"},{"type":"m.room_membership","room_id":7},{"room_id":"!a"},3,null]}`:  nil,
		`{"allow":[{"type":"m.room_membership","room_id":["!a"]},{"type":["m.room_membership"],"room_id":"!b"},[]]}`: nil,
		`{"allow":{"type":"m.room_membership","room_id":"!a"}}`:                                                      nil,
		`{"allow":"!a"}`: nil, `{}`: nil, `[]`: nil, `null`: nil,
	} {
		if got := summary.ReadAllow(scan.Value(content)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", content, got, want)
		}
	}
	many := `{"allow":[`
	for i := range 5000 {
		many += `{"type":"m.room_membership","room_id":"!` + strconv.Itoa(i) + `"},`
	}
	if n := len(summary.ReadAllow(scan.Value(many + `1]}`))); n != 100 {
		t.Errorf("%d rooms of an endless list", n)
	}
	if !reflect.DeepEqual(summary.ReadAllow(nil), []event.RoomID(nil)) {
		t.Error("no content")
	}
}
