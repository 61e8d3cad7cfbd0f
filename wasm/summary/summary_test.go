package summary_test

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

const me event.UserID = "@me:here"

func hero(id event.UserID, name string, m event.Membership) table.Hero {
	return table.Hero{ID: id, Profile: event.Profile{Name: name}, Membership: m}
}

// TestName follows the spec's algorithm, FEATURES B-14 and D-29.
func TestName(t *testing.T) {
	alice, bob := hero("@a:x", "Alice", event.Join), hero("@b:x", "Bob", event.Invite)
	for what, c := range map[string]struct {
		room table.Room
		name string
		how  api.RoomName
	}{
		"m.room.name wins":       {table.Room{Name: "N", Alias: "#a:x", Heroes: []table.Hero{alice}, Joined: 2}, "N", api.RoomName{From: api.FromName}},
		"a blank name is none":   {table.Room{Name: " \t", Alias: "#a:x"}, "#a:x", api.RoomName{From: api.FromAlias}},
		"all named":              {table.Room{Heroes: []table.Hero{alice, bob}, Joined: 2, Invited: 1}, "Alice, Bob", api.RoomName{From: api.FromMembers}},
		"and others":             {table.Room{Heroes: []table.Hero{alice, bob}, Joined: 6, Invited: 1}, "Alice, Bob", api.RoomName{From: api.FromMembers, Others: 4}},
		"everybody left":         {table.Room{Heroes: []table.Hero{hero("@a:x", "Alice", event.Leave)}, Joined: 1}, "Alice", api.RoomName{From: api.FromMembers, Left: true}},
		"some left":              {table.Room{Heroes: []table.Hero{hero("@c:x", "Carl", event.Leave), bob}, Joined: 1, Invited: 1}, "Bob", api.RoomName{From: api.FromMembers}},
		"nobody ever":            {table.Room{Joined: 1}, "", api.RoomName{From: api.FromNothing}},
		"counts without heroes":  {table.Room{Joined: 4}, "", api.RoomName{From: api.FromNothing, Others: 3}},
		"no name: id":            {table.Room{Heroes: []table.Hero{hero("@a:x", "", event.Join)}, Joined: 2}, "@a:x", api.RoomName{From: api.FromMembers}},
		"same name twice":        {table.Room{Heroes: []table.Hero{hero("@a:x", "Al", event.Join), hero("@b:x", "Al", event.Join)}, Joined: 3}, "Al (@a:x), Al (@b:x)", api.RoomName{From: api.FromMembers}},
		"invitation without any": {table.Room{Membership: event.Invite, Inviter: alice}, "Alice", api.RoomName{From: api.FromMembers}},
	} {
		if name, how := summary.Name(&c.room); name != c.name || how != c.how {
			t.Errorf("%s: %q %+v, want %q %+v", what, name, how, c.name, c.how)
		}
	}
}

// TestSummaryDeltas: absent is unchanged, zero is a value (FEATURES D-29, C-23).
func TestSummaryDeltas(t *testing.T) {
	room := &table.Room{Joined: 5, Invited: 2, Heroes: []table.Hero{hero("@a:x", "Alice", event.Join)}}
	none := func(id event.UserID) table.Hero { return table.Hero{ID: id} }
	summary.ApplySummary(room, scan.Value(`{"m.invited_member_count":0,"m.joined_member_count":"x"}`), me, none)
	if room.Joined != 5 || room.Invited != 0 || len(room.Heroes) != 1 {
		t.Errorf("%+v", room)
	}
	summary.ApplySummary(room, scan.Value(`{"m.heroes":["@me:here","@a:x",7,"@a:x","@b:x"]}`), me, none)
	if len(room.Heroes) != 2 || room.Heroes[0].Profile.Name != "Alice" || room.Heroes[1].ID != "@b:x" {
		t.Errorf("%+v", room.Heroes)
	}
	summary.ApplySummary(room, scan.Value(`{"m.heroes":[]}`), me, none)
	if len(room.Heroes) != 0 {
		t.Errorf("%+v", room.Heroes)
	}
}

func state(kind, key, content string) *event.Event {
	return &event.Event{Type: kind, StateKey: &key, Sender: "@s:x", Raw: scan.Value(`{"content":` + content + `}`)}
}

