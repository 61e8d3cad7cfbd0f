package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// PeopleCalls are about people, the user among them, in rooms or not.
type PeopleCalls interface {
	// Profile returns a user's profile, which the server was asked for at most five
	// minutes ago. "server.notFound": there is none, or it is not shown.
	Profile(ctx context.Context, p ProfileParams) (UserProfile, error)
	// Ignored streams whom the user ignores.
	Ignored(ctx context.Context) (Stream[Ignored], error)
	// SetIgnored hides what a user writes and their invitations, or shows them again.
	//
	//rpc:ordered
	SetIgnored(ctx context.Context, p SetIgnoredParams) error
	// InvitePermission streams whether others may invite the user.
	InvitePermission(ctx context.Context) (Stream[InvitePermission], error)
	// SetInvitePermission lets others invite the user, or nobody. It is the server that
	// refuses: one without Capabilities.InvitePermission lets invitations through all
	// the same, and they are shown. Whoever invites gets "invite.blocked".
	//
	//rpc:ordered
	SetInvitePermission(ctx context.Context, p InvitePermission) error
	// SetDirect marks a room as a direct chat with a user, or as none.
	//
	//rpc:ordered
	SetDirect(ctx context.Context, p SetDirectParams) error
	// SetProfile sets a field of the user's own profile, such as displayname; null
	// takes it away. "server.unsupported": the server has no such fields.
	//
	//rpc:ordered
	SetProfile(ctx context.Context, p SetProfileParams) error
}

// ProfileParams name a user.
type ProfileParams struct {
	UserID event.UserID `json:"userId"`
}

// UserProfile is what a user says of themselves to everybody.
type UserProfile struct {
	ID event.UserID `json:"id"`
	// Name is the id where there is no display name.
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
	// Fields are all others, such as m.tz (spec: profiles, v1.16).
	Fields scan.Value `json:"fields"`
}

// Ignored are whom the user ignores, on all devices (m.ignored_user_list).
type Ignored struct {
	Users []event.UserID `json:"users"`
}

// SetIgnoredParams name a user.
type SetIgnoredParams struct {
	UserID  event.UserID `json:"userId"`
	Ignored bool         `json:"ignored"`
}

// InvitePermission says who may invite the user, on all devices
// (m.invite_permission_config, spec: invite permission, v1.18).
type InvitePermission struct {
	// Block: nobody may.
	Block bool `json:"block"`
}

// SetDirectParams mark a direct chat; UserID is absent for none.
type SetDirectParams struct {
	RoomID event.RoomID `json:"roomId"`
	UserID event.UserID `json:"userId,omitempty"`
}

// SetProfileParams are a field of the profile and its value.
type SetProfileParams struct {
	Field string     `json:"field"`
	Value scan.Value `json:"value"`
}
