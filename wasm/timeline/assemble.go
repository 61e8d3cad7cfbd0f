package timeline

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// assemble adds what relates to an event to its item.
func (s *section) assemble(item *api.EventItem, id, replyTo event.EventID) {
	t := s.timeline
	item.ThreadID = t.relations.ThreadOf(id)
	item.Thread = s.threadItem(id)
	if o := t.outgoing.removing[id]; o != nil {
		item.Removing = sending(o)
	}
	if t.relations.Redacted(id) {
		if !item.Redacted {
			hide(item)
		}
		return
	}
	if edit := t.relations.Edit(id); edit != nil {
		item.Content = relation.Edited(item.Content, edit.NewContent())
		item.Edited = &api.Edited{ID: t.idOf(edit), TS: edit.TS, Send: t.sendingOf(edit.ID)}
	}
	if replyTo != "" {
		item.ReplyTo = s.replyItem(t.resolve(replyTo))
	}
	for _, r := range t.relations.Reactions(id) {
		item.Reactions = append(item.Reactions, s.reactionItem(r))
	}
	item.Poll = t.pollItem(id)
}

// maxNamed is how many users of a reaction are named.
const maxNamed = 20

func (s *section) reactionItem(r relation.Reaction) api.Reaction {
	t := s.timeline
	item := api.Reaction{Key: r.Key, Count: len(r.By), By: make([]api.Person, 0, min(len(r.By), maxNamed))}
	for i, e := range r.By {
		if i < maxNamed {
			item.By = append(item.By, s.person(e.Sender, t.profileOf(e)))
		}
		if e.Sender == t.me {
			item.Own = &api.OwnReaction{ID: t.idOf(e), Send: t.sendingOf(e.ID)}
		}
	}
	return item
}

func (s *section) threadItem(root event.EventID) *api.Thread {
	thread := s.timeline.relations.Thread(root)
	if thread.Count == 0 {
		return nil
	}
	return &api.Thread{Count: thread.Count, Participated: thread.Participated, Latest: s.preview(thread.Latest)}
}

func (s *section) replyItem(id event.EventID) *api.ReplyTo {
	t := s.timeline
	item := &api.ReplyTo{ID: id, Redacted: t.relations.Redacted(id)}
	if r := t.rowOf(id); r != nil && r.echo != nil {
		item.ID = r.id
	}
	if !item.Redacted {
		item.Preview = s.preview(id)
		t.apart.want(t, id)
	}
	return item
}

func (t *Timeline) pollItem(id event.EventID) *api.Poll {
	p := t.relations.Poll(id)
	if p == nil {
		return nil
	}
	item := &api.Poll{
		Question: p.Question, Undisclosed: p.Undisclosed, MaxSelections: p.MaxSelections, Ended: p.End != "", Send: t.sendingOf(p.Vote),
	}
	hidden := p.Undisclosed && !item.Ended
	most := 1
	for _, a := range p.Answers {
		most = max(most, a.Votes)
	}
	for _, a := range p.Answers {
		answer := api.PollAnswer{ID: a.ID, Text: a.Text, Own: a.Own, Winner: item.Ended && a.Votes == most}
		if !hidden {
			answer.Votes = a.Votes
		}
		item.Answers = append(item.Answers, answer)
	}
	if !hidden {
		item.Voters = p.Voters
	}
	return item
}

// profileOf is the profile of who wrote an event, at the time.
func (t *Timeline) profileOf(e *relation.Event) event.Profile {
	if r := t.rows[e.ID]; r != nil {
		return r.entry.Profile
	}
	return t.names.members[e.Sender]
}

// idOf is the server's id of an event, "" while it has none.
func (t *Timeline) idOf(e *relation.Event) event.EventID {
	if r := t.outgoing.rows[e.ID]; r != nil {
		return r.id
	}
	return e.ID
}

// sendingOf is how far an event of ours got on its way, nil for any other.
func (t *Timeline) sendingOf(id event.EventID) *api.Sending {
	if r := t.outgoing.rows[id]; r != nil {
		return sending(r.echo)
	}
	return nil
}

func sending(o *table.Outgoing) *api.Sending { return &api.Sending{TxnID: o.TxnID, Status: *status(o)} }

// preview is a line about an event that another one quotes, nil where nothing is
// known of it or nothing is left.
func (s *section) preview(id event.EventID) *api.Preview {
	t := s.timeline
	if t.relations.Redacted(id) {
		return nil
	}
	p := &api.Preview{EventID: id}
	r := t.rowOf(id)
	e := t.apart.events[id]
	if r != nil {
		e = r.entry
	}
	switch {
	case e != nil && !t.relations.Ignored(e.Sender):
		plain := t.plain(e)
		p.Sender, p.Type, p.TS = s.person(e.Sender, e.Profile), plain.Type, e.TS
		summary.Describe(p, t.edited(id, plain.Content()))
	case r != nil && r.echo != nil:
		p.EventID, p.Sender, p.Type, p.TS = r.id, t.names.member(t.me), r.echo.Type, r.ts
		summary.Describe(p, t.edited(id, r.echo.Content))
	default:
		return nil
	}
	return p
}

// edited is the content of an event as its edit has it.
func (t *Timeline) edited(id event.EventID, content scan.Value) scan.Value {
	if edit := t.relations.Edit(id); edit != nil {
		return relation.Edited(content, edit.NewContent())
	}
	return content
}
