package timeline

import (
	"bytes"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// shows reports whether an event is a line of its own. What belongs to another
// event has no meaning alone: reactions, edits, redactions.
func shows(e *event.Event) bool {
	switch e.Type {
	case event.Reaction, event.RoomRedaction:
		return e.StateKey != nil
	}
	return e.StateKey != nil || e.Content().Path("m.relates_to", "rel_type").Text() != "m.replace"
}

// itemKey is the key of an event. Ids begin with "$"; one that does not must
// not pass for another kind of item.
func itemKey(id event.EventID) string {
	if len(id) > 0 && id[0] == '$' {
		return string(id)
	}
	return "!" + string(id)
}

// describe is eventItem for an event that may not be a line, and is nil then.
func (s *section) describe(e *table.Entry) *api.EventItem {
	if !shows(s.timeline.plain(e)) {
		return nil
	}
	s.timeline.takeName(e.Sender, e.Profile)
	return s.eventItem(e)
}

// eventItem describes a stored event, without receipts.
func (s *section) eventItem(e *table.Entry) *api.EventItem {
	t := s.timeline
	plain := t.plain(e)
	item := &api.EventItem{
		ID: e.ID, Sender: s.person(e.Sender, e.Profile), Own: e.Sender == t.me,
		Type: plain.Type, StateKey: e.StateKey, Content: plain.Content(), Redacted: e.Redacted(), Crypto: t.cryptoOf(e),
	}
	if item.Own {
		item.TxnID = e.Txn
	}
	item.Change = describe(&e.Event, func(id event.UserID, p event.Profile) api.Person {
		switch {
		case p != event.Profile{}:
		case id == e.Sender:
			p = e.Profile
		default:
			p = t.names.members[id]
		}
		return s.person(id, p)
	})
	if t.redacted[e.ID] && !item.Redacted {
		hide(item)
	}
	return item
}

// hide takes out what a redaction removes. The server does so only in later
// answers.
func hide(item *api.EventItem) {
	item.Redacted, item.Content, item.Crypto = true, scan.Value("{}"), nil
	if c := item.Change; c != nil {
		item.Change = &api.Change{Kind: c.Kind, Target: c.Target}
	}
}

// echoItem describes an event on its way out.
func (t *Timeline) echoItem(o *table.Outgoing) *api.EventItem {
	return &api.EventItem{
		ID: o.EventID, TxnID: o.TxnID, Sender: t.names.member(t.me), Own: true, Type: o.Type, Content: o.Content,
		Send: &api.SendStatus{State: o.State, EventID: o.EventID, Error: o.Error},
	}
}

// same reports whether two items of one key look the same.
func same(a, b *api.TimelineItem) bool {
	return a.Kind == b.Kind && a.TS == b.TS && sameEvent(a.Event, b.Event)
}

func sameEvent(a, b *api.EventItem) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.TxnID == b.TxnID && a.Sender == b.Sender && a.Own == b.Own && a.Type == b.Type &&
		a.Redacted == b.Redacted && samePointed(a.StateKey, b.StateKey) && samePointed(a.Crypto, b.Crypto) && bytes.Equal(a.Content, b.Content) &&
		slices.Equal(a.Receipts, b.Receipts) && sameChange(a.Change, b.Change) && sameSend(a.Send, b.Send)
}

func sameChange(a, b *api.Change) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Before == b.Before && a.After == b.After && a.Reason == b.Reason && samePointed(a.Target, b.Target)
}

func sameSend(a, b *api.SendStatus) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.State == b.State && a.EventID == b.EventID && samePointed(a.Error, b.Error)
}

func samePointed[T comparable](a, b *T) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
