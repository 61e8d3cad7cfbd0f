package sandbox

import "slices"

// joinedRoom is one room in a sync, joined or left.
type joinedRoom struct {
	Timeline    timelineAnswer     `json:"timeline"`
	State       *clientEvents      `json:"state,omitempty"`
	StateAfter  *clientEvents      `json:"state_after,omitempty"`
	Unstable    *clientEvents      `json:"org.matrix.msc4222.state_after,omitempty"`
	AccountData eventList          `json:"account_data"`
	Ephemeral   *eventList         `json:"ephemeral,omitempty"`
	Unread      *counts            `json:"unread_notifications,omitempty"`
	Threads     map[string]*counts `json:"unread_thread_notifications,omitempty"`
	Summary     any                `json:"summary,omitempty"` // left rooms have none
}

type timelineAnswer struct {
	Events    []clientEvent `json:"events"`
	Limited   bool          `json:"limited"`
	PrevBatch string        `json:"prev_batch"`
}

type clientEvents struct {
	Events []clientEvent `json:"events"`
}

// joined returns what is new in a joined room, or nil.
func (y *syncing) joined(rm *room) *joinedRoom {
	lower := y.since
	fresh := y.first || rm.wasAway(y.c.user.ID, y.since)
	if fresh {
		lower = 0
	}
	ephemeral := y.ephemeral(rm, fresh)
	data := y.roomData(rm, lower)
	if !fresh && !y.full && rm.last() <= y.since && len(ephemeral)+len(data) == 0 {
		return nil
	}
	var summary map[string]any
	if y.f.Room.State.Lazy && (fresh || y.full || rm.membersChanged(y.since)) {
		summary = rm.summary(y.c.user.ID)
	}
	room := y.window(rm, lower, y.now, fresh, summary)
	if summary == nil {
		summary = map[string]any{}
	}
	room.Summary, room.AccountData = summary, eventList{data}
	room.Ephemeral = &eventList{ephemeral}
	y.unread(rm, room)
	if !fresh && !y.full && len(room.Timeline.Events)+room.states()+len(ephemeral)+len(data) == 0 && rm.last() > y.since && !room.Timeline.Limited && len(summary) == 0 {
		return nil
	}
	return room
}

func (r *joinedRoom) states() int {
	n := 0
	for _, list := range []*clientEvents{r.State, r.StateAfter, r.Unstable} {
		if list != nil {
			n += len(list.Events)
		}
	}
	return n
}

// leftRoom returns a room up to where the user left it, or nil.
func (y *syncing) leftRoom(rm *room, me *event) *joinedRoom {
	if rm.Forgotten[y.c.user.ID] || y.first && !y.f.Room.IncludeLeave || !y.first && me.Pos <= y.since && !y.full {
		return nil
	}
	if me.Pos <= y.since {
		return nil
	}
	lower := y.since
	if y.first {
		lower = 0
	}
	room := y.window(rm, lower, me.Pos, false, nil)
	room.AccountData = eventList{y.roomData(rm, lower)}
	return room
}

// wasAway reports whether the user was not in the room at some time since.
func (rm *room) wasAway(user string, since int64) bool {
	if rm.membershipAt(user, since) != "join" {
		return true
	}
	for _, e := range rm.history[stateKey{"m.room.member", user}] {
		if e.Pos > since && e.membership() != "join" {
			return true
		}
	}
	return false
}

func (rm *room) membersChanged(since int64) bool {
	for _, e := range rm.Events[rm.after(since):] {
		if e.Type == "m.room.member" && e.isState() {
			return true
		}
	}
	return false
}

