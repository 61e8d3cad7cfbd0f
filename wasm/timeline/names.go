package timeline

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// names tells users apart (spec: calculating the display name for a user). A
// name counts as taken by the members who have it and by everybody who has it
// in the events that are shown, so that two people never look like one.
type names struct {
	users   map[string]map[event.UserID]bool // by event.NameKey
	members map[event.UserID]event.Profile
}

func newNames() *names {
	return &names{users: map[string]map[event.UserID]bool{}, members: map[event.UserID]event.Profile{}}
}

// take notes that a user has a name. It returns the name's key if the name has
// become one of several users, else "".
func (n *names) take(id event.UserID, p event.Profile) string {
	shown := p.Shown("")
	if shown == "" {
		return ""
	}
	key := event.NameKey(shown)
	users := n.users[key]
	if users == nil {
		users = map[event.UserID]bool{}
		n.users[key] = users
	}
	if users[id] {
		return ""
	}
	users[id] = true
	if len(users) == 2 {
		return key
	}
	return ""
}

// setMember takes a member's present profile, as take does.
func (n *names) setMember(id event.UserID, m event.Membership, p event.Profile) string {
	if m == event.Join || m == event.Invite {
		n.members[id] = p
		return n.take(id, p)
	}
	if p != (event.Profile{}) {
		n.members[id] = p
	}
	return ""
}

// member is a user with the profile of today.
func (n *names) member(id event.UserID) api.Person { return n.person(id, n.members[id]) }

// person is a user with a profile.
func (n *names) person(id event.UserID, p event.Profile) api.Person {
	name := p.Shown(id)
	if name != string(id) && (len(n.users[event.NameKey(name)]) > 1 || looksLikeID(name)) {
		name += " (" + string(id) + ")"
	}
	return api.Person{ID: id, Name: name, Avatar: p.Avatar}
}

// looksLikeID: nobody may go by the id of somebody else.
func looksLikeID(name string) bool {
	return strings.HasPrefix(event.NameKey(name), "@") && strings.Contains(name, ":")
}
