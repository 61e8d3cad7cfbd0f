package timeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func parse(t *testing.T, raw string) event.Event {
	t.Helper()
	e, err := event.Parse(scan.Value(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return e
}

// change shows one event in a timeline and says what it says.
func change(t *testing.T, raw string) string {
	t.Helper()
	w := newWorld(t)
	w.say(create("$c"), raw)
	w.take()
	items := w.open(0).Items()
	last := items[len(items)-1]
	if last.Event == nil || last.Event.Change == nil {
		return "none"
	}
	c := last.Event.Change
	s := string(c.Kind)
	if c.Target != nil {
		s += " " + c.Target.Name
	}
	for _, part := range []string{c.Before, c.After, c.Reason} {
		s += "|" + part
	}
	return strings.TrimRight(s, "|")
}

// TestTransitions is the spec's table (m.room.member), and what is said where
// a server does not tell what was before (FEATURES 2-01).
func TestTransitions(t *testing.T) {
	table := map[[2]string][2]api.ChangeKind{ // before, after: by oneself, by another
		{"invite", "invite"}: {api.ChangeNoChange, api.ChangeNoChange},
		{"invite", "join"}:   {api.ChangeJoined, api.ChangeJoined},
		{"invite", "leave"}:  {api.ChangeInviteRejected, api.ChangeInviteRevoked},
		{"invite", "ban"}:    {api.ChangeBanned, api.ChangeBanned},
		{"invite", "knock"}:  {api.ChangeKnocked, api.ChangeKnocked},
		{"join", "invite"}:   {api.ChangeInvited, api.ChangeInvited},
		{"join", "join"}:     {api.ChangeNoChange, api.ChangeNoChange},
		{"join", "leave"}:    {api.ChangeLeft, api.ChangeKicked},
		{"join", "ban"}:      {api.ChangeBanned, api.ChangeBanned},
		{"join", "knock"}:    {api.ChangeKnocked, api.ChangeKnocked},
		{"leave", "invite"}:  {api.ChangeInvited, api.ChangeInvited},
		{"leave", "join"}:    {api.ChangeJoined, api.ChangeJoined},
		{"leave", "leave"}:   {api.ChangeNoChange, api.ChangeNoChange},
		{"leave", "ban"}:     {api.ChangeBanned, api.ChangeBanned},
		{"leave", "knock"}:   {api.ChangeKnocked, api.ChangeKnocked},
		{"ban", "invite"}:    {api.ChangeInvited, api.ChangeInvited},
		{"ban", "join"}:      {api.ChangeJoined, api.ChangeJoined},
		{"ban", "leave"}:     {api.ChangeUnbanned, api.ChangeUnbanned},
		{"ban", "ban"}:       {api.ChangeNoChange, api.ChangeNoChange},
		{"ban", "knock"}:     {api.ChangeKnocked, api.ChangeKnocked},
		{"knock", "invite"}:  {api.ChangeInvited, api.ChangeInvited},
		{"knock", "join"}:    {api.ChangeJoined, api.ChangeJoined},
		{"knock", "leave"}:   {api.ChangeKnockRetracted, api.ChangeKnockDenied},
		{"knock", "ban"}:     {api.ChangeBanned, api.ChangeBanned},
		{"knock", "knock"}:   {api.ChangeNoChange, api.ChangeNoChange},
		{"", "invite"}:       {api.ChangeInvited, api.ChangeInvited},
		{"", "join"}:         {api.ChangeJoined, api.ChangeJoined},
		{"", "leave"}:        {api.ChangeLeft, api.ChangeKicked},
		{"", "ban"}:          {api.ChangeBanned, api.ChangeBanned},
		{"", "knock"}:        {api.ChangeKnocked, api.ChangeKnocked},
	}
	for step, want := range table {
		prev := ""
		if step[0] != "" {
			prev = `{"membership":"` + step[0] + `"}`
		}
		raw := member("$m", "@b:x", `{"membership":"`+step[1]+`"}`, prev)
		for i, sender := range []string{"@b:x", "@a:x"} {
			raw := strings.Replace(raw, `"sender":"@b:x"`, `"sender":"`+sender+`"`, 1)
			if got := change(t, raw); got != string(want[i])+" @b:x" {
				t.Errorf("%v by %s: %s, want %s", step, sender, got, want[i])
			}
		}
	}
}

func TestProfileChanges(t *testing.T) {
	join := func(more string) string { return `{"membership":"join"` + more + `}` }
	for name, c := range map[string]struct{ now, prev, want string }{
		"name":            {join(`,"displayname":"B"`), join(`,"displayname":"A"`), "profileName B|A|B"},
		"first name":      {join(`,"displayname":"B"`), join(``), "profileName B||B"},
		"name taken off":  {join(``), join(`,"displayname":"A"`), "profileName @b:x|A"},
		"avatar":          {join(`,"avatar_url":"mxc://b"`), join(`,"avatar_url":"mxc://a"`), "profileAvatar @b:x|mxc://a|mxc://b"},
		"both":            {join(`,"displayname":"B","avatar_url":"mxc://b"`), join(``), "profileName B||B"},
		"neither":         {join(`,"x":1`), join(``), "noChange @b:x"},
		"wrong types":     {join(`,"displayname":{},"avatar_url":[]`), join(``), "noChange @b:x"},
		"kept on leaving": {`{"membership":"leave","reason":"bye"}`, join(`,"displayname":"A"`), "left A|||bye"},
		"no membership":   {`{"membership":7}`, join(`,"displayname":"A"`), "left A"},
	} {
		if got := change(t, member("$m", "@b:x", c.now, c.prev)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestStateChanges(t *testing.T) {
	for name, c := range map[string]struct{ kind, key, now, prev, want string }{
		"name":        {"m.room.name", "", `{"name":"B"}`, `{"name":"A"}`, "roomName|A|B"},
		"no name":     {"m.room.name", "", `{"name":[]}`, ``, "roomName"},
		"topic":       {"m.room.topic", "", `{"topic":"B"}`, ``, "roomTopic||B"},
		"avatar":      {"m.room.avatar", "", `{"url":"mxc://b"}`, ``, "roomAvatar||mxc://b"},
		"alias":       {"m.room.canonical_alias", "", `{"alias":"#b:x"}`, `{}`, "alias||#b:x"},
		"encryption":  {"m.room.encryption", "", `{"algorithm":"m.megolm"}`, ``, "encryption||m.megolm"},
		"join rules":  {"m.room.join_rules", "", `{"join_rule":"public"}`, `{"join_rule":"invite"}`, "joinRules|invite|public"},
		"history":     {"m.room.history_visibility", "", `{"history_visibility":"shared"}`, ``, "historyVisibility||shared"},
		"guests":      {"m.room.guest_access", "", `{"guest_access":"can_join"}`, ``, "guestAccess||can_join"},
		"pinned":      {"m.room.pinned_events", "", `{"pinned":["$1"]}`, ``, "pinned"},
		"upgraded":    {"m.room.tombstone", "", `{"replacement_room":"!n","body":"moved"}`, ``, "upgraded||!n|moved"},
		"acl":         {"m.room.server_acl", "", `{}`, ``, "serverACL"},
		"one level":   {"m.room.power_levels", "", `{"users":{"@b:x":50,"@c:x":1}}`, `{"users":{"@c:x":1}}`, "powerLevels @b:x|0|50"},
		"two levels":  {"m.room.power_levels", "", `{"users":{"@b:x":50,"@c:x":1}}`, `{"users":{}}`, "powerLevels"},
		"huge level":  {"m.room.power_levels", "", `{"users":{"@b:x":1e999,"__proto__":9}}`, `{"users":{"__proto__":9}}`, "powerLevels"},
		"unknown":     {"org.x.any", "", `{}`, ``, "otherState"},
		"another key": {"m.room.name", "k", `{"name":"B"}`, ``, "otherState"},
		"creation":    {"m.room.create", "", `{"room_version":"12","predecessor":{"room_id":"!o"}}`, ``, "created|!o|12"},
	} {
		unsigned := ""
		if c.prev != "" {
			unsigned = `,"unsigned":{"prev_content":` + c.prev + `}`
		}
		raw := fmt.Sprintf(`{"event_id":"$s","type":%q,"sender":"@a:x","state_key":%q,"origin_server_ts":1,"content":%s%s}`, c.kind, c.key, c.now, unsigned)
		if got := change(t, raw); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := change(t, text("$1", "@a:x", 1)); got != "none" {
		t.Errorf("a message says %s", got)
	}
}

// hostile are contents that fit nothing.
var hostile = []string{
	`{}`, `{"membership":{}}`, `{"membership":"join","displayname":[1]}`, `{"users":[]}`, `{"users":{"":{}}}`,
	`{"m.relates_to":[]}`, `{"m.relates_to":{"rel_type":{"a":1}}}`, `{"redacts":{}}`, `{"redacts":"$h"}`, `{"__proto__":{"a":1}}`,
	`{"name":"` + strings.Repeat("x", 64<<10) + `"}`, `{"body":"\ud800"}`, `{"predecessor":"x"}`,
	`{"displayname":"\u202e\u0000","membership":"join"}`, `{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	`{"n":123456789012345678901234567890}`,
}

// TestHostileEvents is T-6: whatever is in an event, the others are shown.
func TestHostileEvents(t *testing.T) {
	kinds := []string{"m.room.member", "m.room.create", "m.room.power_levels", "m.room.redaction", "m.reaction", "m.room.name",
		"m.room.message", "m.room.encrypted", "", "__proto__", "m.room.tombstone", "m.room.canonical_alias"}
	for _, kind := range kinds {
		w := newWorld(t)
		w.say(create("$c"))
		for i, content := range hostile {
			for j, more := range []string{``, `,"state_key":""`, `,"state_key":"@b:x"`, `,"unsigned":[]`, `,"unsigned":{"prev_content":[],"transaction_id":{}}`,
				`,"state_key":"x","unsigned":{"prev_content":` + content + `}`} {
				w.say(fmt.Sprintf(`{"event_id":"$h%d/%d","type":%q,"sender":"@a:x","origin_server_ts":%d,"content":%s%s}`, i, j, kind, 1<<60, content, more))
			}
		}
		w.say(text("$last", "@a:x", 1))
		w.take()
		f := follow(t, w.open(900))
		if !strings.HasSuffix(lines(f.items), " $last") {
			t.Errorf("%s: %s", kind, lines(f.items))
		}
	}
}