// window cuts timeline and state out of a room between two positions.
func (y *syncing) window(rm *room, lower, upper int64, fresh bool, summary map[string]any) *joinedRoom {
	events, limited := y.timeline(rm, lower, upper)
	start := upper
	if len(events) > 0 {
		start = events[0].Pos - 1
	}
	at, low := start, lower
	if y.after {
		at = upper
	}
	if y.full {
		low = 0
	}
	heroes, _ := summary["m.heroes"].([]string)
	stateLens := y.lens
	stateLens.state = true
	state := &clientEvents{stateLens.events(rm, y.state(rm, low, at, events, heroes, fresh))}
	// Who just came has a gap behind: what happened before.
	limited = limited || fresh && !y.first
	room := &joinedRoom{Timeline: timelineAnswer{y.lens.events(rm, events), limited, token(start)}}
	switch {
	case !y.after:
		room.State = state
	case y.unstable:
		room.Unstable = state
	default:
		room.StateAfter = state
	}
	return room
}

// timeline returns the newest events between two positions that the user sees,
// as many as the filter wants, and whether there are more.
func (y *syncing) timeline(rm *room, lower, upper int64) ([]*event, bool) {
	f := &y.f.Room.Timeline
	most := f.limit(10, y.c.s.opt.MaxTimeline)
	var newest []*event
	limited := false
	for i := rm.after(upper) - 1; i >= 0 && rm.Events[i].Pos > lower; i-- {
		e := rm.Events[i]
		if !rm.visible(y.c.user.ID, e) || !f.event(rm, e) {
			continue
		}
		if len(newest) == most {
			limited = true
			break
		}
		newest = append(newest, e)
	}
	reverse(newest)
	return newest, limited
}

func reverse(events []*event) {
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
		events[i], events[j] = events[j], events[i]
	}
}

// state is the difference of the state between two positions, less the members
// that lazy loading leaves out.
func (y *syncing) state(rm *room, lower, at int64, timeline []*event, heroes []string, fresh bool) []*event {
	f := &y.f.Room.State
	var out []*event
	for _, e := range y.told(rm, lower, at, timeline) {
		if f.event(rm, e) && !(f.Lazy && e.Type == "m.room.member") {
			out = append(out, e)
		}
	}
	if f.Lazy {
		out = append(out, y.lazyMembers(rm, lower, at, timeline, heroes, fresh)...)
		sortByPos(out)
	}
	return out
}

// told is the difference of the state between two positions. Without
// use_state_after, a client takes later state from the timeline; what the
// timeline's filter left out of it must then be told too.
func (y *syncing) told(rm *room, lower, at int64, timeline []*event) []*event {
	out := rm.stateBetween(lower, at)
	if y.after || len(timeline) == 0 {
		return out
	}
	for _, e := range rm.stateBetween(at, y.now) {
		if slices.Contains(timeline, e) || e.Pos > timeline[len(timeline)-1].Pos && rm.membership(y.c.user.ID) != "join" {
			continue
		}
		out = slices.DeleteFunc(out, func(old *event) bool { return old.Type == e.Type && *old.StateKey == *e.StateKey })
		out = append(out, e)
	}
	return out
}

func (y *syncing) roomData(rm *room, lower int64) []any {
	out := []any{}
	data := y.c.user.RoomData[rm.ID]
	for _, kind := range sorted(data) {
		if d := data[kind]; (d.Pos > lower || y.full) && y.f.Room.AccountData.takes(kind, "", rm.ID) {
			out = append(out, plain{Type: kind, Content: d.Content})
		}
	}
	return out
}

// ephemeral is who types and who read what.
func (y *syncing) ephemeral(rm *room, fresh bool) []any {
	since := y.since
	if fresh {
		since = 0
	}
	out := []any{}
	if f := &y.f.Room.Ephemeral; f.takes("m.typing", "", rm.ID) {
		if rm.typingPos > since && (!fresh || len(rm.typing) > 0) {
			out = append(out, plain{Type: "m.typing", Content: must(map[string]any{"user_ids": sorted(rm.typing)})})
		}
	}
	if f := &y.f.Room.Ephemeral; f.takes("m.receipt", "", rm.ID) && rm.receipts > since {
		if content := rm.receiptsSince(since, y.c.user.ID); content != nil {
			out = append(out, plain{Type: "m.receipt", Content: content})
		}
	}
	return out
}
