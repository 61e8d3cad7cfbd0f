package relation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
)

// world is everything that is true of a room in the end, and the oracle: what it
// answers it finds by looking at all events each time.
type world struct {
	events   []Event // in the order of the timeline
	redacted map[event.EventID]bool
	ignored  map[event.UserID]bool
	bundles  map[event.EventID]Bundle
	powerful event.UserID
}

const me event.UserID = "@me:x"

func (w *world) at(id event.EventID) int {
	return slices.IndexFunc(w.events, func(e Event) bool { return e.ID == id })
}

func (w *world) get(id event.EventID) (Event, bool) {
	if i := w.at(id); i >= 0 {
		return w.events[i], true
	}
	return Event{}, false
}

func (w *world) isRedacted(e Event) bool { return w.redacted[e.ID] || e.Redacted }

// about returns what has effect on a target, in the order of who wins, last.
func (w *world) about(target event.EventID, relation string) (all []Event) {
	for _, e := range w.events {
		if e.Relation.Type == relation && e.Relation.ID == target && !e.State && !w.isRedacted(e) && !w.ignored[e.Sender] {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.Pending, b.Pending), cmp.Compare(a.TS, b.TS), strings.Compare(string(a.ID), string(b.ID)))
	})
	return all
}

func (w *world) edit(id event.EventID) (won Event, found bool) {
	o, ok := w.get(id)
	if !ok || o.State || w.isRedacted(o) || w.ignored[o.Sender] || o.Relation.Type == "m.replace" {
		return won, false
	}
	votes := w.about(id, "m.reference")
	for _, e := range w.about(id, "m.replace") {
		valid := e.Sender == o.Sender && e.Type == o.Type && o.Type != "m.room.encrypted"
		valid = valid && strings.HasPrefix(string(e.Content.Get("m.new_content")), "{")
		valid = valid && !(o.Sealed && !e.Sealed && e.Pending == 0)
		if strings.Contains(o.Type, "poll.start") {
			for _, v := range votes {
				if strings.Contains(v.Type, "poll.response") && earlier(v, e) {
					valid = false
				}
			}
		}
		if valid {
			won, found = e, true
		}
	}
	return won, found
}

func earlier(a, b Event) bool {
	if (a.Pending > 0) != (b.Pending > 0) {
		return b.Pending > 0
	}
	if a.Pending != b.Pending {
		return a.Pending < b.Pending
	}
	if a.TS != b.TS {
		return a.TS < b.TS
	}
	return a.ID < b.ID
}

func (w *world) reactions(id event.EventID) string {
	target, ok := w.get(id)
	if !ok || w.isRedacted(target) || w.ignored[target.Sender] || target.Relation.Type == "m.annotation" || target.Relation.Type == "m.replace" {
		return ""
	}
	var lines []string
	said := map[string]int{}
	var seen []string
	for _, e := range w.about(id, "m.annotation") { // earliest first
		who := e.Relation.Key + "\x00" + string(e.Sender)
		if e.Type != "m.reaction" || e.Relation.Key == "" || slices.Contains(seen, who) {
			continue
		}
		seen = append(seen, who)
		at, known := said[e.Relation.Key]
		if !known {
			at = len(lines)
			said[e.Relation.Key], lines = at, append(lines, e.Relation.Key+":")
		}
		lines[at] += string(e.ID) + ","
	}
	return strings.Join(lines, " ")
}

func (w *world) isRoot(id event.EventID) bool {
	root, ok := w.get(id)
	return !ok || root.Relation.Type == ""
}

func (w *world) threadOf(id event.EventID) event.EventID {
	for range 4 {
		e, ok := w.get(id)
		if !ok {
			return ""
		}
		if e.Relation.Type == "m.thread" {
			if w.isRoot(e.Relation.ID) {
				return e.Relation.ID
			}
			return ""
		}
		id = e.Relation.ID
	}
	return ""
}

