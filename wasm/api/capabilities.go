package api

import "context"

// CapabilityCalls tell what the server allows (spec: capabilities negotiation).
type CapabilityCalls interface {
	// Capabilities streams what the server lets this account do. It is asked when this
	// is called first, and again each hour and after it refused what it had allowed.
	Capabilities(ctx context.Context) (Stream[Capabilities], error)
}

// Capabilities are what the server lets this account do, by the rules for what it
// does not say.
type Capabilities struct {
	// Known is false until the server answered; then the rest is what servers allow
	// that say nothing.
	Known bool `json:"known"`
	// Name and Avatar may be changed; Fields says that profiles have other fields.
	Name     bool `json:"name"`
	Avatar   bool `json:"avatar"`
	Fields   bool `json:"fields"`
	Password bool `json:"password"`
	// RoomVersion is what new rooms get; RoomVersions are all stable ones, in order.
	RoomVersion  string   `json:"roomVersion"`
	RoomVersions []string `json:"roomVersions"`
	// Restricted and Knock are join rules that new rooms may have.
	Restricted bool `json:"restricted"`
	Knock      bool `json:"knock"`
	// ReportRooms and ReportUsers may be, beside events.
	ReportRooms bool `json:"reportRooms"`
	ReportUsers bool `json:"reportUsers"`
	// InvitePermission is enforced; see SetInvitePermission.
	InvitePermission bool `json:"invitePermission"`
}
