package event

import "github.com/alcove-chat/alcove/wasm/scan"

// Membership is a user's relation to a room.
type Membership string

const (
	Join   Membership = "join"
	Invite Membership = "invite"
	Knock  Membership = "knock"
	Leave  Membership = "leave"
	Ban    Membership = "ban"
)

// ReadMembership reads the membership of an m.room.member content; anything
// unknown counts as leave.
func ReadMembership(content scan.Value) Membership {
	switch m := Membership(content.Get("membership").Text()); m {
	case Join, Invite, Knock, Ban:
		return m
	}
	return Leave
}

// Profile is how a user calls and shows themselves in a room. Avatar is an
// mxc: URI or "".
type Profile struct {
	Name, Avatar string
}

// ReadProfile reads a profile from an m.room.member content.
func ReadProfile(content scan.Value) Profile {
	return Profile{Name: content.Get("displayname").Text(), Avatar: content.Get("avatar_url").Text()}
}
