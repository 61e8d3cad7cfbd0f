package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Which event had which index of a session is noted for whom the session belongs
// to. Where that is not certain, each sender has pages of their own: what one
// sends must not keep another's from being read (makers.go).

// indexName names a page of a session's indices: of whom it belongs to for "",
// else of one who claims it too, or of all those together.
type indexName struct {
	session SessionName
	user    event.UserID
	page    uint32
}

// anyClaimant has the indices of all who claim a session that belongs to another.
const anyClaimant event.UserID = "*"

// pages are those where an event's index must be its own, and where others may
// have it: then one of the two is a copy.
func (s *sealed) pages() (own, others []indexName) {
	page := func(user event.UserID) indexName { return indexName{s.name, user, s.text.Index >> 8} }
	sender := s.Event.Sender
	switch {
	case !s.session.Source.Proven():
		return []indexName{page(sender)}, nil
	case s.session.Source != table.KeyDisputed:
		return []indexName{page("")}, nil
	case s.session.Sender == sender: // who had pages as others have before it was
		return []indexName{page(""), page(sender)}, []indexName{page(anyClaimant)}
	}
	return []indexName{page(sender)}, []indexName{page(""), page(anyClaimant)}
}

// takeIndex notes that the event has its index, or reports that another event of
// its sender had it.
func (w *Work) takeIndex(s *sealed) bool {
	own, others := s.pages()
	for _, name := range own {
		if w.isOthers(s, name) {
			return false
		}
	}
	w.noteIndex(s, own[0])
	if len(others) > 1 {
		w.noteIndex(s, others[1])
	}
	return true
}

// isOthers reports whether another event is known to have the index.
func (w *Work) isOthers(s *sealed, name indexName) bool {
	known, there := w.indices.get(name)
	if !there {
		return false
	}
	print, taken := known.Of(s.text.Index)
	return taken && print != table.PrintOf(s.Event.ID)
}

func (w *Work) noteIndex(s *sealed, name indexName) {
	known, there := w.indices.get(name)
	if !there {
		known = &table.IndexPage{}
	}
	if !w.indices.changed(name) {
		known = known.Clone()
	}
	if _, isNew := known.Take(s.text.Index, table.PrintOf(s.Event.ID)); isNew {
		w.indices.put(name, known)
	}
}

// warnCopied warns of an event whose message somebody else sent as well.
func (w *Work) warnCopied(s *sealed) {
	if s.out.Failure != "" || s.out.Warning == UserChanged || s.out.Warning == DeviceBlocked || s.out.Warning == DeviceUnsigned {
		return // that is worse
	}
	_, others := s.pages()
	for _, name := range others {
		if w.isOthers(s, name) {
			s.out.Warning = MessageCopied
		}
	}
}

// fetchIndices reads what the events' sessions and indices need besides.
func (w *Work) fetchIndices(ctx context.Context, all []*sealed) error {
	for _, s := range all {
		if s.out.Failure != "" {
			continue
		}
		own, others := s.pages()
		w.indices.want(own...)
		w.indices.want(others...)
		w.wantMakers(s.name, s.session, s.Event.Sender)
	}
	return w.fetch(ctx)
}
