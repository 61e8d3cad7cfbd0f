package sandbox

// deviceLists tells whose devices changed and who shares no room any more. The
// first sync has nothing to tell.
func (y *syncing) deviceLists() map[string]any {
	if y.first {
		return nil
	}
	me, mine := y.c.user.ID, &y.c.user.Keys
	suspects := map[string]bool{}
	for _, rm := range y.c.user.rooms {
		y.newcomers(rm, suspects)
	}
	changed, left := []string{}, []string{}
	for _, id := range sorted(y.c.s.world.Users) {
		u := y.c.s.world.Users[id]
		shares := id == me || u.shares(me)
		switch {
		case mine.Met[id] > y.since, id == me && mine.Own > y.since:
			changed = append(changed, id)
		case shares && (u.Keys.Pos > y.since || suspects[id] && id != me):
			changed = append(changed, id)
		case !shares && suspects[id]:
			left = append(left, id)
		}
	}
	if len(changed)+len(left) == 0 {
		return nil
	}
	return map[string]any{"changed": changed, "left": left}
}

// newcomers collects the users who came to or left a room of the user since,
// or all of the room if the user did.
func (y *syncing) newcomers(rm *room, found map[string]bool) {
	if rm.last() <= y.since {
		return
	}
	me := y.c.user.ID
	moved := (rm.membership(me) == "join") != (rm.membershipAt(me, y.since) == "join")
	for key := range rm.history {
		if key.kind != "m.room.member" {
			continue
		}
		was, is := rm.membershipAt(key.key, y.since) == "join", rm.membership(key.key) == "join"
		if moved && (was || is) || was != is && rm.membershipAt(me, y.since) == "join" {
			found[key.key] = true
		}
	}
}

func keyChanges(c *call) (any, error) {
	if c.q.Get("from") == "" {
		return nil, errMissing("from")
	}
	from, err := c.position("from", 0)
	if err != nil {
		return nil, err
	}
	y := &syncing{c: c, since: from}
	if lists := y.deviceLists(); lists != nil {
		return lists, nil
	}
	return map[string]any{"changed": []string{}, "left": []string{}}, nil
}
