package timeline

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What belongs together is put together by package relation, out of all that is
// loaded. As nothing newer than what is loaded is missing, but where a gap shows,
// that is right; what a server sums up of what is behind a gap comes with events
// themselves.

// relate has relations know an event, and what the server says of it.
func (t *Timeline) relate(e *table.Entry) {
	delete(t.apart.events, e.ID)
	known := t.relating(e)
	t.relations.Put(known)
	if target := e.Redacts(); target != "" {
		t.relations.Redact(target)
	}
	if known.Bundled.Exists() {
		t.takeBundle(e.ID, known.Bundled)
	}
}

// relating is what relations need to know of an event.
func (t *Timeline) relating(e *table.Entry) relation.Event {
	var part [2]scan.Value
	e.Raw.Fields(relatingParts, part[:])
	content, unsigned := part[0], part[1]
	known := relation.Event{
		ID: e.ID, Sender: e.Sender, TS: e.TS, State: e.StateKey != nil, Sealed: e.Type == event.RoomEncrypted,
		Type: e.Type, Content: content, Bundled: unsigned.Get("m.relations"),
		Redacted: unsigned.Get("redacted_because").Kind() == scan.Object,
	}
	if !known.State {
		known.Relation = event.ReadRelation(content)
	}
	if plain := t.plain(e); plain != &e.Event {
		known.Type, known.Content = plain.Type, plain.Content()
	}
	return known
}

var relatingParts = []string{"content", "unsigned"}

// takeBundle takes what the server has put together of what relates to an event
// (FEATURES 7-13).
func (t *Timeline) takeBundle(id event.EventID, bundle scan.Value) {
	if edit, err := event.Parse(bundle.Get(event.Replace)); err == nil {
		t.putApart(&table.Entry{Event: edit, Profile: t.names.members[edit.Sender]})
	}
	thread := bundle.Get(event.Thread)
	count := thread.Get("count").Int()
	if count <= 0 {
		return
	}
	b := relation.Bundle{Count: int(min(count, maxBundled)), Participated: thread.Get("current_user_participated").IsTrue()}
	if latest, err := event.Parse(thread.Get("latest_event")); err == nil {
		b.Latest, b.LatestTS = latest.ID, latest.TS
		t.putApart(&table.Entry{Event: latest, Profile: t.names.members[latest.Sender]})
	}
	t.relations.SetBundle(id, b)
}

// maxBundled is more than any thread has.
const maxBundled = 1 << 30

// ignore takes out what users wrote whom the user ignores, and brings back what
// others did (spec: ignoring users). State stays.
func (t *Timeline) ignore(users map[uint64]bool) {
	t.relations.Ignore(func(user event.UserID) bool { return len(users) > 0 && users[table.HashUser(user)] })
}

// settle describes anew what relations have made another.
func (t *Timeline) settle() {
	for id := range t.relations.Changed() {
		if r := t.rowOf(id); r != nil {
			t.reshow(r)
		}
	}
}

// rowOf finds a row by what relations know it by.
func (t *Timeline) rowOf(id event.EventID) *row {
	if r := t.outgoing.rows[id]; r != nil {
		return r
	}
	return t.rows[id]
}

// before orders what relations know of. What is not loaded came before what is, but
// where a detached timeline may lack the newest: there goes what they claim.
func (t *Timeline) before(a, b event.EventID) bool {
	ra, rb := t.rowOf(a), t.rowOf(b)
	switch {
	case ra != nil && rb != nil:
		return ra.before(rb)
	case ra == nil && rb == nil:
		return t.apart.time(a) < t.apart.time(b)
	case t.detached == nil:
		return ra == nil
	case ra == nil:
		return t.apart.time(a) < rb.ts
	}
	return ra.ts <= t.apart.time(b)
}

// shows reports whether an event is a line of its own here. What belongs to another
// event has no meaning alone.
func (t *Timeline) shows(id event.EventID, state bool, kind string, sender event.UserID) bool {
	if state {
		return t.thread == ""
	}
	switch {
	case kind == event.Reaction, kind == event.RoomRedaction, relation.IsVote(kind), t.relations.IsPart(id), t.relations.Ignored(sender):
		return false
	}
	if t.detached != nil && !t.detached.live() && t.outgoing.rows[id] != nil {
		return false // it belongs behind what is missing
	}
	root := t.relations.ThreadOf(id)
	if t.detached != nil && t.thread == "" {
		return true // it was asked for, in a thread or not
	}
	return root == t.thread || t.thread != "" && id == t.thread
}

// outgoing is what this device has on its way, as far as it relates to something.
type outgoing struct {
	entries []*row
	rows    map[event.EventID]*row
	// removing are redactions by their target.
	removing map[event.EventID]*table.Outgoing
}

func (t *Timeline) dropOutgoing() {
	for _, r := range t.outgoing.entries {
		t.relations.Remove(r.ref())
	}
	for target := range t.outgoing.removing {
		t.relations.Unredact(target)
	}
	t.outgoing = outgoing{rows: map[event.EventID]*row{}, removing: map[event.EventID]*table.Outgoing{}}
}

// putOutgoing counts what is on its way as if it had arrived.
func (t *Timeline) putOutgoing(r *row) {
	out, o := &t.outgoing, r.echo
	out.entries = append(out.entries, r)
	out.rows[r.ref()] = r
	if o.Type == event.RoomRedaction {
		target := t.resolve(event.EventID(o.Content.Get("redacts").Text()))
		if target != "" && out.removing[target] == nil {
			out.removing[target] = o
			t.relations.Redact(target)
		}
	}
	rel := event.ReadRelation(o.Content)
	rel.ID, rel.ReplyTo = t.resolve(rel.ID), t.resolve(rel.ReplyTo)
	t.relations.Put(relation.Event{
		ID: r.ref(), Sender: t.me, TS: o.Created, Pending: len(out.entries), Type: o.Type, Content: o.Content, Relation: rel,
	})
}

// resolve returns what relations know an event by that something on its way out
// names: by its id or, while it had none, by the key of its echo.
func (t *Timeline) resolve(id event.EventID) event.EventID {
	if txn, isEcho := strings.CutPrefix(string(id), table.EchoKey("")); isEcho {
		if r := t.txns[event.TxnID(txn)]; r != nil {
			return r.id
		}
		return id
	}
	for _, r := range t.outgoing.entries {
		if id != "" && r.id == id {
			return r.ref()
		}
	}
	return id
}

// power is what says who may redact.
type power struct {
	version        string
	create, levels scan.Value
}

func (t *Timeline) setPower(e *event.Event) {
	switch {
	case e.IsState(event.RoomCreate):
		t.power.create = e.Raw
	case e.IsState(event.RoomPowerLevels):
		t.power.levels = e.Raw
	}
}

func (t *Timeline) mayRedact(user event.UserID) bool {
	return summary.NewPower(t.power.version, t.power.create, t.power.levels).Can(user, "redact")
}