func (w *world) thread(root event.EventID) string {
	if !w.isRoot(root) {
		return "none"
	}
	b := w.bundles[root]
	count, known, participated, latest := b.Count, 0, b.Participated, event.EventID("")
	if e, ok := w.get(root); ok && e.Sender == me {
		participated = true
	}
	for i, e := range w.events {
		if e.Relation.Type != "m.thread" || e.Relation.ID != root {
			continue
		}
		counted := false // by the server
		if b.Count > 0 && e.Pending == 0 {
			j := w.at(b.Latest)
			if j >= 0 && w.events[j].Relation.Type == "m.thread" && w.events[j].Relation.ID == root {
				counted = i <= j
			} else {
				counted = e.TS <= b.LatestTS
			}
		}
		if e.State || w.isRedacted(e) || w.ignored[e.Sender] {
			if counted {
				count--
			}
			continue
		}
		if !counted {
			count++
		}
		known++
		participated = participated || e.Sender == me
		latest = e.ID
	}
	return fmt.Sprint(max(count, known), participated, latest)
}

func (w *world) poll(id event.EventID) string {
	start, ok := w.get(id)
	if !ok || start.State || w.isRedacted(start) || w.ignored[start.Sender] || start.Type != "m.poll.start" {
		return ""
	}
	question := start.Content.Path("m.poll", "question", "body").Text()
	if e, found := w.edit(id); found {
		question = e.Content.Path("m.new_content", "m.poll", "question", "body").Text()
	}
	if question == "" {
		return ""
	}
	refs := w.about(id, "m.reference")
	end := slices.IndexFunc(refs, func(e Event) bool {
		return e.Type == "m.poll.end" && (e.Sender == start.Sender || e.Sender == w.powerful)
	})
	votes, voters, own := map[string]int{}, 0, event.EventID("")
	last := map[event.UserID]Event{}
	for i, e := range refs {
		if e.Type == "m.poll.response" && (end < 0 || i < end) {
			last[e.Sender] = e
		}
	}
	for user, e := range last {
		var chosen []string
		spoilt := false
		for item := range e.Content.Get("m.selections").Items() {
			if len(chosen) < 2 { // as the poll says
				chosen = append(chosen, item.Text())
				spoilt = spoilt || item.Text() != "a" && item.Text() != "b" && item.Text() != "c"
			}
		}
		if spoilt {
			continue
		}
		if user == me {
			own = e.ID
		}
		if len(chosen) > 0 {
			voters++
		}
		slices.Sort(chosen)
		for _, c := range slices.Compact(chosen) {
			votes[c]++
		}
	}
	ended := event.EventID("")
	if end >= 0 {
		ended = refs[end].ID
	}
	return fmt.Sprint(question, votes["a"], votes["b"], votes["c"], voters, ended, own)
}

// answers are all answers about an event.
func (w *world) answers(id event.EventID) string {
	e, _ := w.edit(id)
	return fmt.Sprintf("%s|%s|%s|%s|%s", e.ID, w.reactions(id), w.threadOf(id), w.thread(id), w.poll(id))
}

// answersOf are the same of a set.
func answersOf(s *Set, id event.EventID) string {
	edit, thread, poll := event.EventID(""), "none", ""
	if e := s.Edit(id); e != nil {
		edit = e.ID
	}
	var reactions []string
	for _, r := range s.Reactions(id) {
		line := r.Key + ":"
		for _, e := range r.By {
			line += string(e.ID) + ","
		}
		reactions = append(reactions, line)
	}
	if s.mayBeRoot(id) {
		t := s.Thread(id)
		thread = fmt.Sprint(t.Count, t.Participated, t.Latest)
	}
	if p := s.Poll(id); p != nil {
		poll = fmt.Sprint(p.Question, p.Answers[0].Votes, p.Answers[1].Votes, p.Answers[2].Votes, p.Voters, p.End, p.Vote)
	}
	return fmt.Sprintf("%s|%s|%s|%s|%s", edit, strings.Join(reactions, " "), s.ThreadOf(id), thread, poll)
}
