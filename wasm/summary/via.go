package summary

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const (
	// viaInLink is how many servers a link names (spec: appendices, routing).
	viaInLink = 3
	// trusted is the least level of a user whose server comes first.
	trusted = 50
	// maxTried bounds the work that a hostile ACL makes.
	maxTried = 50
)

// vantage is a server that sees a room.
type vantage struct {
	name   string
	joined int
	// power is the highest level of its members.
	power int64
}

// Via picks the servers that a link to a room names, best first: that of the
// member with the most power, if they have any, then those with the most members;
// for a room of which no member is known, that of its creator. None is an IP
// address or barred from the room. acl is its m.room.server_acl event, create its
// m.room.create event, members the content of its m.room.member events by user.
func Via(power Power, create, acl scan.Value, members map[event.UserID]scan.Value) []string {
	seen := vantages(power, members)
	if len(seen) == 0 {
		if server := event.UserID(create.Get("sender").Text()).Server(); linkable(server) {
			seen = []vantage{{name: server}}
		}
	}
	permitted, picked := NewGate(acl), []string{}
	order.Sort(seen, byPower)
	picked = pick(picked, seen, 1, func(v *vantage) bool { return v.power >= trusted && permitted.Permits(v.name) })
	order.Sort(seen, byMembers)
	return pick(picked, seen, viaInLink, func(v *vantage) bool { return !slices.Contains(picked, v.name) && permitted.Permits(v.name) })
}

func vantages(power Power, members map[event.UserID]scan.Value) []vantage {
	at := map[string]int{}
	var all []vantage
	for user, content := range members {
		name := user.Server()
		if !strings.HasPrefix(string(user), "@") || event.ReadMembership(content) != event.Join || !linkable(name) {
			continue
		}
		i, ok := at[name]
		if !ok {
			i = len(all)
			at[name] = i
			all = append(all, vantage{name: name, power: power.Of(user)})
		}
		all[i].joined++
		all[i].power = max(all[i].power, power.Of(user))
	}
	return all
}

func linkable(server string) bool {
	host, _ := event.SplitPort(server)
	return event.IsServer(server) && !event.IsAddress(host)
}

func byPower(a, b vantage) int {
	if a.power != b.power {
		return cmp.Compare(b.power, a.power)
	}
	return byMembers(a, b)
}

func byMembers(a, b vantage) int {
	if a.joined != b.joined {
		return cmp.Compare(b.joined, a.joined)
	}
	return strings.Compare(a.name, b.name)
}

// pick adds those that are good until there are n.
func pick(picked []string, from []vantage, n int, good func(*vantage) bool) []string {
	for i := range from[:min(len(from), maxTried)] {
		if len(picked) < n && good(&from[i]) {
			picked = append(picked, from[i].name)
		}
	}
	return picked
}
