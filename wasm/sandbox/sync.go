package sandbox

import (
	"encoding/json"
	"time"
)

// syncing is one answer to /sync in the making.
type syncing struct {
	c     *call
	f     *filter
	since int64
	now   int64
	full  bool // full_state
	after bool // use_state_after (MSC4222)
	// unstable: asked for by the proposal's name of it, and so answered.
	unstable bool
	first    bool // no since token: all is new
	lens     lens
	answer   syncAnswer
}

// syncAnswer is the body of a sync; empty parts stay out of it, as in Synapse.
type syncAnswer struct {
	NextBatch   string         `json:"next_batch"`
	AccountData *eventList     `json:"account_data,omitempty"`
	Presence    *eventList     `json:"presence,omitempty"`
	ToDevice    *eventList     `json:"to_device,omitempty"`
	DeviceLists map[string]any `json:"device_lists,omitempty"`
	OneTime     map[string]int `json:"device_one_time_keys_count"`
	Fallback    []string       `json:"device_unused_fallback_key_types"`
	Rooms       *roomsAnswer   `json:"rooms,omitempty"`
}

type roomsAnswer struct {
	Join   map[string]any `json:"join,omitempty"`
	Invite map[string]any `json:"invite,omitempty"`
	Knock  map[string]any `json:"knock,omitempty"`
	Leave  map[string]any `json:"leave,omitempty"`
}

type eventList struct {
	Events []any `json:"events"`
}

func list(events []any) *eventList {
	if len(events) == 0 {
		return nil
	}
	return &eventList{events}
}

// plain is an event that is no room event: account data, presence, typing.
type plain struct {
	Type    string          `json:"type"`
	Sender  string          `json:"sender,omitempty"`
	Content json.RawMessage `json:"content"`
}

// syncOnce waits, for at most the timeout, until there is something new.
func syncOnce(c *call) (any, error) {
	y, wait, err := c.beginSync()
	if err != nil {
		return nil, err
	}
	deadline := c.s.opt.After(wait)
	for {
		c.s.stopTyping()
		c.s.fade()
		news := y.build()
		if news || y.first || y.full || wait == 0 {
			return y.answer, nil
		}
		over := c.s.pause(c, deadline)
		if c.s.world.tokens[c.device.Token] != c.device {
			return nil, c.login()
		}
		if over {
			wait = 0
		}
	}
}

func (c *call) beginSync() (*syncing, time.Duration, error) {
	f, err := c.filter()
	if err != nil {
		return nil, 0, err
	}
	since, err := c.position("since", 0)
	if err != nil {
		return nil, 0, err
	}
	ms, err := c.number("timeout", 0)
	if err != nil {
		return nil, 0, err
	}
	switch state := c.q.Get("set_presence"); state {
	case "", "online", "unavailable", "offline":
		c.s.seen(c.user, state)
	default:
		return nil, 0, errInvalid("set_presence must be one of 'offline', 'online', 'unavailable'")
	}
	y := &syncing{c: c, f: f, since: since, full: c.flag("full_state"), first: c.q.Get("since") == "",
		after: c.flag("use_state_after") || c.flag("org.matrix.msc4222.use_state_after"), lens: c.lens()}
	y.lens.inSync = true
	y.unstable = !c.flag("use_state_after")
	if y.first {
		c.device.members = nil
	}
	c.device.confirm(delivered(c.q.Get("since"), since))
	return y, time.Duration(ms) * time.Millisecond, nil
}

// pause gives the world back until something changed, someone's typing ran out
// or the deadline passed, which it reports.
func (s *Server) pause(c *call, deadline <-chan time.Time) bool {
	changed, typing := s.changed, s.typingStops()
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-changed:
	case <-typing:
	case <-deadline:
		return true
	case <-c.r.Context().Done():
		return true
	}
	return false
}

// build fills in the answer as of now and reports whether it tells anything.
func (y *syncing) build() bool {
	y.now = y.c.s.world.Pos
	y.answer = syncAnswer{NextBatch: token(y.now), OneTime: y.c.device.counts(), Fallback: y.c.device.spares()}
	y.answer.AccountData = list(y.accountData())
	y.answer.Presence = list(y.presence())
	y.answer.ToDevice = y.inbox()
	y.answer.DeviceLists = y.deviceLists()
	y.answer.Rooms = y.rooms()
	a := y.answer
	return a.AccountData != nil || a.Presence != nil || a.ToDevice != nil || a.DeviceLists != nil || a.Rooms != nil
}

func (y *syncing) accountData() []any {
	var out []any
	for _, kind := range sorted(y.c.user.AccountData) {
		d := y.c.user.AccountData[kind]
		if (d.Pos > y.since || y.full) && y.f.AccountData.takes(kind, "", "") {
			out = append(out, plain{Type: kind, Content: d.Content})
		}
	}
	return out
}

func (y *syncing) rooms() *roomsAnswer {
	r := &roomsAnswer{map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}}
	for _, id := range sorted(y.c.user.rooms) {
		if rm := y.c.user.rooms[id]; y.f.room(id) {
			y.room(r, rm)
		}
	}
	if len(r.Join)+len(r.Invite)+len(r.Knock)+len(r.Leave) == 0 {
		return nil
	}
	return r
}

func (y *syncing) room(r *roomsAnswer, rm *room) {
	me := rm.state("m.room.member", y.c.user.ID)
	fresh := me.Pos > y.since
	switch me.membership() {
	case "join":
		if room := y.joined(rm); room != nil {
			r.Join[rm.ID] = room
		}
	case "invite":
		if fresh || y.full {
			r.Invite[rm.ID] = map[string]any{"invite_state": map[string]any{"events": rm.preview(me)}}
		}
	case "knock":
		if fresh || y.full {
			r.Knock[rm.ID] = map[string]any{"knock_state": map[string]any{"events": rm.preview(me)}}
		}
	case "leave", "ban":
		if room := y.leftRoom(rm, me); room != nil {
			r.Leave[rm.ID] = room
		}
	}
}

// preview is the stripped state that an invited or knocking user gets: what
// describes the room, and the user's own membership (FEATURES 2-20).
func (rm *room) preview(me *event) []strippedEvent {
	out := []strippedEvent{}
	for _, kind := range []string{"m.room.create", "m.room.join_rules", "m.room.canonical_alias",
		"m.room.avatar", "m.room.encryption", "m.room.name", "m.room.topic"} {
		if e := rm.state(kind, ""); e != nil {
			out = append(out, strip(e))
		}
	}
	if by := rm.state("m.room.member", me.Sender); by != nil && by != me {
		out = append(out, strip(by))
	}
	return append(out, strip(me))
}
