package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// news is what may be unread: a message, or an edit.
type news struct {
	event, by, thread, text string
	mentions                string // a user
	edit                    bool
	rules                   map[string]rules // of users, when it came
	seen                    map[string]bool  // by user
}

// rules are what a user wants to be told of.
type rules struct {
	level   peer.Level
	keyword string
}

// tell: who writes has read what is above it in the same thread (spec: receiving
// notifications).
func (t *talk) tell(n *news) {
	n.rules, n.seen = maps.Clone(t.rules), map[string]bool{}
	t.news = append(t.news, n)
	t.sees(n.by, n.thread)
}

func (t *talk) sees(user, thread string) {
	for _, n := range t.news {
		n.seen[user] = n.seen[user] || n.thread == thread
	}
}

// reads: all that came so far, or so far in a thread, or outside of threads.
func (t *talk) reads(d *device, thread string) {
	t.s.check(d.MarkRead(t.s.ctx, t.room, thread, t.news[len(t.news)-1].event), d.name+" reads")
	for _, n := range t.news {
		n.seen[d.user] = n.seen[d.user] || thread == "" || n.thread == strings.TrimPrefix(thread, peer.Main)
	}
}

func (t *talk) notifies(d *device, level peer.Level) {
	t.s.check(d.Notify(t.s.ctx, t.room, level), d.name+" chooses "+string(level))
	t.rules[d.user] = rules{level, t.rules[d.user].keyword}
}

func (t *talk) listens(d *device, word string) {
	t.s.check(d.Keyword(t.s.ctx, word), d.name+" listens for "+word)
	t.rules[d.user] = rules{t.rules[d.user].level, word}
}

// unread is what a user has not seen.
func (t *talk) unread(user string) (n peer.Unread) {
	for _, one := range t.news {
		counts, highlights := one.tells(user)
		if one.seen[user] || !counts {
			continue
		}
		n.Count++
		if highlights {
			n.Highlights++
		}
	}
	return n
}

// tells: of an edit only whom it mentions anew is told (.m.rule.suppress_edits).
func (n *news) tells(user string) (counts, highlights bool) {
	r := n.rules[user]
	mentioned := n.mentions == user
	said := !n.edit && r.keyword != "" && strings.Contains(n.text, r.keyword)
	highlights = (mentioned || said) && r.level != peer.Mute
	return highlights || !n.edit && (r.level == "" || r.level == peer.Default), highlights
}

// fault is where matrix-js-sdk counts otherwise, and why what was meant is right.
type fault int

const (
	// wrote: its number is the server's, and Synapse goes on counting what is above
	// what the user wrote (synapse#14837). It is read (spec: receiving notifications).
	wrote fault = iota
	// begun: in an encrypted room it counts of a thread what comes once it has loaded
	// that.
	begun
	// hushed: where only mentions tell, the server counts nothing that is encrypted,
	// and it takes that for its number at each sync.
	hushed
)

// has reports whether a device counts otherwise where there are such faults. What
// matrix-js-sdk counts in an encrypted room it does not store: who closed it gets
// what it makes of the events that it decrypts anew (element-web#9069).
func (t *talk) has(d *device, faults []fault) bool {
	return d.client == "js-sdk" && (slices.Contains(faults, wrote) || t.encrypted && (t.closed[d] || len(faults) > 0))
}

// counts waits until devices count what was meant, but for what is known.
func (t *talk) counts(devices []*device, but ...fault) {
	for _, d := range devices {
		if t.has(d, but) {
			continue
		}
		want, end := t.unread(d.user), time.Now().Add(unanimous)
		for {
			got, err := d.Unread(t.s.ctx, t.room)
			t.s.check(err, d.name+" counts")
			if got == want {
				break
			}
			t.s.demand(time.Now().Before(end), "after %q %s counts %v and not %v", t.news[len(t.news)-1].text, d.name, got, want)
			pause(t.s.ctx)
		}
	}
}
