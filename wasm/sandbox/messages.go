package sandbox

func timelineRoutes(t *routes) {
	t.add("GET", v3+"sync", syncOnce)
	t.add("POST", v3+"user/{user}/filter", addFilter)
	t.add("GET", v3+"user/{user}/filter/{filter}", getFilter)
	t.add("GET", v3+"rooms/{room}/messages", messages)
	t.add("GET", v3+"rooms/{room}/context/{event}", around)
	t.add("GET", v3+"rooms/{room}/event/{event}", oneEvent)
	t.add("GET", v1+"rooms/{room}/timestamp_to_event", eventAt)
	t.add("GET", v1+"rooms/{room}/relations/{event}", relations)
	t.add("GET", v1+"rooms/{room}/relations/{event}/{rel}", relations)
	t.add("GET", v1+"rooms/{room}/relations/{event}/{rel}/{type}", relations)
	t.add("GET", v1+"rooms/{room}/threads", threads)
	t.add("POST", v3+"rooms/{room}/receipt/{kind}/{event}", putReceipt)
	t.add("POST", v3+"rooms/{room}/read_markers", readMarkers)
	t.add("PUT", v3+"rooms/{room}/typing/{user}", setTyping)
	t.add("POST", v3+"search", search)
}

// page is one stretch of a room's events.
type page struct {
	events []*event
	next   int64 // where the next page starts
	more   bool
}

// page collects visible events from a position, which lies between two events,
// in one direction, until the limit or the position to.
func (c *call) page(rm *room, back bool, from, to int64, limit int, f *eventFilter) page {
	p := page{next: from}
	take := func(e *event, next int64) bool {
		if !rm.visible(c.user.ID, e) || !f.event(rm, e) {
			return true
		}
		if len(p.events) == limit {
			p.more = true
			return false
		}
		p.events, p.next = append(p.events, e), next
		return true
	}
	if back {
		for i := rm.after(from) - 1; i >= 0 && rm.Events[i].Pos > to && take(rm.Events[i], rm.Events[i].Pos-1); i-- {
		}
		return p
	}
	for i := rm.after(from); i < len(rm.Events) && rm.Events[i].Pos <= to && take(rm.Events[i], rm.Events[i].Pos); i++ {
	}
	return p
}

func messages(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	f, err := c.eventFilter()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 10)
	if err != nil {
		return nil, err
	}
	back, from, to, err := c.stretch(at)
	if err != nil {
		return nil, err
	}
	p := c.page(at.room, back, from, to, min(max(limit, 1), c.s.opt.MaxTimeline), f)
	out := map[string]any{"chunk": c.lens().events(at.room, p.events), "start": token(from)}
	if len(p.events) > 0 { // that there is no more shows in an empty page
		out["end"] = token(p.next)
	}
	if state := c.speakers(at.room, p.events, f); len(state) > 0 {
		out["state"] = state
	}
	return out, nil
}

// stretch reads direction and bounds of a page.
func (c *call) stretch(at seat) (back bool, from, to int64, err error) {
	switch c.q.Get("dir") {
	case "b":
		back, from, to = true, at.pos, 0
	case "f":
		from, to = 0, at.pos
	case "":
		return false, 0, 0, errMissing("dir")
	default:
		return false, 0, 0, errInvalid("Query parameter 'dir' must be one of 'b', 'f'")
	}
	if from, err = c.position("from", from); err != nil {
		return
	}
	to, err = c.position("to", to)
	if back {
		from = min(from, at.pos)
	} else {
		to = min(to, at.pos)
	}
	return
}

// speakers are the member events of a page's senders, if the filter asks for
// lazy loading.
func (c *call) speakers(rm *room, events []*event, f *eventFilter) []clientEvent {
	if !f.Lazy {
		return nil
	}
	found := map[string]*event{}
	for _, e := range events {
		if m := rm.stateAt("m.room.member", e.Sender, e.Pos); m != nil && found[e.Sender] == nil {
			found[e.Sender] = m
		}
	}
	var out []clientEvent
	for _, who := range sorted(found) {
		out = append(out, c.lens().event(rm, found[who]))
	}
	return out
}

// target returns the event of the path if the user may see it.
func (c *call) target() (seat, *event, error) {
	at, err := c.seat()
	if err != nil {
		return at, nil, err
	}
	if e := at.room.byID[c.vars["event"]]; e != nil && at.room.visible(c.user.ID, e) {
		return at, e, nil
	}
	return at, nil, errNotFound("Event not found.")
}

func oneEvent(c *call) (any, error) {
	at, e, err := c.target()
	if err != nil {
		return nil, err
	}
	return c.lens().event(at.room, e), nil
}

func around(c *call) (any, error) {
	at, e, err := c.target()
	if err != nil {
		return nil, err
	}
	f, err := c.eventFilter()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 10)
	if err != nil {
		return nil, err
	}
	half := min(limit, c.s.opt.MaxTimeline) / 2
	before := c.page(at.room, true, e.Pos-1, 0, half, f)
	after := c.page(at.room, false, e.Pos, at.pos, limit-half, f)
	all := append(append([]*event{e}, before.events...), after.events...)
	end := e.Pos
	if n := len(after.events); n > 0 {
		end = after.events[n-1].Pos
	}
	l := c.lens()
	state := at.room.stateBetween(0, end)
	if f.Lazy {
		state = withoutMembers(state)
	}
	return map[string]any{
		"event": l.event(at.room, e), "start": token(before.next), "end": token(after.next),
		"events_before": l.events(at.room, before.events), "events_after": l.events(at.room, after.events),
		"state": append(l.events(at.room, state), c.speakers(at.room, all, f)...),
	}, nil
}

func withoutMembers(state []*event) []*event {
	var out []*event
	for _, e := range state {
		if e.Type != "m.room.member" {
			out = append(out, e)
		}
	}
	return out
}

// eventAt finds the event nearest to a time.
func eventAt(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	ts, err := c.number("ts", 0)
	if err != nil {
		return nil, err
	}
	back := c.q.Get("dir") == "b"
	p := c.page(at.room, back, map[bool]int64{true: at.pos}[back], map[bool]int64{false: at.pos}[back], len(at.room.Events), &eventFilter{})
	for _, e := range p.events {
		if back && e.TS <= int64(ts) || !back && e.TS >= int64(ts) {
			return map[string]any{"event_id": e.ID, "origin_server_ts": e.TS}, nil
		}
	}
	return nil, errNotFound("Unable to find event from " + c.q.Get("ts"))
}
