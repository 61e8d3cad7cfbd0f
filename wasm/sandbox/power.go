package sandbox

import (
	"encoding/json"
	"math"
	"slices"
)

// powers are the power levels of a room with their defaults filled in.
type powers struct {
	users, events, notifications                                         map[string]int64
	usersDefault, eventsDefault, stateDefault, ban, kick, redact, invite int64
	creators                                                             []string // of version 12: above every level
}

// rule names one number of m.room.power_levels.
type rule struct {
	name      string
	at        *int64
	otherwise int64
}

func (p *powers) rules() []rule {
	return []rule{
		{"users_default", &p.usersDefault, 0}, {"events_default", &p.eventsDefault, 0},
		{"state_default", &p.stateDefault, 50}, {"ban", &p.ban, 50}, {"kick", &p.kick, 50},
		{"redact", &p.redact, 50}, {"invite", &p.invite, 0},
	}
}

func (rm *room) powers() *powers {
	p := &powers{}
	if has(rm.Version, immortalCreators) {
		p.creators = rm.creators()
	}
	e := rm.state("m.room.power_levels", "")
	if e == nil {
		p.read(nil)
		if p.creators == nil {
			p.users = map[string]int64{rm.create().Sender: 100}
		}
		return p
	}
	p.read(e.Content)
	return p
}

func (p *powers) read(content json.RawMessage) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(content, &fields)
	for _, r := range p.rules() {
		if *r.at = r.otherwise; json.Unmarshal(fields[r.name], r.at) != nil {
			*r.at = r.otherwise
		}
	}
	_ = json.Unmarshal(fields["users"], &p.users)
	_ = json.Unmarshal(fields["events"], &p.events)
	_ = json.Unmarshal(fields["notifications"], &p.notifications)
}

// levelsAreNumbers checks the types of new power levels.
func levelsAreNumbers(content json.RawMessage) bool {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(content, &fields)
	for _, r := range (&powers{}).rules() {
		if fields[r.name] != nil && json.Unmarshal(fields[r.name], new(int64)) != nil {
			return false
		}
	}
	for _, name := range []string{"users", "events", "notifications"} {
		if fields[name] != nil && json.Unmarshal(fields[name], &map[string]int64{}) != nil {
			return false
		}
	}
	return true
}

// creators are the users whose power has no bound in version 12.
func (rm *room) creators() []string {
	e := rm.create()
	var content struct {
		More []string `json:"additional_creators"`
	}
	_ = json.Unmarshal(e.Content, &content)
	return append([]string{e.Sender}, content.More...)
}

func (p *powers) of(user string) int64 {
	if slices.Contains(p.creators, user) {
		return math.MaxInt64
	}
	if level, ok := p.users[user]; ok {
		return level
	}
	return p.usersDefault
}

func (p *powers) need(kind string, state bool) int64 {
	if level, ok := p.events[kind]; ok {
		return level
	}
	if state {
		return p.stateDefault
	}
	return p.eventsDefault
}

// mayChange checks new power levels against the sender's own: none may be
// raised above it, and none above or at it may be taken from another.
func (p *powers) mayChange(sender string, content json.RawMessage) error {
	next := &powers{}
	next.read(content)
	own := p.of(sender)
	old, now := p.rules(), next.rules()
	for i := range old {
		if a, b := *old[i].at, *now[i].at; a != b && (a > own || b > own) {
			return errForbidden("You don't have permission to change " + old[i].name)
		}
	}
	for _, c := range []struct{ old, now map[string]int64 }{{p.events, next.events}, {p.notifications, next.notifications}} {
		if err := changed(c.old, c.now, own, func(string) bool { return false }); err != nil {
			return err
		}
	}
	for _, creator := range p.creators {
		if _, listed := next.users[creator]; listed {
			return errUnknown("Creator user " + creator + " must not appear in content.users")
		}
	}
	return changed(p.users, next.users, own, func(user string) bool { return user != sender })
}

// changed compares two maps of levels. strict says for which keys even a level
// equal to the sender's own may not be changed.
func changed(old, now map[string]int64, own int64, strict func(string) bool) error {
	for _, key := range append(sorted(old), sorted(now)...) {
		a, had := old[key]
		b, has := now[key]
		if had == has && a == b {
			continue
		}
		if had && (a > own || a == own && strict(key)) || has && b > own {
			return errForbidden("You don't have permission to change the level of " + key)
		}
	}
	return nil
}
