package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ChildCalls change what is in a space.
type ChildCalls interface {
	// SetSpaceChild adds a room to a space, changes how it stands there, or takes it
	// out; then the room's own claim to be in the space goes too, where the user may
	// do that.
	//
	//rpc:ordered
	SetSpaceChild(ctx context.Context, p SetSpaceChildParams) error
	// MoveSpaceChild puts a child of a space before another one. It writes no more
	// children than it must.
	//
	//rpc:ordered
	MoveSpaceChild(ctx context.Context, p MoveSpaceChildParams) error
}

// SetSpaceChildParams say how a room stands in a space. Absent members stay as they
// are.
type SetSpaceChildParams struct {
	SpaceID event.RoomID `json:"spaceId"`
	RoomID  event.RoomID `json:"roomId"`
	// Suggested recommends the room.
	Suggested *bool `json:"suggested,omitempty"`
	// Remove takes the room out of the space.
	Remove bool `json:"remove,omitempty"`
}

// MoveSpaceChildParams name a child and the one that it goes before.
type MoveSpaceChildParams struct {
	SpaceID event.RoomID `json:"spaceId"`
	RoomID  event.RoomID `json:"roomId"`
	// Before is absent to put it last.
	Before event.RoomID `json:"before,omitempty"`
}
