package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Nothing in a room key proves who made the session: whoever received it can send
// it on as their own, and theirs may come first. So all who claim a session are
// remembered. An event is opened for each of them, as sent by the device that
// claimed it: nobody can keep the owner's from being read, and what one sends in
// the name of another is nobody's claim. A copy of the owner's message is told
// from it by nobody, so both say that there are two (warnCopied).

// makerName names what devices of a user say of a session; what was only said of
// others, by a backup, a file or a device, is under no user.
type makerName struct {
	session SessionName
	user    event.UserID
}

// fetchMakers reads what else was said of sessions that keys contradict.
func (w *Work) fetchMakers(ctx context.Context, keys []roomKey) error {
	first := map[SessionName]*table.InboundSession{}
	for i := range keys {
		k := &keys[i]
		known, there := w.inbound.get(k.name)
		if !there || known.Record == nil {
			if known = first[k.name]; known == nil {
				first[k.name] = &k.about
				continue
			}
		}
		if !known.SameMaker(&k.about) {
			w.makers.want(makerName{k.name, k.about.Sender}, makerName{k.name, known.Sender}, makerName{k.name, ""})
		}
	}
	return w.fetch(ctx)
}

// aboutBoth is what is believed of a session that two said something of: who
// claims it, or who came first. other is what the other one says, where that counts
// as well; nobody else's does of a session that is our own.
func aboutBoth(known, fresh *table.InboundSession) (next, other *table.InboundSession) {
	first, second := known, fresh
	if fresh.Source.Proven() && !known.Source.Proven() {
		first, second = fresh, known
	}
	about := *first
	if first.Source == table.KeyOwn || !first.Source.Proven() || first == known && first.SameMaker(second) {
		return &about, nil
	}
	about.Source = table.KeyDisputed
	if first.SameMaker(second) {
		return &about, nil
	}
	said := *second
	said.Record = nil
	return &about, &said
}

// addMaker remembers what was said of a session besides, and reports whether that is
// new.
func (w *Work) addMaker(n SessionName, one *table.InboundSession) bool {
	name := makerName{n, one.Sender}
	known, _ := w.makers.get(name)
	for _, c := range known {
		if c.SameMaker(one) {
			return false
		}
	}
	next := known.With(one)
	w.makers.put(name, next)
	return len(next) > len(known)
}

// wantMakers wants what madeBy needs.
func (w *Work) wantMakers(n SessionName, s *table.InboundSession, sender event.UserID) {
	if s.Source == table.KeyDisputed {
		w.makers.want(makerName{n, sender}, makerName{n, ""})
	}
}

// madeBy returns whose a session is for an event of the sender: of the sender's
// devices that claim it the surest, or else what others say; nil if it is
// somebody else's.
func (w *Work) madeBy(n SessionName, s *table.InboundSession, sender event.UserID) *table.InboundSession {
	if s.Sender == "" || s.Sender == sender && s.Source != table.KeyDisputed {
		return s
	}
	all, _ := w.makers.get(makerName{n, sender})
	if s.Sender == sender {
		all = append(table.Makers{s}, all...)
	}
	if len(all) == 0 {
		all, _ = w.makers.get(makerName{n, ""})
	}
	var best *table.InboundSession
	for _, c := range all {
		if best == nil || w.trustOf(c, sender) > w.trustOf(best, sender) {
			best = c
		}
	}
	return best
}

// trustOf returns how sure it is that the maker of a session is the sender's
// device.
func (w *Work) trustOf(s *table.InboundSession, sender event.UserID) Trust {
	known, _ := w.users.get(sender)
	if d := known.Of(s.Curve); d != nil && d.Ed25519 == s.Ed25519 {
		return w.trust(sender, d)
	}
	return TrustUnknown
}
