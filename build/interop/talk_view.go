package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// view is what a user ought to see.
func (t *talk) view(user string) peer.View {
	v := peer.View{Room: []peer.Line{}, Threads: map[string][]peer.Line{}}
	for _, m := range t.said {
		line := m.line(user)
		if root := m.in.Thread; root != "" {
			v.Threads[root] = append(v.Threads[root], line)
			continue
		}
		line.Thread = t.thread(m.event, user)
		v.Room = append(v.Room, line)
	}
	return v
}

func (m *said) line(user string) peer.Line {
	line := peer.Line{Event: m.event, Sender: m.by.user, Redacted: m.redacted}
	if m.redacted {
		return line
	}
	line.Text, line.Answers, line.Edited = m.text, m.in.Answers, len(m.edits) > 0
	if line.Edited {
		line.Text = m.edits[len(m.edits)-1].text
	}
	for key, users := range m.reactions {
		if line.Reactions == nil {
			line.Reactions = map[string][]string{}
		}
		line.Reactions[key] = slices.Sorted(maps.Keys(users))
	}
	line.Poll = m.poll.results(user)
	return line
}

func (p *poll) results(user string) *peer.Poll {
	if p == nil {
		return nil
	}
	r := &peer.Poll{Votes: map[string]int{}, Voters: len(p.votes), Own: append([]string{}, p.votes[user]...), Ended: p.ended}
	slices.Sort(r.Own)
	for _, answer := range p.answers {
		r.Votes[answer] = 0
	}
	for _, chosen := range p.votes {
		for _, answer := range chosen {
			r.Votes[answer]++
		}
	}
	return r
}

// thread is what is said of a thread. Who wrote its root took part.
func (t *talk) thread(root, user string) *peer.Thread {
	var thread peer.Thread
	for _, m := range t.said {
		thread.Own = thread.Own || m.event == root && m.by.user == user
		if m.in.Thread == root && !m.redacted {
			thread.Count++
			thread.Latest = m.event
			thread.Own = thread.Own || m.by.user == user
		}
	}
	if thread.Count == 0 {
		return nil
	}
	return &thread
}

// unanimous is how long clients may take until all see what was meant.
const unanimous = 40 * time.Second

// agree waits until all see what was meant, and so the same.
func (t *talk) agree() {
	for _, d := range t.devices {
		start, anew := time.Now(), false
		for {
			got, want := t.look(d)
			wrong := differences(got, want)
			if wrong == "" {
				break
			}
			if since := time.Since(start); !anew && since > soon && d.client == "js-sdk" && differences(t.blurred(got), t.blurred(want)) == "" {
				t.s.note("%s is loaded anew, since it sees%s", d.name, wrong)
				d.reload()
				start, anew = time.Now(), true
				continue
			}
			t.s.demand(time.Since(start) < unanimous, "%s sees it otherwise: %s", d.name, wrong)
			pause(t.s.ctx)
		}
	}
}

// look returns what a device shows of what can be compared, and what that ought to be.
func (t *talk) look(d *device) (got, want peer.View) {
	got, err := d.View(t.s.ctx, t.room)
	t.s.check(err, d.name+" looks")
	want = t.view(d.user)
	if t.forgets(d) {
		got, want = remaining(got), remaining(want)
	}
	return got, want
}

// soon is how long matrix-js-sdk may take until it is loaded anew.
const soon = 5 * time.Second

// blurred is a view without what matrix-js-sdk gets wrong until it is loaded anew.
// It takes the count of a thread from the root, which it asks the server for, and
// then adds the replies that a sync brings, also those that were counted there
// (element-web#24636); and it keeps reactions that were taken back in a gap.
func (t *talk) blurred(v peer.View) peer.View {
	blur := func(lines []peer.Line) (all []peer.Line) {
		for _, line := range lines {
			if line.Thread != nil {
				line.Thread = &peer.Thread{Latest: line.Thread.Latest, Own: line.Thread.Own}
			}
			if t.away != nil {
				line.Reactions = nil
			}
			all = append(all, line)
		}
		return all
	}
	out := peer.View{Room: blur(v.Room), Threads: map[string][]peer.Line{}}
	for root, lines := range v.Threads {
		out.Threads[root] = blur(lines)
	}
	return out
}

// forgets reports that where a device shows what was redacted is not to be
// compared. A redaction takes the relation too, so that an edit or a message of a
// thread that was redacted while one was away looks like any message (MSC3389
// would help); and matrix-js-sdk moves what is redacted, to anywhere.
func (t *talk) forgets(d *device) bool { return d.client == "js-sdk" || t.away == d }

// remaining is what is left of a view without what was redacted.
func remaining(v peer.View) peer.View {
	left := func(lines []peer.Line) []peer.Line {
		return slices.DeleteFunc(slices.Clone(lines), func(line peer.Line) bool { return line.Redacted })
	}
	out := peer.View{Room: left(v.Room), Threads: map[string][]peer.Line{}}
	for root, lines := range v.Threads {
		out.Threads[root] = left(lines)
	}
	return out
}

// differences says where two views differ.
func differences(got, want peer.View) (all string) {
	for _, root := range slices.Sorted(maps.Keys(merged(got, want))) {
		a, b := linesOf(got, root), linesOf(want, root)
		for i := range max(len(a), len(b)) {
			if x, y := at(a, i), at(b, i); x != y {
				all += fmt.Sprintf("\nin %q line %d is %s and not %s", root, i, x, y)
			}
		}
	}
	return all
}

func merged(views ...peer.View) map[string]bool {
	roots := map[string]bool{"": true}
	for _, v := range views {
		for root := range v.Threads {
			roots[root] = true
		}
	}
	return roots
}

func linesOf(v peer.View, root string) []peer.Line {
	if root == "" {
		return v.Room
	}
	return v.Threads[root]
}

func at(lines []peer.Line, i int) string {
	if i >= len(lines) {
		return "nothing"
	}
	raw, err := json.Marshal(lines[i])
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
