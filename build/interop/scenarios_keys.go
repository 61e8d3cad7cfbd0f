package main

import (
	"fmt"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// written is what a device could read.
type written struct {
	event, text string
	from        *device
}

// conversation is of several sessions, each way.
func (s *stage) conversation(room string, alice, bob *device) (all []written) {
	for n := range 2 {
		for _, w := range []written{{text: fmt.Sprint("by alice ", n), from: alice}, {text: fmt.Sprint("by bob ", n), from: bob}} {
			w.event = w.from.send(room, w.text)
			all = append(all, w)
			other := alice
			if w.from == alice {
				other = bob
			}
			other.reads(room, w.event, w.text, w.from)
			s.check(w.from.Rotate(s.ctx, room), w.from.name+" rotates")
		}
	}
	return all
}

// history: the second device of a user, of the other client, opens secret
// storage, is signed by that, and reads what was written before it was there.
func history(s *stage, byPassphrase bool) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	recovery := alice.setUp()
	room := s.room(alice, bob)
	all := s.conversation(room, alice, bob)
	s.check(alice.BackUp(s.ctx), alice.name+" backs up")
	if byPassphrase {
		recovery.Key = ""
	} else {
		recovery.Passphrase = ""
	}
	fresh := s.device(s.second, "alice")
	s.check(fresh.Recover(s.ctx, recovery), fresh.name+" recovers")
	n, err := fresh.Restore(s.ctx)
	s.check(err, fresh.name+" restores")
	s.demand(n >= len(all), "%s restored %d keys of %d", fresh.name, n, len(all))
	for _, w := range all {
		fresh.judges(room, w.event, w.text, w.from, peer.Unproven)
	}
	bob.trusts(fresh, peer.Signed)
	now := bob.send(room, "now")
	fresh.reads(room, now, "now", bob)
}

// gossip: a device that was verified gets the backup's key from the one that
// verified it.
func gossip(s *stage) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	alice.setUp()
	room := s.room(alice, bob)
	all := s.conversation(room, alice, bob)
	s.check(alice.BackUp(s.ctx), alice.name+" backs up")
	fresh := s.device(s.second, "alice")
	s.verify(fresh, alice, "", "").sas(true)
	n, err := fresh.Restore(s.ctx)
	s.check(err, fresh.name+" restores")
	s.demand(n >= len(all), "%s restored %d keys of %d", fresh.name, n, len(all))
	for _, w := range all {
		fresh.reads(room, w.event, w.text, w.from)
	}
}

// keyFile: what one exports the other imports.
func keyFile(s *stage) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	room := s.room(alice, bob)
	all := s.conversation(room, alice, bob)
	file, err := alice.Export(s.ctx, "of the file")
	s.check(err, alice.name+" exports")
	fresh := s.device(s.second, "alice")
	_, err = fresh.Import(s.ctx, file, "wrong")
	s.demand(err != nil, "%s imports with a wrong passphrase", fresh.name)
	n, err := fresh.Import(s.ctx, file, "of the file")
	s.check(err, fresh.name+" imports")
	s.demand(n >= len(all), "%s imported %d keys of %d", fresh.name, n, len(all))
	for _, w := range all {
		fresh.judges(room, w.event, w.text, w.from, peer.Unproven)
	}
}

// historyOnInvite: who is invited reads what was written before, and hands that on
// in turn.
func historyOnInvite(s *stage) {
	alice, bob, carol := s.device(s.first, "alice"), s.device(s.second, "bob"), s.device(s.first, "carol")
	for _, d := range []*device{alice, bob, carol} {
		d.setUp()
	}
	room := s.room(alice)
	var all []written
	write := func(from *device, text string) { all = append(all, written{from.send(room, text), text, from}) }
	write(alice, "one")
	for _, w := range []struct{ from, to *device }{{alice, bob}, {bob, carol}} {
		s.check(w.from.Invite(s.ctx, room, w.to.user), w.from.name+" invites")
		s.check(w.to.Follow(s.ctx, room), w.to.name+" follows")
		for _, before := range all {
			w.to.judges(room, before.event, before.text, before.from, peer.Unproven)
		}
		write(w.to, "by "+w.to.name)
	}
	for _, d := range []*device{alice, bob} {
		for _, w := range all {
			d.reads(room, w.event, w.text, w.from)
		}
	}
}
