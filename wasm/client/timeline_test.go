//go:build !js

package client_test

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func escape[T ~string](id T) string { return url.PathEscape(string(id)) }

// cmpText compares names as lists of people are sorted.
func cmpText(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// rename sets the user's name for all rooms.
func (u *user) rename(name string) {
	u.t.Helper()
	var b scan.Builder
	u.ask("PUT", "profile/"+escape(u.id())+"/displayname", string(b.Text("displayname", name).Done()))
}

// senders lists who wrote each message, by the name they had.
func senders(items []api.TimelineItem) []string {
	var all []string
	for _, i := range items {
		if i.Event != nil && i.Event.Type == event.RoomMessage {
			all = append(all, i.Event.Sender.Name+": "+i.Event.Content.Get("body").Text())
		}
	}
	return all
}

// namesOfTheTime: a message keeps the name of its time, seen live, after a
// fresh start from the end, and paged in.
func namesOfTheTime(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	live := bob.timeline(room)
	var want, said []string
	name := alice.name
	say := func(text string) {
		alice.say(room, text)
		want, said = append(want, name+": "+text), append(said, text)
		live.reads(said...)
	}
	say("zero")
	for _, next := range []string{"Al", "Alice"} {
		name = next
		alice.rename(name)
		live.changed(api.ChangeProfileName, func(e *api.EventItem) bool { return e.Change.After == next })
		for i := range 12 {
			say(fmt.Sprint(next, i))
		}
	}
	for what, o := range map[string]*opened{"live": live, "stored": bob.timeline(room), "fresh": w.device(bob.name).timeline(room)} {
		if got := senders(o.toStart()); !slices.Equal(got, want) {
			w.t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Sender.Name == "Alice" && r.Name == "Alice" })
}

// gaps: a core is closed three times while others write more than a sync
// shows. Paging back brings every message once and in order.
func gaps(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	n := 0
	talk := func(count int) {
		for range count {
			alice.say(room, fmt.Sprint("m", n))
			n++
		}
		last := fmt.Sprint("m", n-1)
		alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == last && r.Last.EventID != "" })
	}
	talk(5)
	bob.timeline(room).reads(count(0, 5)...)
	for _, batch := range []int{110, 40, 170} {
		bob.close()
		talk(batch)
		bob.start()
		last := fmt.Sprint("m", n-1)
		bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == last })
	}
	shown := bob.timeline(room)
	if got := bodies(shown.toStart()); !slices.Equal(got, count(0, n)) {
		w.t.Fatalf("%d messages, want %d: %v", len(got), n, got)
	}
	if got := bodies(alice.timeline(room).toStart()); !slices.Equal(got, count(0, n)) {
		w.t.Errorf("who wrote them has %d: %v", len(got), got)
	}
	bob.close()
	bob.wire.cut.Store(true)
	bob.start()
	if got := bodies(bob.timeline(room).toStart()); !slices.Equal(got, count(0, n)) {
		w.t.Errorf("offline %d messages are left: %v", len(got), got)
	}
}

func count(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprint("m", i))
	}
	return all
}

// gapsUnderWay: paging goes on while new messages arrive.
func gapsUnderWay(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"})
	for i := range 80 {
		alice.say(room, fmt.Sprint("m", i))
	}
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "m79" && r.Last.EventID != "" })
	alice.act(room, bob, api.ActionInvite)
	bob.join(room)
	shown := bob.timeline(room)
	var both sync.WaitGroup
	both.Go(func() {
		for i := 80; i < 140; i++ {
			alice.say(room, fmt.Sprint("m", i))
		}
	})
	var err error
	both.Go(func() {
		for p := (api.Paginated{}); err == nil && !p.Start; {
			p, err = bob.Paginate(w.t.Context(), api.PaginateParams{View: shown.view, Limit: 7})
		}
	})
	both.Wait()
	bob.ok(err)
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "m139" })
	shown.toStart() // the last syncs may have left gaps
	shown.reads(count(0, 140)...)
}

