package sandbox

// lazyMembers are the member events of those who speak in the timeline, of the
// heroes that the summary names and of the user, except those that the device has already (Lazy-loading room
// members). A change of membership in a gap is told to those who know the old.
func (y *syncing) lazyMembers(rm *room, lower, at int64, timeline []*event, heroes []string, fresh bool) []*event {
	wanted := map[string]bool{}
	if fresh {
		wanted[y.c.user.ID] = true
	}
	for _, e := range timeline {
		wanted[e.Sender] = true
	}
	for _, hero := range heroes {
		wanted[hero] = true
	}
	if !fresh {
		for _, e := range rm.stateBetween(lower, at) {
			if e.Type == "m.room.member" {
				wanted[*e.StateKey] = true
			}
		}
	}
	var out []*event
	for _, who := range sorted(wanted) {
		e := rm.stateAt("m.room.member", who, at)
		if e != nil && (y.f.Room.State.Redundant || e.Pos > lower || !y.c.device.knows(rm.ID, e)) {
			out = append(out, e)
		}
	}
	y.c.device.learn(rm.ID, append(out, timeline...))
	return out
}

func (d *device) knows(room string, e *event) bool { return d.members[room][*e.StateKey] == e.ID }

func (d *device) learn(room string, events []*event) {
	for _, e := range events {
		if e.Type != "m.room.member" || !e.isState() {
			continue
		}
		if d.members == nil {
			d.members = map[string]map[string]string{}
		}
		if d.members[room] == nil {
			d.members[room] = map[string]string{}
		}
		d.members[room][*e.StateKey] = e.ID
	}
}

// summary counts the members and names some, for rooms without a name.
func (rm *room) summary(me string) map[string]any {
	joined, invited := rm.members("join"), rm.members("invite")
	out := map[string]any{"m.joined_member_count": len(joined), "m.invited_member_count": len(invited)}
	if rm.stringField("m.room.name", "name") != "" || rm.stringField("m.room.canonical_alias", "alias") != "" {
		return out
	}
	heroes := keys(append(joined, invited...), me)
	if len(heroes) == 0 {
		heroes = keys(append(rm.members("leave"), rm.members("ban")...), me)
	}
	out["m.heroes"] = heroes
	return out
}

// keys names the first five users of member events who are not me.
func keys(members []*event, me string) []string {
	sortByPos(members)
	out := []string{}
	for _, e := range members {
		if *e.StateKey != me && len(out) < 5 {
			out = append(out, *e.StateKey)
		}
	}
	return out
}