func TestApplyState(t *testing.T) {
	room := &table.Room{Heroes: []table.Hero{hero("@a:x", "Alice", event.Join)}}
	for _, e := range []*event.Event{
		state(event.RoomCreate, "", `{"type":"m.space","room_version":"12"}`),
		state(event.RoomName, "", `{"name":"N"}`),
		state(event.RoomName, "other", `{"name":"wrong key"}`),
		state(event.RoomTopic, "", `{"topic":"old","m.topic":{"m.text":[{"mimetype":"text/html","body":"<b>"},{"body":"new"}]}}`),
		state(event.RoomEncryption, "", `{"algorithm":"m.megolm.v1.aes-sha2"}`),
		state(event.RoomEncryption, "", `{}`),
		state(event.RoomMember, "@a:x", `{"membership":"leave"}`),
		state(event.RoomMember, string(me), `{"membership":"invite","is_direct":true}`),
		state(event.RoomTombstone, "", `{"replacement_room":"!new"}`),
		state(event.RoomAvatar, "", `{"url":["not","a","string"]}`),
	} {
		summary.ApplyState(room, e, me)
	}
	switch {
	case room.Type != "m.space" || room.Version != "12" || room.Name != "N" || room.Topic != "new" || room.Avatar != "":
		t.Errorf("%+v", room)
	case !room.Encrypted:
		t.Error("once encrypted stays encrypted (FEATURES D-33)")
	case room.Heroes[0].Membership != event.Leave || room.Heroes[0].Profile.Name != "Alice":
		t.Errorf("a hero who left keeps the name: %+v", room.Heroes)
	case room.Inviter.ID != "@s:x" || room.Direct != "@s:x" || room.Successor != "!new":
		t.Errorf("%+v", room)
	}
}

// The state of a join holds the invitation too where the timeline begins before
// it (found on Synapse).
func TestInviterGoesWithTheJoin(t *testing.T) {
	room := &table.Room{}
	for _, membership := range []string{"invite", "join"} {
		summary.ApplyState(room, state(event.RoomMember, string(me), `{"membership":"`+membership+`"}`), me)
	}
	if room.Inviter != (table.Hero{}) {
		t.Errorf("%+v", room.Inviter)
	}
}

func message(id event.EventID, ts int64, content string) *table.Entry {
	return &table.Entry{Event: event.Event{ID: id, Type: event.RoomMessage, Sender: "@a:x", TS: ts, Raw: scan.Value(`{"content":` + content + `}`)}}
}

func apply(room *table.Room, now int64, live bool, e *table.Entry) {
	summary.ApplyEvents(room, []table.Entry{*e}, now, live)
}

func TestApplyEvents(t *testing.T) {
	room := &table.Room{}
	apply(room, 5000, false, message("$1", 1000, `{"msgtype":"m.text","body":"one\n two"}`))
	if room.Last == nil || room.Last.Body != "one two" || room.Recency != 1000 || room.Last.Sender.Name != "@a:x" {
		t.Fatalf("%+v", room)
	}
	apply(room, 5000, false, message("$2", 99999, `{"msgtype":"m.text","body":["not text"]}`))
	if room.Recency != 5000 || room.Last.EventID != "$2" || room.Last.Body != "" {
		t.Errorf("a time from the future counts as now (FEATURES D-30): %+v", room)
	}
	apply(room, 6000, false, message("$3", 3000, `{"body":"edit","m.relates_to":{"rel_type":"m.replace","event_id":"$1"}}`))
	if room.Last.EventID != "$2" || room.Recency != 5000 {
		t.Errorf("an edit is no new message: %+v", room.Last)
	}
}

// TestEditedPreview (FEATURES A.7): the list shows the message as it was edited last,
// by who wrote it.
func TestEditedPreview(t *testing.T) {
	room := &table.Room{}
	edit := func(by event.UserID, target, body string) table.Entry {
		e := message("$e", 9, `{"body":"* x","m.new_content":`+body+`,"m.relates_to":{"rel_type":"m.replace","event_id":"`+target+`"}}`)
		e.Sender = by
		return *e
	}
	apply(room, 9, false, message("$1", 1, `{"body":"one"}`))
	before := room.Last
	summary.ApplyEdits(room, []table.Entry{
		edit("@a:x", "$0", `{"body":"another's"}`), edit("@a:x", "$1", `{"body":"edited"}`), edit("@b:x", "$1", `{"body":"forged"}`), edit("@a:x", "$1", `"no"`),
	})
	if room.Last.Body != "edited" || room.Last.TS != 1 || before.Body != "one" {
		t.Errorf("%+v, was %+v", room.Last, before)
	}
}

