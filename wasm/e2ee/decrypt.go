package e2ee

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Sealed is an event of type m.room.encrypted.
type Sealed struct {
	Room  event.RoomID
	Event event.Event
}

// Plain is what became of one.
type Plain struct {
	// Event is the event with its own type and content, like any that came in the
	// clear; or as it came, if the Verdict has a Failure. Nothing in it says that
	// it was encrypted, because a server could say so too.
	Event event.Event
	Verdict
}

// sealed is one of the events on its way.
type sealed struct {
	*Sealed
	name    SessionName
	message string
	session *table.InboundSession
	text    megolm.Plaintext
	print   table.EventPrint
	out     *Plain
}

// Decrypt opens events, in an order of their own for each session. In a Work that
// is committed it notes which event had which index, so that no other one passes
// for the same message later (FEATURES D-20), and which events wait for a key.
// In one that is dropped it does all but that.
func (w *Work) Decrypt(ctx context.Context, events []Sealed) ([]Plain, error) {
	plains := make([]Plain, len(events))
	var all []*sealed
	for i := range events {
		plains[i].Event = events[i].Event
		s := &sealed{Sealed: &events[i], out: &plains[i]}
		if s.out.Failure = s.read(); s.out.Failure == "" {
			all = append(all, s)
		}
	}
	if err := w.fetchFor(ctx, all); err != nil {
		return nil, err
	}
	for name, group := range bySession(all) {
		w.openAll(name, group)
	}
	if err := w.fetchIndices(ctx, all); err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.out.Failure == "" {
			s.out.Failure = w.check(s)
		}
		w.noteWaiting(s)
	}
	for _, s := range all {
		w.warnCopied(s)
	}
	return plains, nil
}

var sealedFields = []string{"algorithm", "session_id", "ciphertext"}

// read reads the content. Who sent it and with which device is not believed of it
// (spec: m.room.encrypted, sender_key).
func (s *sealed) read() Failure {
	var f [3]scan.Value
	content := s.Event.Content()
	content.Fields(sealedFields, f[:])
	s.name = SessionName{s.Room, f[1].Text()}
	message, isText := f[2].AsText()
	s.message, s.out.Session = message, s.name.Session
	switch {
	case s.Event.StateKey != nil || s.Event.Redacted():
		return EventMalformed
	case f[0].Text() != megolmAlgorithm:
		return EventAlgorithm
	case !isText || !validName(s.name):
		return EventMalformed
	}
	return ""
}

// fetchFor reads all that most sessions need at once.
func (w *Work) fetchFor(ctx context.Context, all []*sealed) error {
	if len(all) > 0 {
		w.users.want(w.m.user)
	}
	for _, s := range all {
		w.users.want(s.Event.Sender)
		w.inbound.want(s.name)
		w.indices.want(indexName{session: s.name})
	}
	return w.fetch(ctx)
}

func bySession(all []*sealed) map[SessionName][]*sealed {
	groups := map[SessionName][]*sealed{}
	for _, s := range all {
		groups[s.name] = append(groups[s.name], s)
	}
	return groups
}

// openAll decrypts the messages of one session, or notes why not.
func (w *Work) openAll(name SessionName, group []*sealed) {
	session, there := w.inbound.get(name)
	if there && session.Record != nil {
		in, err := w.m.sessions.borrowInbound(session.Record)
		if err == nil {
			w.openWith(in, session, group)
			w.m.sessions.inbound.give(string(session.Record), in)
			return
		}
	}
	for _, s := range group {
		s.out.Failure = KeyMissing
		if there && session.Record == nil && (session.Sender == s.Event.Sender || session.From != "") {
			s.out.Failure, s.out.Withheld = KeyWithheld, session.Withheld
		}
	}
}

func (w *Work) openWith(in *megolm.Inbound, session *table.InboundSession, group []*sealed) {
	messages := make([]string, len(group))
	for i, s := range group {
		messages[i] = s.message
	}
	for i, text := range in.DecryptAll(messages) {
		s := group[i]
		s.session, s.text, s.out.Index = session, text, text.Index
		s.out.Failure = failureOf(text.Err)
		if s.out.Failure == KeyLater {
			s.out.Withheld = session.Withheld
		}
	}
}

func failureOf(err error) Failure {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, megolm.ErrIndex):
		return KeyLater
	case errors.Is(err, megolm.ErrMAC):
		return KeyWrong
	case errors.Is(err, megolm.ErrSignature):
		return EventForged
	}
	return EventMalformed
}

// check decides whether what was decrypted is the event's, and by whom.
func (w *Work) check(s *sealed) Failure {
	claimed := w.madeBy(s.name, s.session, s.Event.Sender)
	if claimed == nil {
		return EventSender
	}
	opened, failure := s.open()
	if failure != "" {
		return failure
	}
	if !w.takeIndex(s) {
		return EventReplayed
	}
	s.out.Event = opened
	s.out.Verdict = w.judge(s.name, claimed, s.Event.Sender)
	s.out.Index = s.text.Index
	return ""
}

// noteWaiting notes whether the event waits for more of its session.
func (w *Work) noteWaiting(s *sealed) {
	if s.out.Failure.Waits() {
		w.await(s.name, s.Event.ID)
	} else {
		w.settle(s.name, s.Event.ID)
	}
}
