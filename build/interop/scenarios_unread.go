package main

import (
	"fmt"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// absence is how a client is not there all the time.
type absence int

const (
	never  absence = iota
	reload         // it is closed and opened again wherever it counts
	away           // for more than one sync brings
)

// unread: two clients of one user count the same, and what was meant, whichever of
// them reads (FEATURES D-05, D-06).
func unread(s *stage, encrypted bool, leaves absence) {
	alice, other, bob := s.device(s.first, "alice"), s.device(s.second, "alice"), s.device(s.second, "bob")
	t := s.talk(encrypted, alice, bob)
	for _, from := range []*device{alice, bob} {
		from.knows(other)
	}
	counts := func(but ...fault) {
		both := []*device{alice, other}
		t.counts(both, but...)
		if leaves == reload {
			for _, d := range both {
				d.reload()
				t.closed[d] = true
			}
			t.counts(both, but...)
		}
	}
	root := t.says(bob, "root", peer.Place{})
	counts()
	t.reads(alice, "")
	t.listens(alice, "tea")
	counts()
	if leaves == away {
		t.leaves(alice)
	}
	ofAllKinds(t, bob, root, alice.user)
	if leaves == away {
		for n := range chatter {
			t.says(bob, fmt.Sprint("chatter ", n), peer.Place{})
		}
		t.returns(alice)
		t.look(alice) // nobody can judge what was not loaded
	}
	counts(begun)
	receipts(t, alice, other, bob, root, counts)
	levels(t, alice, bob, counts)
}

// ofAllKinds writes what counts, what stands out, and what is neither.
func ofAllKinds(t *talk, bob *device, root *said, user string) {
	something := t.says(bob, "something", peer.Place{})
	t.says(bob, "to alice", peer.Place{Mentions: user})
	t.says(bob, "there is tea", peer.Place{})
	t.edits(something, "something edited")
	t.editsFor(something, "something to alice", user)
	t.says(bob, "in the thread", peer.Place{Thread: root.event})
	t.says(bob, "in the thread to alice", peer.Place{Thread: root.event, Mentions: user})
	t.reacts(bob, root, "👍")
}

// receipts: for a thread, for what is in none, for all, and by what the user writes.
func receipts(t *talk, alice, other, bob *device, root *said, counts func(...fault)) {
	thread := peer.Place{Thread: root.event}
	t.reads(other, root.event)
	counts()
	t.says(bob, "more in the thread", thread)
	counts()
	t.reads(alice, peer.Main)
	counts()
	t.says(bob, "to alice again", peer.Place{Mentions: alice.user})
	counts()
	t.says(other, "from elsewhere", peer.Place{})
	counts(wrote)
	t.says(bob, "in the thread to alice again", peer.Place{Thread: root.event, Mentions: alice.user})
	t.says(bob, "outside", peer.Place{})
	counts(wrote)
	t.says(other, "from elsewhere in the thread", thread)
	counts(wrote)
	t.says(bob, "last of the thread", thread)
	counts(wrote)
	t.reads(other, "")
	counts()
}

// levels: a room that tells less. What is unread when that changes is not compared:
// Alcove judges it anew, and a server leaves it as it is.
func levels(t *talk, alice, bob *device, counts func(...fault)) {
	for _, level := range []peer.Level{peer.Mentions, peer.Mute, peer.Default} {
		t.notifies(alice, level)
		t.says(bob, "under "+string(level), peer.Place{})
		t.says(bob, "to alice under "+string(level), peer.Place{Mentions: alice.user})
		t.says(bob, "tea under "+string(level), peer.Place{})
		if level == peer.Mentions {
			counts(hushed)
		} else {
			counts()
		}
		t.reads(alice, "")
		counts()
	}
}