// changesOfMessages: reactions, edits and redactions are no lines of their own.
func changesOfMessages(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	shown, mine := bob.timeline(room), alice.timeline(room)
	alice.say(room, "one")
	alice.say(room, "two")
	items := shown.until(func(i []api.TimelineItem) bool { return len(bodies(i)) == 2 })
	first := items[len(items)-2].Event
	var relation, edited, edit, reaction, annotation scan.Builder
	relation.Text("rel_type", "m.replace").Text("event_id", string(first.ID))
	edited.Text("msgtype", "m.text").Text("body", "uno")
	edit.Text("msgtype", "m.text").Text("body", "* uno").Raw("m.new_content", edited.Done()).Raw("m.relates_to", relation.Done())
	alice.send(room, event.RoomMessage, edit.Done())
	annotation.Text("rel_type", "m.annotation").Text("event_id", string(first.ID)).Text("key", "👍")
	bob.send(room, event.Reaction, reaction.Raw("m.relates_to", annotation.Done()).Done())
	alice.say(room, "three")
	for _, o := range []*opened{shown, mine} {
		o.until(func(i []api.TimelineItem) bool {
			b := bodies(i)
			return len(b) == 3 && b[2] == "three" && i[len(i)-1].Event.Send == nil
		})
	}
	alice.ask("PUT", "rooms/"+escape(room)+"/redact/"+escape(first.ID)+"/r1", `{"reason":"spilled"}`)
	redacted := func(i []api.TimelineItem) bool {
		return slices.ContainsFunc(i, func(i api.TimelineItem) bool {
			return i.Event != nil && i.Event.ID == first.ID && i.Event.Redacted && i.Event.Content.Get("body").Text() == ""
		})
	}
	for _, o := range []*opened{shown, mine, bob.timeline(room), w.device(bob.name).timeline(room)} {
		o.toStart()
		o.until(redacted)
		if got := bodies(o.items); len(got) != 3 || got[2] != "three" {
			w.t.Errorf("%v", got)
		}
	}
}

func typing(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	types := func(u *user, on bool) {
		u.ok(u.SetTyping(w.t.Context(), api.SetTypingParams{RoomID: room, Typing: on}))
	}
	sees := func(u *user, names ...string) {
		w.t.Helper()
		u.details(room, func(d api.RoomDetails) bool {
			return slices.EqualFunc(d.Typing, names, func(p api.Person, name string) bool { return p.Name == name })
		})
	}
	types(alice, true)
	sees(bob, alice.name)
	types(bob, true)
	sees(alice, bob.name)
	sees(bob, alice.name)
	alice.say(room, "typed")
	sees(bob)
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "typed" })
	types(bob, false)
	sees(alice)
	for range 5 { // the last word counts, however fast
		types(bob, true)
		types(bob, false)
		types(bob, true)
	}
	sees(alice, bob.name)
	bob.say(room, "done")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "done" })
	sees(alice)
}

func receipts(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	again := w.device(bob.name)
	mine := alice.timeline(room)
	for i := range 3 {
		alice.say(room, fmt.Sprint("m", i))
	}
	var mention, content scan.Builder
	mention.Texts("user_ids", []string{string(bob.id())})
	alice.send(room, event.RoomMessage, content.Text("msgtype", "m.text").Text("body", "m3").Raw("m.mentions", mention.Done()).Done())
	counts := func(u *user, unread, highlights int) {
		w.t.Helper()
		u.until(room, func(r api.Room) bool { return r.Unread == unread && r.Highlights == highlights })
	}
	counts(bob, 4, 1)
	counts(again, 4, 1)
	items := bob.timeline(room)
	items.reads(count(0, 4)...)
	read := func(o *opened, by *user, text string) {
		w.t.Helper()
		o.until(func(i []api.TimelineItem) bool {
			return slices.ContainsFunc(i, func(i api.TimelineItem) bool {
				return i.Event != nil && i.Event.Content.Get("body").Text() == text &&
					slices.ContainsFunc(i.Event.Receipts, func(r api.ReadReceipt) bool { return r.Person.ID == by.id() && r.TS > 0 })
			})
		})
	}
	second := items.items[len(items.items)-3].Event.ID
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room, EventID: second}))
	read(mine, bob, "m1")
	counts(bob, 2, 1)
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	read(mine, bob, "m3")
	counts(bob, 0, 0)
	counts(again, 0, 0)
	bob.say(room, "answer")
	counts(alice, 1, 0)
	alice.ok(alice.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room, Private: true}))
	counts(alice, 0, 0)
	alice.say(room, "m4")
	items.reads("m0", "m1", "m2", "m3", "answer", "m4")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "m4" && r.Last.EventID != "" })
	alice.ok(alice.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	read(items, alice, "m4")
}
