//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// aboutTheUnsent: what is written offline about messages that are written offline
// names them rightly once it is sent, over a new start (FEATURES A.7, D-09).
func aboutTheUnsent(w *world) {
	for _, version := range []string{"10", "11"} { // A.5: redacts moved
		alice, bob := w.user("alice"), w.user("bob")
		made := alice.ask("POST", "createRoom", fmt.Sprintf(`{"preset":"private_chat","room_version":%q,"invite":[%q]}`, version, bob.id()))
		room := event.RoomID(made.Get("room_id").Text())
		bob.join(room)
		w.writeOffline(alice, bob, room, func(kind string) string { return kind })
	}
}

// aboutTheUnsentEncrypted: servers see relations, reactions and redactions there,
// and nothing else.
func aboutTheUnsentEncrypted(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	w.writeOffline(alice, bob, room, func(kind string) string {
		if kind == event.Reaction || kind == event.RoomRedaction {
			return kind
		}
		return event.RoomEncrypted
	})
}

// writeOffline has alice write in one room, of which the server has events of the
// types that wire says.
func (w *world) writeOffline(alice, bob *user, room event.RoomID, wire func(kind string) string) {
	alice.until(room, func(api.Room) bool { return true })
	alice.wire.cut.Store(true)
	first := alice.say(room, "first")
	reaction := alice.send(room, event.Reaction, annotating(first, "👍"))
	edit := alice.send(room, event.RoomMessage, editing(first))
	reply := alice.send(room, event.RoomMessage, relating("reply", fmt.Sprintf(`{"m.in_reply_to":{"event_id":%q}}`, table.EchoKey(first))))
	thread := alice.send(room, event.RoomMessage, relating("in thread",
		fmt.Sprintf(`{"rel_type":"m.thread","event_id":%q,"is_falling_back":true,"m.in_reply_to":{"event_id":%q}}`, table.EchoKey(first), table.EchoKey(first))))
	slip := alice.send(room, event.Reaction, annotating(reply, "👎"))
	undo := alice.send(room, event.RoomRedaction, redacting(slip, "slipped"))
	vain := alice.say(room, "vain")
	lost := alice.send(room, event.Reaction, annotating(vain, "👍"))
	alice.close()
	alice.start()
	alice.ok(alice.CancelSend(w.t.Context(), api.SendRef{TxnID: vain}))
	for _, txn := range []event.TxnID{vain, lost} {
		if s := alice.outcome(txn); s.State != api.SendCancelled {
			w.t.Errorf("%s is %s", txn, s.State)
		}
	}
	if _, err := alice.Send(w.t.Context(), api.SendParams{RoomID: room, TxnID: "late", Type: event.Reaction, Content: annotating(vain, "👍")}); code(err) != api.SendTarget {
		w.t.Errorf("about what was cancelled: %v", err)
	}
	alice.wire.cut.Store(false)
	alice.ok(alice.SetPage(w.t.Context(), api.PageState{Online: true, Visible: true}))

	id := func(txn event.TxnID) event.EventID { return alice.outcome(txn).EventID }
	later := alice.send(room, event.Reaction, annotating(first, "later")) // first has left the outbox by now, or not
	about := func(kind string, to event.EventID, key string) event.Relation {
		return event.Relation{Type: kind, ID: to, Key: key}
	}
	want := []said{
		{id(first), wire(event.RoomMessage), event.Relation{}, ""},
		{id(reaction), event.Reaction, about(event.Annotation, id(first), "👍"), ""},
		{id(edit), wire(event.RoomMessage), about(event.Replace, id(first), ""), ""},
		{id(reply), wire(event.RoomMessage), event.Relation{ReplyTo: id(first)}, ""},
		{id(thread), wire(event.RoomMessage), about(event.Thread, id(first), ""), ""},
		{id(slip), event.Reaction, event.Relation{}, ""}, // redacted
		{id(undo), event.RoomRedaction, event.Relation{}, id(slip)},
		{id(later), event.Reaction, about(event.Annotation, id(first), "later"), ""},
	}
	if got := bob.hears(room, alice.id(), len(want)); !slices.Equal(got, want) {
		w.t.Errorf("bob has\n%+v\nwant\n%+v", got, want)
	}
	bob.timeline(room).until(func(i []api.TimelineItem) bool { return slices.Contains(bodies(i), "reply") })
	alice.send(room, event.RoomRedaction, redacting(first, ""))
	bob.timeline(room).until(func(i []api.TimelineItem) bool {
		return slices.ContainsFunc(i, func(i api.TimelineItem) bool { return i.Event != nil && i.Event.ID == id(first) && i.Event.Redacted })
	})
	if unsent := bob.hears(room, alice.id(), len(want)+1)[len(want)]; unsent.redacts != id(first) {
		w.t.Errorf("%+v", unsent)
	}
}

