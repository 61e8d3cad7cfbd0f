package main

import (
	"fmt"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// relations are the scenarios in which clients put together what relates to a
// message (FEATURES A.7, B-46, D-10 to D-12) and count what is unread, each in a clear and in an encrypted
// room.
func relations() (all []scenario) {
	for _, encrypted := range []bool{false, true} {
		in := "clear"
		if encrypted {
			in = "encrypted"
		}
		for _, one := range scripts {
			all = append(all, scenario{"relations, " + one.name + ", " + in, func(s *stage) {
				t := s.talk(encrypted, s.device(s.first, "alice"), s.device(s.second, "bob"))
				one.play(t, t.devices[0], t.devices[1])
				t.agree()
			}})
		}
		all = append(all,
			scenario{"relations after a reload, " + in, func(s *stage) { reloaded(s, encrypted) }},
			scenario{"relations after a gap, " + in, func(s *stage) { gap(s, encrypted) }},
			scenario{"unread counts, " + in, func(s *stage) { unread(s, encrypted, never) }},
			scenario{"unread counts after a reload, " + in, func(s *stage) { unread(s, encrypted, reload) }},
			scenario{"unread counts after a gap, " + in, func(s *stage) { unread(s, encrypted, away) }})
	}
	return all
}

var scripts = []struct {
	name string
	play func(t *talk, a, b *device)
}{
	{"reactions and edits", reactionsAndEdits},
	{"threads and replies", threadsAndReplies},
	{"polls", polls},
}

// reactionsAndEdits: of each kind one by each side, twice, and taken back.
func reactionsAndEdits(t *talk, a, b *device) {
	var all []*said
	for _, d := range []*device{a, b} {
		for n := range 4 {
			all = append(all, t.says(d, fmt.Sprint(d.local(), n), peer.Place{}))
		}
	}
	for i, by := range []*device{a, b} {
		other, own := []*device{b, a}[i], all[4*i:]
		t.reacts(by, own[0], "👍")
		t.reacts(other, own[0], "👍")
		t.reacts(other, own[0], "👍") // there is one already
		t.reacts(other, own[0], "👍️")
		t.reacts(by, own[1], "🎉")
		t.unreacts(by, own[1], "🎉")
		t.reacts(other, own[1], "🎉")
		t.unreacts(other, own[1], "🎉")
		t.reacts(other, own[1], "🎉")
		t.edits(own[1], "edited")
		t.edits(own[1], "edited again")
		t.edits(own[2], "one")
		t.unedits(own[2], t.edits(own[2], "two"))
		t.unedits(own[0], t.edits(own[0], "never mind"))
		t.edits(own[3], "to be redacted")
		t.reacts(other, own[3], "❤️")
		t.redacts(own[3])
	}
}

// threadsAndReplies: replies to replies, in threads and outside, and what is edited,
// reacted to and redacted there.
func threadsAndReplies(t *talk, a, b *device) {
	root, other := t.says(a, "root", peer.Place{}), t.says(b, "another root", peer.Place{})
	answer := t.says(b, "an answer", peer.Place{Answers: root.event})
	last := t.says(a, "to the answer", peer.Place{Answers: answer.event})
	t.edits(answer, "an answer, edited")
	one := t.says(b, "in the thread", peer.Place{Thread: root.event})
	two := t.says(a, "in it too", peer.Place{Thread: root.event})
	t.says(b, "an answer in it", peer.Place{Thread: root.event, Answers: two.event})
	t.edits(two, "in it too, edited")
	t.reacts(b, two, "👍")
	t.reacts(a, one, "👍")
	t.edits(root, "root, edited")
	t.reacts(a, root, "🌱")
	t.says(a, "alone in a thread", peer.Place{Thread: other.event})
	t.redacts(last)
	three := t.says(b, "last of the thread", peer.Place{Thread: root.event})
	t.redacts(three)
}

// polls: votes that are changed, an end, and a vote that is late.
func polls(t *talk, a, b *device) {
	for i, by := range []*device{a, b} {
		other := []*device{b, a}[i]
		one := t.asks(by, "one of three", 1, "red", "green", "blue")
		t.votes(by, one, "red")
		t.votes(other, one, "green")
		t.votes(by, one, "blue")
		two := t.asks(by, "two of three", 2, "this", "that", "neither")
		t.votes(other, two, "this", "that")
		t.votes(by, two, "that")
		t.ends(one)
		t.votes(other, one, "blue")
		t.reacts(other, one, "👍")
	}
}

// reloaded: who closes the client and opens it again sees what it saw.
func reloaded(s *stage, encrypted bool) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	t := s.talk(encrypted, alice, bob)
	for _, script := range scripts {
		script.play(t, alice, bob)
	}
	t.agree()
	alice.reload()
	t.agree()
}

// chatter is more than what one sync brings of a room.
const chatter = 60

// gap: who was away for longer than one sync brings sees the same as who was there,
// also of what was written before (FEATURES D-01).
func gap(s *stage, encrypted bool) {
	alice, bob, carol := s.device(s.first, "alice"), s.device(s.second, "bob"), s.device(s.second, "carol")
	t := s.talk(encrypted, alice, bob, carol)
	edited, redacted, root := t.says(bob, "to be edited", peer.Place{}), t.says(bob, "to be redacted", peer.Place{}), t.says(alice, "root", peer.Place{})
	t.edits(redacted, "edited")
	inThread := t.says(carol, "in the thread", peer.Place{Thread: root.event})
	t.reacts(carol, edited, "👍")
	t.reacts(alice, edited, "👍")
	ask := t.asks(bob, "here?", 1, "yes", "no")
	t.votes(alice, ask, "yes")
	t.agree()
	t.leaves(alice)
	t.edits(edited, "edited in the gap")
	t.reacts(bob, edited, "🎉")
	t.unreacts(carol, edited, "👍")
	t.redacts(redacted)
	t.edits(inThread, "in the thread, edited in the gap")
	t.says(bob, "in the thread in the gap", peer.Place{Thread: root.event})
	t.votes(carol, ask, "no")
	for n := range chatter {
		t.says([]*device{bob, carol}[n%2], fmt.Sprint("chatter ", n), peer.Place{})
	}
	t.votes(carol, ask, "yes")
	t.ends(ask)
	t.reacts(carol, root, "🌱")
	for _, script := range scripts {
		script.play(t, bob, carol)
	}
	t.returns(alice)
	t.agree()
}
