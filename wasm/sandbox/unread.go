package sandbox

import (
	"encoding/json"
	"slices"
)

// counts are unread notifications.
type counts struct {
	Notify    int `json:"notification_count"`
	Highlight int `json:"highlight_count"`
}

func (y *syncing) unread(rm *room, out *joinedRoom) {
	byThread := rm.unread(y.c.s, y.c.user)
	out.Unread = &counts{}
	for thread, n := range byThread {
		if y.f.Room.Timeline.Threads && thread != mainThread {
			if out.Threads == nil {
				out.Threads = map[string]*counts{}
			}
			out.Threads[thread] = n
			continue
		}
		out.Unread.Notify += n.Notify
		out.Unread.Highlight += n.Highlight
	}
}

// unread counts what a user has not read, a thread. It applies the default push
// rules that matter to counts, and a room rule that mutes.
func (rm *room) unread(s *Server, u *user) map[string]*counts {
	out := map[string]*counts{}
	read := rm.read(u.ID)
	from, ok := read[""]
	if !ok { // who read nothing has all since the last word on the membership unread
		from = rm.state("m.room.member", u.ID).Pos
	}
	mode, levels := u.roomRule(rm.ID), rm.powers()
	for _, e := range rm.Events[rm.after(from):] {
		if e.Sender == u.ID {
			continue
		}
		notify, highlight := alerts(u, levels, e)
		if mode == "dont_notify" && !highlight || !notify {
			continue
		}
		thread := rm.thread(e)
		if e.Pos <= read[thread] {
			continue
		}
		if out[thread] == nil {
			out[thread] = &counts{}
		}
		out[thread].Notify++
		if highlight {
			out[thread].Highlight++
		}
	}
	return out
}

// read returns how far a user read, a thread; "" stands for all threads.
func (rm *room) read(user string) map[string]int64 {
	out := map[string]int64{}
	for _, r := range rm.Receipts[user] {
		if e := rm.byID[r.Event]; e != nil {
			out[r.Thread] = max(out[r.Thread], e.Pos)
		}
	}
	return out
}

// alerts says whether an event notifies a user, and whether it is a highlight.
func alerts(u *user, levels *powers, e *event) (notify, highlight bool) {
	if e.RedactedBy != "" || e.relation.Kind == "m.replace" {
		return false, false
	}
	if e.isState() {
		return false, e.Type == "m.room.tombstone"
	}
	var content struct {
		Kind     string `json:"msgtype"`
		Mentions struct {
			Users []string `json:"user_ids"`
			Room  bool     `json:"room"`
		} `json:"m.mentions"`
	}
	_ = json.Unmarshal(e.Content, &content)
	if slices.Contains(content.Mentions.Users, u.ID) {
		return true, true
	}
	if content.Mentions.Room && levels.of(e.Sender) >= levels.notify("room") {
		return true, true
	}
	if e.Type == "m.room.message" {
		return content.Kind != "m.notice", false
	}
	return e.Type == "m.room.encrypted", false
}

func (p *powers) notify(name string) int64 {
	if level, ok := p.notifications[name]; ok {
		return level
	}
	return 50
}

// thread returns the root of the thread an event is in, following at most three
// relations (FEATURES A, threads).
func (rm *room) thread(e *event) string {
	for range 4 {
		if e == nil {
			break
		}
		if e.relation.Kind == "m.thread" {
			return e.relation.Event
		}
		e = rm.byID[e.relation.Event]
	}
	return mainThread
}