// TestRedactedPreview: what was taken back is not shown in the list either, in
// whichever way the room's version names it.
func TestRedactedPreview(t *testing.T) {
	for _, raw := range []string{`{"redacts":"$1","content":{}}`, `{"content":{"redacts":"$1"}}`} {
		room := &table.Room{}
		apply(room, 9, false, message("$1", 1, `{"body":"secret"}`))
		redaction := &table.Entry{Event: event.Event{ID: "$2", Type: event.RoomRedaction, TS: 2, Raw: scan.Value(raw)}}
		apply(room, 9, false, redaction)
		if room.Last != nil || room.Recency != 1 {
			t.Errorf("%s: %+v", raw, room.Last)
		}
		apply(room, 9, false, message("$3", 3, `{"body":"next"}`))
		apply(room, 9, false, redaction)
		if room.Last == nil || room.Last.EventID != "$3" {
			t.Errorf("%s takes back another event: %+v", raw, room.Last)
		}
	}
}

// TestPreviewOfMany: of events that come together the newest message counts that
// none of them takes back.
func TestPreviewOfMany(t *testing.T) {
	room := &table.Room{Last: &api.Preview{EventID: "$0"}}
	redaction := table.Entry{Event: event.Event{ID: "$4", Type: event.RoomRedaction, TS: 9, Raw: scan.Value(`{"redacts":"$3"}`)}}
	summary.ApplyEvents(room, []table.Entry{
		*message("$1", 7, `{"body":"one"}`), *message("$2", 5, `{"body":"two"}`), *message("$3", 6, `{"body":"three"}`), redaction,
	}, 100, false)
	if room.Last == nil || room.Last.EventID != "$2" || room.Recency != 7 {
		t.Errorf("%+v, recency %d", room.Last, room.Recency)
	}
	redaction.Raw = scan.Value(`{"redacts":"$2"}`)
	summary.ApplyEvents(room, []table.Entry{redaction}, 100, false)
	if room.Last != nil {
		t.Errorf("%+v", room.Last)
	}
}

// TestHeroesAreOneEach: who came, or was called something else, is one person.
func TestHeroesAreOneEach(t *testing.T) {
	var events []event.Event
	for _, content := range []string{`{"membership":"invite"}`, `{"membership":"join","displayname":"A"}`, `{"membership":"join","displayname":"B"}`} {
		e, err := event.Parse(scan.Value(`{"event_id":"$1","type":"m.room.member","sender":"@a:x","state_key":"@a:x","content":` + content + `}`))
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if got := summary.Heroes(events, "@me:x"); len(got) != 1 || got[0].Profile.Name != "B" {
		t.Errorf("%+v", got)
	}
}

// TestLiveEventsMoveUp: a server whose clock is slow sends what is new, too
// (FEATURES D-30).
func TestLiveEventsMoveUp(t *testing.T) {
	room := &table.Room{Recency: 4000}
	apply(room, 5000, false, message("$1", 3, `{"body":"old"}`))
	if room.Recency != 4000 {
		t.Errorf("what is caught up with moved the room to %d", room.Recency)
	}
	apply(room, 5000, true, message("$2", 3, `{"body":"slow"}`))
	if room.Recency != 5000 {
		t.Errorf("a live event moved the room to %d", room.Recency)
	}
}

func TestPreviewIsShort(t *testing.T) {
	long := make([]byte, 0, 100_000)
	for range 30_000 {
		long = append(long, "é "...)
	}
	room := &table.Room{}
	apply(room, 1, false, message("$1", 1, `{"body":"`+string(long)+`"}`))
	if n := len([]rune(room.Last.Body)); n != 201 {
		t.Errorf("%d characters", n)
	}
}
