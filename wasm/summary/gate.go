package summary

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/glob"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Gate lets servers take part in a room or not, by all that its ACL holds (spec:
// m.room.server_acl), of which [ACL] has what settings show. The zero value lets
// all of them.
type Gate struct {
	there       bool
	noAddresses bool
	allow, deny []*glob.Pattern
}

// NewGate reads a room's m.room.server_acl event, nil if absent. Without a list of
// who is allowed, nobody is.
func NewGate(e scan.Value) Gate {
	content := e.Get("content")
	return Gate{
		there: e.Exists(), noAddresses: content.Get("allow_ip_literals").IsFalse(),
		allow: globs(content.Get("allow")), deny: globs(content.Get("deny")),
	}
}

func globs(list scan.Value) (all []*glob.Pattern) {
	for item := range list.Items() {
		if text, ok := item.AsText(); ok {
			all = append(all, glob.New(text))
		}
	}
	return all
}

// Permits reports whether a server may take part. Its port does not count.
func (g Gate) Permits(server string) bool {
	host, _ := event.SplitPort(server)
	if !g.there {
		return true
	}
	return !(g.noAddresses && event.IsAddress(host)) && !anyOf(g.deny, host) && anyOf(g.allow, host)
}

func anyOf(patterns []*glob.Pattern, host string) bool {
	for _, p := range patterns {
		if p.All(host) {
			return true
		}
	}
	return false
}
