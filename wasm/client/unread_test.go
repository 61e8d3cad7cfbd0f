//go:build !js

package client_test

import (
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// shows waits until a room has that much unread.
func (u *user) shows(room event.RoomID, unread, highlights int) {
	u.t.Helper()
	u.until(room, func(r api.Room) bool { return r.Unread == unread && r.Highlights == highlights })
}

// sends sends a text of that kind with more in its content, and returns its id.
func (u *user) sends(room event.RoomID, kind, text, more string) event.EventID {
	u.t.Helper()
	return u.outcome(u.send(room, event.RoomMessage, scan.Value(fmt.Sprintf(`{"msgtype":%q,"body":%q%s}`, kind, text, more)))).EventID
}

func mentioning(u *user) string { return fmt.Sprintf(`,"m.mentions":{"user_ids":[%q]}`, u.id()) }

func within(root event.EventID) string {
	return fmt.Sprintf(`,"m.relates_to":{"rel_type":"m.thread","event_id":%q}`, root)
}

// unreadThreads: each thread is read for itself, on all devices (FEATURES B-21).
func unreadThreads(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	again := w.device(bob.name)
	root := alice.sends(room, "m.text", "root", "")
	alice.sends(room, "m.text", "in the thread", within(root)+mentioning(bob))
	alice.sends(room, "m.text", "main", "")
	for _, u := range []*user{bob, again} {
		u.shows(room, 3, 1)
		d := u.details(room, func(d api.RoomDetails) bool { return d.Room.Unread == 3 })
		if want := (api.ThreadUnread{ID: root, Unread: 1, Highlights: 1}); u == bob && !slices.Equal(d.Threads, []api.ThreadUnread{want}) {
			w.t.Errorf("threads are %+v", d.Threads)
		}
	}
	report, err := bob.ExplainUnread(w.t.Context(), api.RoomParams{RoomID: room})
	bob.ok(err)
	rules := ""
	for _, e := range report.Events {
		rules += fmt.Sprintln(e.Rule, e.Thread == root, e.Counts, e.Highlight, e.ServerCounts)
	}
	if want := ".m.rule.room_one_to_one false true false true\n.m.rule.is_user_mention true true true true\n.m.rule.room_one_to_one false true false true\n"; rules != want || report.Source != api.UnreadOwn || len(report.Rest) > 0 {
		w.t.Errorf("explained by %+v", report)
	}
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room, Thread: string(root)}))
	bob.shows(room, 2, 0)
	again.shows(room, 2, 0)
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room, Thread: "main"}))
	bob.shows(room, 0, 0)
	again.shows(room, 0, 0)
	alice.sends(room, "m.text", "more", within(root))
	bob.shows(room, 1, 0)
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	bob.shows(room, 0, 0)
	again.shows(room, 0, 0)
}

// unreadEncrypted: of what is encrypted only what notifies counts, and mentions
// stand out (FEATURES D-06); what the user read stays read.
func unreadEncrypted(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	first := alice.sends(room, "m.text", "words", "")
	alice.sends(room, "m.text", "* other words", fmt.Sprintf(`,"m.new_content":{"msgtype":"m.text","body":"other words"},"m.relates_to":{"rel_type":"m.replace","event_id":%q}`, first))
	alice.send(room, event.Reaction, scan.Value(fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":"x"}}`, first)))
	alice.sends(room, "m.notice", "notice", "")
	alice.sends(room, "m.text", "bob", mentioning(bob))
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "bob" })
	bob.shows(room, 2, 1)
	bob.close()
	bob.start()
	bob.shows(room, 2, 1)
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	bob.shows(room, 0, 0)
	alice.sends(room, "m.notice", "another notice", "")
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "another notice" })
	bob.close()
	bob.start()
	bob.shows(room, 0, 0)
	bob.say(room, "answer")
	alice.shows(room, 1, 0)
	alice.say(room, "read") // who answers has read
	alice.shows(room, 0, 0)
}

