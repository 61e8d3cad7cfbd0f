package relation

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Polls are MSC3381, which clients send under its unstable names; the stable ones
// are read as well.
func isPollStart(kind string) bool {
	return kind == "org.matrix.msc3381.poll.start" || kind == "m.poll.start"
}

func isPollResponse(kind string) bool {
	return kind == "org.matrix.msc3381.poll.response" || kind == "m.poll.response"
}

func isPollEnd(kind string) bool {
	return kind == "org.matrix.msc3381.poll.end" || kind == "m.poll.end"
}

// IsVote reports whether a type is of events that have a meaning in a poll alone.
func IsVote(kind string) bool { return isPollResponse(kind) || isPollEnd(kind) }

const (
	maxAnswers = 20
	// maxText is how much of a question or an answer is shown, in bytes.
	maxText = 2000
)

// Answer is one of a poll's, with how many chose it.
type Answer struct {
	ID, Text string
	Votes    int
	Own      bool
}

// Poll is a poll with what was answered so far.
type Poll struct {
	Question      string
	Undisclosed   bool
	MaxSelections int
	Answers       []Answer
	// Voters counts users with a valid answer.
	Voters int
	// End is the event that ended it, or "".
	End event.EventID
	// Vote is the user's own answer that counts, or "".
	Vote event.EventID
}

// Poll returns the poll that an event starts, as it was edited, or nil.
func (s *Set) Poll(id event.EventID) *Poll {
	start := s.events[id]
	if start == nil || !s.counts(start) || !isPollStart(start.Type) {
		return nil
	}
	content := start.Content
	if e := s.Edit(id); e != nil {
		content = e.NewContent()
	}
	p := readPoll(content)
	if p == nil {
		return nil
	}
	end := s.pollEnd(start)
	if end != nil {
		p.End = end.ID
	}
	last := map[event.UserID]*Event{}
	for e := range s.children(id, event.Reference) {
		if !isPollResponse(e.Type) || end != nil && compare(e, end) > 0 {
			continue
		}
		if known := last[e.Sender]; known == nil || compare(known, e) < 0 {
			last[e.Sender] = e
		}
	}
	for user, e := range last {
		p.count(e, user == s.room.Me)
	}
	return p
}

// pollEnd returns the first event that ends a poll: its sender's, or one of somebody
// who may redact it.
func (s *Set) pollEnd(start *Event) (first *Event) {
	for e := range s.children(start.ID, event.Reference) {
		if isPollEnd(e.Type) && (e.Sender == start.Sender || s.room.MayRedact(e.Sender)) && (first == nil || compare(e, first) < 0) {
			first = e
		}
	}
	return first
}

// count counts a vote, unless one of what it chooses is no answer: that spoils it.
func (p *Poll) count(vote *Event, own bool) {
	var chosen []int
	for _, id := range readVote(vote.Content, p.MaxSelections) {
		at := p.answer(id)
		if at < 0 {
			return
		}
		chosen = append(chosen, at)
	}
	if own {
		p.Vote = vote.ID
	}
	counted := map[int]bool{}
	for _, at := range chosen {
		if !counted[at] {
			counted[at] = true
			p.Answers[at].Votes++
			p.Answers[at].Own = p.Answers[at].Own || own
		}
	}
	if len(chosen) > 0 {
		p.Voters++
	}
}

func (p *Poll) answer(id string) int {
	for i := range p.Answers {
		if p.Answers[i].ID == id {
			return i
		}
	}
	return -1
}

func readPoll(content scan.Value) *Poll {
	body := first(content, "org.matrix.msc3381.poll.start", "m.poll")
	p := &Poll{Question: text(body.Get("question")), MaxSelections: 1}
	kind := body.Get("kind").Text()
	p.Undisclosed = kind != "org.matrix.msc3381.poll.disclosed" && kind != "m.disclosed"
	for item := range body.Get("answers").Items() {
		a := Answer{ID: first(item, "id", "m.id").Text(), Text: text(item)}
		if len(p.Answers) < maxAnswers && p.answer(a.ID) < 0 {
			p.Answers = append(p.Answers, a)
		}
	}
	if n := body.Get("max_selections").Int(); n > 1 {
		p.MaxSelections = int(min(n, maxAnswers))
	}
	if p.Question == "" || len(p.Answers) == 0 {
		return nil
	}
	return p
}

// readVote returns what a vote chooses, of which no more counts than may be chosen.
func readVote(content scan.Value, most int) (ids []string) {
	list := content.Get("m.selections")
	if !list.Exists() {
		list = content.Path("org.matrix.msc3381.poll.response", "answers")
	}
	for item := range list.Items() {
		if len(ids) == most {
			break
		}
		ids = append(ids, item.Text())
	}
	return ids
}

// text reads extensible text (MSC1767): a string, or representations of which the
// first in plain counts.
func text(v scan.Value) string {
	t := first(v, "org.matrix.msc1767.text", "m.text")
	for part := range t.Items() {
		if mime, ok := part.Get("mimetype").AsText(); !ok || mime == "text/plain" {
			t = part.Get("body")
			break
		}
	}
	s, ok := t.AsText()
	if !ok {
		s = v.Get("body").Text()
	}
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}

func first(v scan.Value, names ...string) (found scan.Value) {
	for _, name := range names {
		if found = v.Get(name); found.Exists() {
			break
		}
	}
	return found
}
