package e2ee

import (
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Policy says which devices get room keys. Blocked ones never do.
type Policy byte

const (
	// AllDevices: those that signed their own keys.
	AllDevices Policy = iota
	// SignedDevices: those that their users signed too (MSC4153).
	SignedDevices
)

// ChangedError says that users have another identity than the one that messages
// were sent under so far. Nothing is sent to them before our user acknowledged
// that.
type ChangedError struct {
	Users []event.UserID
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("e2ee: identity of %d users changed", len(e.Users))
}

// changedUsers returns whose identity is not the one known, in order. The users
// must have been fetched.
func (w *Work) changedUsers(users []event.UserID) (all []event.UserID) {
	for _, user := range users {
		if known, _ := w.users.get(user); known != nil && w.identityChanged(user) {
			all = append(all, user)
		}
	}
	slices.Sort(all)
	return all
}

// recipient is a device of somebody in a room, and why it gets no key.
type recipient struct {
	target
	withheld string
}

// recipients returns all devices of users but this one. The users and our own
// must have been fetched.
func (w *Work) recipients(users []event.UserID, p Policy) (all []recipient) {
	for _, user := range users {
		known, there := w.users.get(user)
		if !there {
			continue
		}
		for i := range known.Devices {
			if d := &known.Devices[i]; Curve(d.Curve) != w.own.curve() {
				all = append(all, recipient{target{user, *d}, w.refuse(user, d, p)})
			}
		}
	}
	return all
}

// refuse returns why a device gets no key, "" if it does.
func (w *Work) refuse(user event.UserID, d *table.Device, p Policy) string {
	switch {
	case d.Trust == table.Blocked:
		return withheldBlocked
	case p == SignedDevices && w.trust(user, d) < TrustSigned:
		return withheldUnverified
	}
	return ""
}
