package main

import (
	"fmt"
	"time"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// unread: two clients of one user count the same, and what was meant, whichever of
// them reads (FEATURES D-05, D-06). away: the first is away for a while of it, for
// more than one sync brings.
func unread(s *stage, encrypted, away bool) {
	alice, other, bob := s.device(s.first, "alice"), s.device(s.second, "alice"), s.device(s.second, "bob")
	t := s.talk(encrypted, alice, bob)
	for _, from := range []*device{alice, bob} {
		from.knows(other)
	}
	root := t.says(bob, "root", peer.Place{})
	t.counts(alice, other)
	t.reads(alice, "")
	t.counts(alice, other)
	if away {
		s.check(alice.Stop(s.ctx), alice.name+" stops")
	}
	t.says(bob, "something", peer.Place{})
	t.says(bob, "to alice", peer.Place{Mentions: alice.user})
	t.says(bob, "in the thread", peer.Place{Thread: root.event})
	t.says(bob, "in the thread to alice", peer.Place{Thread: root.event, Mentions: alice.user})
	t.reacts(bob, root, "👍")
	if away {
		for n := range chatter {
			t.says(bob, fmt.Sprint("chatter ", n), peer.Place{})
		}
		s.check(alice.Start(s.ctx), alice.name+" starts")
	}
	t.counts(alice, other)
	t.reads(other, root.event)
	t.counts(alice, other)
	t.says(bob, "more in the thread", peer.Place{Thread: root.event})
	t.counts(alice, other)
	t.reads(alice, "")
	t.counts(alice, other)
	t.says(bob, "to alice again", peer.Place{Mentions: alice.user})
	t.counts(alice, other)
	t.reads(other, "")
	t.counts(alice, other)
}

// counts waits until all devices of a user count what was meant. In an encrypted
// room matrix-js-sdk counts less in threads, so there it is not asked.
func (t *talk) counts(devices ...*device) {
	for _, d := range devices {
		if t.encrypted && d.client == "js-sdk" {
			continue
		}
		want, end := t.unread(d.user), time.Now().Add(unanimous)
		for {
			got, err := d.Unread(t.s.ctx, t.room)
			t.s.check(err, d.name+" counts")
			if got == want {
				break
			}
			t.s.demand(time.Now().Before(end), "after %q %s counts %v and not %v", t.said[len(t.said)-1].text, d.name, got, want)
			pause(t.s.ctx)
		}
	}
}

// unread is what a user has not seen.
func (t *talk) unread(user string) (n peer.Unread) {
	for _, m := range t.said {
		if m.seen[user] {
			continue
		}
		n.Count++
		if m.in.Mentions == user {
			n.Highlights++
		}
	}
	return n
}
