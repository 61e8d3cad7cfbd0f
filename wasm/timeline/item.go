package timeline

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// itemKey is the key of an event. Ids begin with "$"; one that does not must
// not pass for another kind of item.
func itemKey(id event.EventID) string {
	if len(id) > 0 && id[0] == '$' {
		return string(id)
	}
	return "!" + string(id)
}

// describe is eventItem or echoItem for a row that may not be a line, and is nil
// then.
func (s *section) describe(r *row) *api.EventItem {
	t := s.timeline
	if r.entry == nil {
		if !t.shows(r.ref(), false, r.echo.Type, t.me) {
			return nil
		}
		return s.echoItem(r)
	}
	if known := t.relations.Get(r.id); !t.shows(r.id, known.State, known.Type, r.sender) {
		return nil
	}
	t.takeName(r.sender, r.entry.Profile)
	return s.eventItem(r)
}

// eventItem describes a stored event, without receipts.
func (s *section) eventItem(r *row) *api.EventItem {
	t, e := s.timeline, r.entry
	known := t.relations.Get(r.id)
	item := &api.EventItem{
		ID: e.ID, Sender: s.person(e.Sender, e.Profile), Own: e.Sender == t.me, Sought: e.ID == t.target && t.thread == "",
		Type: known.Type, StateKey: e.StateKey, Content: known.Content, Redacted: known.Redacted, Crypto: t.cryptoOf(e),
	}
	if item.Own {
		item.TxnID = e.Txn
	}
	if known.State {
		item.Change = s.change(e)
	}
	s.assemble(item, r.ref(), known.Relation.ReplyTo)
	return item
}

func (s *section) change(e *table.Entry) *api.Change {
	t := s.timeline
	return describe(&e.Event, func(id event.UserID, p event.Profile) api.Person {
		switch {
		case p != event.Profile{}:
		case id == e.Sender:
			p = e.Profile
		default:
			p = t.names.members[id]
		}
		return s.person(id, p)
	})
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
func (s *section) echoItem(r *row) *api.EventItem {
	t, o := s.timeline, r.echo
	item := &api.EventItem{
		ID: o.EventID, TxnID: o.TxnID, Sender: t.names.member(t.me), Own: true, Type: o.Type, Content: o.Content,
		Send: status(o),
	}
	s.assemble(item, r.ref(), event.ReadRelation(o.Content).ReplyTo)
	return item
}

func status(o *table.Outgoing) *api.SendStatus {
	return &api.SendStatus{State: o.State, EventID: o.EventID, Error: o.Error}
}
