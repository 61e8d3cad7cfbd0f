package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// SettingsCalls change rooms as a whole, and what the account has of them.
type SettingsCalls interface {
	// UpgradeRoom replaces a room by one of another version, and carries over what the
	// server does not: the children of a space, the places in spaces, invitations,
	// and the user's own tags and notification level. It streams how far it is, and
	// ends after RoomUpgrade.Done. Ended early, UpgradeRoom goes on where it was: a room
	// that has a successor gets no other one. "room.unknown": the user is not in that.
	UpgradeRoom(ctx context.Context, p UpgradeRoomParams) (Stream[RoomUpgrade], error)
	// SetAccess says who may join a room. Rooms of versions that lack the rule are
	// "room.version".
	//
	//rpc:ordered
	SetAccess(ctx context.Context, p SetAccessParams) error
	// SetPower gives a user a power level in a room. "send.forbidden": the user's own
	// does not allow that, as with the calls below.
	//
	//rpc:ordered
	SetPower(ctx context.Context, p SetPowerParams) error
	// SetLevels changes what power things take in a room.
	//
	//rpc:ordered
	SetLevels(ctx context.Context, p SetLevelsParams) error
	// SetPinned pins an event of a room, or takes it off.
	//
	//rpc:ordered
	SetPinned(ctx context.Context, p SetPinnedParams) error
	// SetAlias gives a room an address on the user's server, or takes it away.
	SetAlias(ctx context.Context, p SetAliasParams) error
	// RoomAddresses returns a room's addresses on the user's server, and whether the
	// server's directory lists the room.
	RoomAddresses(ctx context.Context, p RoomParams) (RoomAddresses, error)
	// SetListed puts a room into the server's directory or takes it out.
	//
	//rpc:ordered
	SetListed(ctx context.Context, p SetListedParams) error
}

// UpgradeRoomParams say what to replace a room by.
type UpgradeRoomParams struct {
	RoomID event.RoomID `json:"roomId"`
	// Version is absent for the server's default.
	Version string `json:"version,omitempty"`
	// Creators share the room with the user above all levels (room version 12).
	Creators []event.UserID `json:"creators,omitempty"`
	// Invite invites the members of the old room.
	Invite bool `json:"invite,omitempty"`
}

// RoomUpgrade says how far an upgrade is.
type RoomUpgrade struct {
	// RoomID is the new room, once it is there.
	RoomID   event.RoomID `json:"roomId,omitempty"`
	Progress Progress     `json:"progress"`
	Done     bool         `json:"done"`
	// Failed counts what could not be carried over, such as places in spaces that
	// others keep.
	Failed int `json:"failed,omitempty"`
}

// SetAccessParams say who may join.
type SetAccessParams struct {
	RoomID event.RoomID `json:"roomId"`
	// JoinRule is public, invite, knock, restricted or knock_restricted.
	JoinRule string `json:"joinRule"`
	// Allow names the rooms whose members may join by restricted rules, most often a
	// space.
	Allow []event.RoomID `json:"allow,omitempty"`
}

// SetPowerParams give a user a level; absent means the room's default.
type SetPowerParams struct {
	RoomID event.RoomID `json:"roomId"`
	UserID event.UserID `json:"userId"`
	Level  *int64       `json:"level,omitempty"`
}

// SetLevelsParams change levels. Absent members stay as they are.
type SetLevelsParams struct {
	RoomID event.RoomID `json:"roomId"`
	Levels Levels       `json:"levels"`
}

// SetPinnedParams say whether an event is pinned.
type SetPinnedParams struct {
	RoomID  event.RoomID  `json:"roomId"`
	EventID event.EventID `json:"eventId"`
	Pinned  bool          `json:"pinned"`
}

// SetAliasParams name an address such as #name:example.org.
type SetAliasParams struct {
	RoomID event.RoomID `json:"roomId"`
	Alias  string       `json:"alias"`
	Remove bool         `json:"remove,omitempty"`
	// Main makes it the address that the room is known by (m.room.canonical_alias).
	Main bool `json:"main,omitempty"`
}

// RoomAddresses are a room's on the user's server.
type RoomAddresses struct {
	Local  []string `json:"local"`
	Listed bool     `json:"listed"`
}

// SetListedParams say whether the directory lists a room.
type SetListedParams struct {
	RoomID event.RoomID `json:"roomId"`
	Listed bool         `json:"listed"`
}