// unreadInGap: who was away for long sees who wrote to them once the gap is filled,
// though no server can tell (FEATURES D-06).
func unreadInGap(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	root := alice.sends(room, "m.text", "root", "")
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "root" })
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	bob.shows(room, 0, 0)
	bob.close()
	for i := range 64 {
		more := ""
		switch i {
		case 10:
			more = mentioning(bob)
		case 20:
			more = within(root) + mentioning(bob)
		}
		alice.sends(room, "m.text", fmt.Sprint("words ", i), more)
		if i == 30 { // neither counts, the one for the server
			alice.sends(room, "m.notice", "notice", "")
			alice.sends(room, "m.text", "* other words", fmt.Sprintf(`,"m.new_content":{"msgtype":"m.text","body":"other words"},"m.relates_to":{"rel_type":"m.replace","event_id":%q}`, root))
		}
	}
	bob.start()
	bob.shows(room, 65, 0)
	bob.timeline(room).toStart()
	bob.shows(room, 64, 2)
	bob.close()
	bob.start()
	bob.shows(room, 64, 2)
	report, err := bob.ExplainUnread(w.t.Context(), api.RoomParams{RoomID: room})
	bob.ok(err)
	highlights := 0
	for _, e := range report.Events {
		if e.Highlight {
			highlights++
			if e.Rule != ".m.rule.is_user_mention" || !e.ServerCounts || e.Sealed {
				w.t.Errorf("explained by %+v", e)
			}
		}
	}
	if highlights != 2 || len(report.Events) != 65 || len(report.Rest) > 0 {
		w.t.Errorf("%d of %d stand out, explained by %+v", highlights, len(report.Events), report)
	}
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room, Thread: string(root)}))
	bob.shows(room, 63, 1)
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	bob.shows(room, 0, 0)
}

// notificationLevels: what a room may do is set on one device and holds on all; a
// word stands out wherever it is written.
func notificationLevels(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	again := w.device(bob.name)
	n := 0
	hears := func(u *user, level api.NotificationLevel, unread, highlights int) {
		w.t.Helper()
		bob.ok(bob.SetRoomNotifications(w.t.Context(), api.SetRoomNotificationsParams{RoomID: room, Level: level}))
		u.details(room, func(d api.RoomDetails) bool { return d.Notifications == level })
		n++
		alice.sends(room, "m.text", fmt.Sprint("tea ", n), "")
		alice.sends(room, "m.text", fmt.Sprint("mention ", n), mentioning(bob))
		for _, each := range []*user{u, bob} {
			each.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == fmt.Sprint("mention ", n) })
			each.shows(room, unread, highlights)
		}
		bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
		u.shows(room, 0, 0)
	}
	hears(bob, api.LevelMute, 0, 0)
	hears(again, api.LevelMentions, 1, 1)
	hears(again, api.LevelAll, 2, 1)
	hears(bob, api.LevelDefault, 2, 1)
	bob.ok(bob.SetKeyword(w.t.Context(), api.SetKeywordParams{Word: "tea"}))
	hears(bob, api.LevelMentions, 2, 2)
	bob.ok(bob.SetKeyword(w.t.Context(), api.SetKeywordParams{Word: "tea", Remove: true}))
	hears(again, api.LevelMentions, 1, 1)
	off := false
	bob.ok(bob.SetPushRule(w.t.Context(), api.SetPushRuleParams{Kind: api.RuleOverride, ID: ".m.rule.is_user_mention", Enabled: &off}))
	hears(bob, api.LevelMentions, 0, 0)
	rules, err := bob.PushRules(w.t.Context())
	now := until(w.t, rules, err, func(api.PushRules) bool { return true })
	if !slices.ContainsFunc(now.Rules, func(r api.PushRule) bool { return r.Kind == api.RuleRoom && r.ID == string(room) && !r.Action.Notify }) {
		w.t.Errorf("the rules are %+v", now)
	}
}
