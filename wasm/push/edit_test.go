package push_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// server keeps rules as one does.
type server map[string][]map[string]any

func (s server) content(t *testing.T) scan.Value {
	t.Helper()
	b, err := json.Marshal(map[string]any{"global": s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s server) do(t *testing.T, e push.Edit) {
	t.Helper()
	kind := string(e.Kind)
	s[kind] = slices.DeleteFunc(s[kind], func(r map[string]any) bool { return r["rule_id"] == e.ID })
	if e.Body == nil {
		return
	}
	rule := map[string]any{}
	if err := json.Unmarshal(e.Body, &rule); err != nil {
		t.Fatalf("%s: %v", e.Body, err)
	}
	rule["rule_id"], rule["enabled"] = e.ID, true
	s[kind] = slices.Insert(s[kind], 0, rule)
}

// TestLevels: whatever the rules were, a room has the level that it was given, other
// rooms keep theirs, and on the way it is never louder than before and after.
func TestLevels(t *testing.T) {
	levels := []push.Level{push.Default, push.All, push.Mentions, push.Mute}
	for seed := range uint64(200) {
		r, s := rand.New(rand.NewPCG(seed, 1)), server{}
		s["override"] = []map[string]any{
			{"rule_id": ".m.rule.master", "enabled": false, "actions": []any{}},
			{"rule_id": "old", "enabled": r.IntN(2) == 0, "actions": []any{"dont_notify"}, "conditions": []any{
				map[string]any{"kind": "event_match", "key": "room_id", "pattern": "!b"},
			}},
			{"rule_id": "loud", "actions": []any{"notify"}, "conditions": []any{
				map[string]any{"kind": "event_match", "key": "room_id", "pattern": "!a"},
			}},
		}
		for range 12 {
			room, other := event.RoomID("!a"), event.RoomID("!b")
			if r.IntN(2) == 0 {
				room, other = other, room
			}
			before, kept := push.LevelOf(s.content(t), other), push.LevelOf(s.content(t), room)
			want := levels[r.IntN(len(levels))]
			for _, e := range push.SetLevel(s.content(t), room, want) {
				s.do(t, e)
				if now := push.LevelOf(s.content(t), room); now != want && now != kept && now != push.Default && now != push.Mute {
					t.Fatalf("seed %d: %s on the way from %s to %s", seed, now, kept, want)
				}
			}
			if now := push.LevelOf(s.content(t), room); now != want {
				t.Fatalf("seed %d: %s, want %s", seed, now, want)
			}
			if push.LevelOf(s.content(t), other) != before {
				t.Fatalf("seed %d: %s of the other room is another", seed, before)
			}
		}
	}
}

func TestKeywords(t *testing.T) {
	s := server{"content": {{"rule_id": ".m.rule.contains_user_name", "default": true, "pattern": "me", "actions": []any{"notify"}}}}
	for _, remove := range []bool{false, false, true, true} {
		edits, ok := push.Keyword(s.content(t), "tea time", remove)
		if !ok {
			t.Fatal("that is a word")
		}
		for _, e := range edits {
			s.do(t, e)
		}
		if push.HasKeyword(s.content(t), "tea time") == remove {
			t.Errorf("removed %v, and %v", remove, s)
		}
	}
	if edits, _ := push.Keyword(s.content(t), "me", true); len(edits) > 0 {
		t.Error("what is predefined cannot be taken out")
	}
	for _, word := range []string{"", ".m.rule.master", "a/b", `a\b`} {
		if _, ok := push.Keyword(nil, word, false); ok {
			t.Errorf("%q cannot be the name of a rule", word)
		}
	}
}

func TestList(t *testing.T) {
	got := push.List(scan.Value(`{"global":{"content":[{"rule_id":"w","pattern":"w","actions":["notify",{"set_tweak":"highlight"},7]},{"pattern":"nameless"}],
		"override":[{"rule_id":".m.rule.master","default":true,"enabled":false,"actions":["dont_notify"]}],"odd":[{"rule_id":"x"}]}}`))
	want := []push.Listed{
		{Decision: push.Decision{Kind: push.Override, RuleID: ".m.rule.master"}, Default: true},
		{Decision: push.Decision{Kind: push.Content, RuleID: "w", Notify: true, Highlight: true}, Enabled: true, Pattern: "w"},
	}
	if !slices.Equal(got, want) || !got[0].IsMaster() {
		t.Errorf("%+v", got)
	}
	for _, d := range []push.Decision{{}, {Notify: true}, {Notify: true, Sound: "ring", Highlight: true}} {
		one := push.List(scan.Value(fmt.Sprintf(`{"global":{"room":[{"rule_id":"x","actions":%s}]}}`, push.Actions(d))))
		d.Kind, d.RuleID = push.Room, "x"
		if len(one) != 1 || one[0].Decision != d {
			t.Errorf("%+v became %+v", d, one)
		}
	}
}
