//go:build !js

package client_test

import (
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// longAgo: what stands around an event, an old thread and what is pinned show what
// belongs to them, though nothing of it is stored here; after a gap, where servers
// bundle no reactions (FEATURES A.7, D-01). An edit leads to what it edits (A.4).
func longAgo(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	w.showLongAgo(alice, bob, alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob))
}

func longAgoEncrypted(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	w.showLongAgo(alice, bob, alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob))
}

func (w *world) showLongAgo(alice, bob *user, room event.RoomID) {
	bob.until(room, func(api.Room) bool { return true })
	bob.timeline(room).toStart()
	bob.close()
	first := alice.outcome(alice.say(room, "first")).EventID
	about := func(kind, more string) string {
		return fmt.Sprintf(`"m.relates_to":{"rel_type":%q,"event_id":%q%s}`, kind, first, more)
	}
	alice.send(room, event.Reaction, scan.Value("{"+about(event.Annotation, `,"key":"👍"`)+"}"))
	for _, text := range []string{"one", "two"} {
		alice.send(room, event.RoomMessage, scan.Value(fmt.Sprintf(`{"msgtype":"m.text","body":%q,%s}`, text, about(event.Thread, ""))))
	}
	change := scan.Value(`{"msgtype":"m.text","body":"* x","m.new_content":{"msgtype":"m.text","body":"edited"},` + about(event.Replace, "") + `}`)
	edit := alice.outcome(alice.send(room, event.RoomMessage, change)).EventID
	alice.state(room, event.RoomPinnedEvents, fmt.Sprintf(`{"pinned":[%q]}`, first))
	for i := range 30 {
		alice.say(room, fmt.Sprint("later ", i))
	}
	alice.outcome(alice.say(room, "last"))
	bob.start()
	bob.until(room, func(r api.Room) bool { return r.Last != nil && (r.Last.Body == "last" || r.Encrypted) })

	whole := func(items []api.TimelineItem) bool {
		at := slices.IndexFunc(items, func(i api.TimelineItem) bool { return i.Event != nil && i.Event.ID == first })
		if at < 0 {
			return false
		}
		e := items[at].Event
		return e.Content.Get("body").Text() == "edited" && e.Edited != nil && len(e.Reactions) == 1 && e.Reactions[0].Count == 1 &&
			e.Thread != nil && e.Thread.Count == 2 && e.Thread.Latest != nil && e.Thread.Latest.Body == "two"
	}
	if _, err := bob.Timeline(w.t.Context(), api.TimelineParams{View: "two", RoomID: room, Event: first, Pinned: true}); code(err) != api.CallInvalid {
		w.t.Errorf("two things at once: %v", err)
	}
	for _, u := range []*user{alice, bob} { // who has it all stored, and who has nothing of it
		u.focused(api.TimelineParams{RoomID: room, Event: edit}).until(func(items []api.TimelineItem) bool {
			return whole(items) && slices.Equal(sought(items), []event.EventID{first})
		})
	}
	around := bob.focused(api.TimelineParams{RoomID: room, Event: first})
	around.until(whole)
	for end := false; !end; {
		p, err := bob.Paginate(w.t.Context(), api.PaginateParams{View: around.view, Forward: true})
		bob.ok(err)
		end = p.End
	}
	alice.says(room, "now")
	around.until(func(items []api.TimelineItem) bool {
		all := bodies(items)
		return whole(items) && slices.Equal(all[len(all)-3:], []string{"later 29", "last", "now"})
	})
	bob.focused(api.TimelineParams{RoomID: room, Pinned: true}).until(func(items []api.TimelineItem) bool {
		return whole(items) && len(bodies(items)) == 1
	})
	now := alice.say(room, "then")
	alice.outcome(alice.send(room, event.RoomMessage, editing(now)))
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "edited" })
	thread := bob.focused(api.TimelineParams{RoomID: room, Thread: first})
	alice.send(room, event.RoomMessage, scan.Value(fmt.Sprintf(`{"msgtype":"m.text","body":"three",%s}`, about(event.Thread, ""))))
	thread.until(func(items []api.TimelineItem) bool {
		return slices.Equal(bodies(items), []string{"edited", "one", "two", "three"})
	})
	again := alice.outcome(alice.send(room, event.RoomMessage, change)).EventID
	newest := func(items []api.TimelineItem) bool {
		return slices.ContainsFunc(items, func(i api.TimelineItem) bool {
			return i.Event != nil && i.Event.Edited != nil && i.Event.Edited.ID == again
		})
	}
	counted := func(items []api.TimelineItem) bool {
		return slices.ContainsFunc(items, func(i api.TimelineItem) bool {
			return i.Event != nil && i.Event.Thread != nil && i.Event.Thread.Count == 3 && i.Event.Thread.Latest.Body == "three"
		})
	}
	thread.until(newest) // so that bob has it stored, but not what it edits
	bob.focused(api.TimelineParams{RoomID: room, Event: again}).until(func(items []api.TimelineItem) bool {
		return newest(items) && counted(items) && slices.Equal(sought(items), []event.EventID{first})
	})
}