// annotatedTwice: what another device of the user has done already ends as done
// (FEATURES A.7).
func annotatedTwice(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	said := alice.outcome(alice.say(room, "tea?")).EventID
	phone := w.device(alice.name)
	phone.until(room, func(api.Room) bool { return true })
	key := fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":"👍"}}`, said)
	before := phone.outcome(phone.send(room, event.Reaction, scan.Value(key)))
	bob.until(room, func(api.Room) bool { return true })
	bob.outcome(bob.send(room, event.Reaction, scan.Value(key)))
	again := alice.send(room, event.Reaction, scan.Value(key))
	undo := alice.send(room, event.RoomRedaction, redacting(again, ""))
	if after := alice.outcome(again); after != before {
		w.t.Errorf("the reaction is %+v and was %+v", after, before)
	}
	alice.say(room, "and biscuits")
	id := alice.outcome(undo).EventID
	for _, e := range bob.hears(room, alice.id(), 4) {
		if e.id == id && e.redacts != before.EventID {
			w.t.Errorf("%s was taken back in place of %s", e.redacts, before.EventID)
		}
	}
}

// said is what there is of an event that the server has.
type said struct {
	id       event.EventID
	kind     string
	relation event.Relation
	redacts  event.EventID
}

// hears waits until the server has so many events of a sender that are no state.
func (u *user) hears(room event.RoomID, sender event.UserID, count int) (all []said) {
	u.t.Helper()
	for end := time.Now().Add(patience); len(all) < count && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		all = nil
		for raw := range u.ask("GET", "rooms/"+escape(room)+"/messages?dir=b&limit=100", "").Get("chunk").Items() {
			if e, err := event.Parse(raw); err == nil && e.StateKey == nil && e.Sender == sender {
				all = append(all, said{e.ID, e.Type, e.Relation(), e.Redacts()})
			}
		}
	}
	if len(all) != count {
		u.t.Fatalf("%s hears %d of %d: %+v", u.name, len(all), count, all)
	}
	slices.Reverse(all)
	return all
}

// outcome waits until an event was sent, or cancelled.
func (u *user) outcome(txn event.TxnID) api.SendStatus {
	u.t.Helper()
	s, err := u.SendStatus(u.t.Context(), api.SendRef{TxnID: txn})
	return until(u.t, s, err, func(s api.SendStatus) bool { return s.State == api.SendSent || s.State == api.SendCancelled })
}

func annotating(txn event.TxnID, key string) scan.Value {
	return scan.Value(fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":%q}}`, table.EchoKey(txn), key))
}

func editing(txn event.TxnID) scan.Value {
	return scan.Value(fmt.Sprintf(`{"msgtype":"m.text","body":"* edited","m.new_content":{"msgtype":"m.text","body":"edited"},`+
		`"m.relates_to":{"rel_type":"m.replace","event_id":%q}}`, table.EchoKey(txn)))
}

func relating(text, relation string) scan.Value {
	return scan.Value(fmt.Sprintf(`{"msgtype":"m.text","body":%q,"m.relates_to":%s}`, text, relation))
}

func redacting(txn event.TxnID, reason string) scan.Value {
	return scan.Value(fmt.Sprintf(`{"redacts":%q,"reason":%q}`, table.EchoKey(txn), reason))
}