// sought are the events that are marked as what the timeline was opened around.
func sought(items []api.TimelineItem) (all []event.EventID) {
	for _, i := range items {
		if i.Event != nil && i.Event.Sought {
			all = append(all, i.Event.ID)
		}
	}
	return all
}

// found: threads, words and times lead to events that are not on show.
func found(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	bob.until(room, func(api.Room) bool { return true })
	begun := bob.outcome(bob.say(room, "a fox begins")).EventID
	root := alice.outcome(alice.say(room, "root")).EventID
	other := alice.outcome(alice.say(room, "another root")).EventID
	thread := func(u *user, root event.EventID, text string) {
		u.outcome(u.send(room, event.RoomMessage, relating(text, fmt.Sprintf(`{"rel_type":"m.thread","event_id":%q}`, root))))
	}
	thread(bob, other, "no fox")
	thread(alice, root, "the fox")
	ids := func(f api.Found) (all []event.EventID) {
		for _, i := range f.Items {
			all = append(all, i.Event.ID)
		}
		return all
	}
	p := api.ThreadsParams{RoomID: room, Limit: 1}
	first, err := bob.Threads(w.t.Context(), p)
	bob.ok(err)
	p.From = first.Next
	second, err := bob.Threads(w.t.Context(), p)
	bob.ok(err)
	if all := append(ids(first), ids(second)...); !slices.Equal(all, []event.EventID{root, other}) || first.Items[0].Event.Thread.Latest.Body != "the fox" {
		w.t.Errorf("threads are %v", all)
	}
	mine, err := bob.Threads(w.t.Context(), api.ThreadsParams{RoomID: room, Participated: true})
	if bob.ok(err); !slices.Equal(ids(mine), []event.EventID{other}) {
		w.t.Errorf("threads of bob's are %v", ids(mine))
	}
	hits, err := bob.Search(w.t.Context(), api.SearchParams{RoomID: room, Text: "fox"})
	if bob.ok(err); len(hits.Items) != 3 || hits.Items[0].Event.Content.Get("body").Text() != "the fox" {
		w.t.Errorf("there are %d foxes", len(hits.Items))
	}
	at, err := bob.EventAt(w.t.Context(), api.EventAtParams{RoomID: room, TS: hits.Items[2].TS})
	if bob.ok(err); at.EventID != begun && at.TS != hits.Items[2].TS {
		w.t.Errorf("then was %v", at)
	}
	late, err := bob.EventAt(w.t.Context(), api.EventAtParams{RoomID: room, TS: hits.Items[0].TS + 1e9})
	if bob.ok(err); late.EventID == "" || late.TS > hits.Items[0].TS {
		w.t.Errorf("after all was %v", late)
	}
}

func (u *user) focused(p api.TimelineParams) *opened {
	u.t.Helper()
	p.View = u.view()
	s, err := u.Timeline(u.t.Context(), p)
	return &opened{follow(u.t, s, err, func(i *api.TimelineItem) string { return i.Key }), u, p.View}
}
