package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// SpaceCalls show spaces and what is in them (spec: spaces).
type SpaceCalls interface {
	// Spaces streams the spaces that the user is in, in display order, each once: each
	// root is followed by the spaces below it.
	Spaces(ctx context.Context) (Stream[ListUpdate[Space]], error)
	// MoveSpace puts a root of the user's spaces before another one (MSC3230), on all
	// the user's devices. Others do not see it.
	//
	//rpc:ordered
	MoveSpace(ctx context.Context, p MoveSpaceParams) error
}

// MoveSpaceParams name a root and the one that it goes before.
type MoveSpaceParams struct {
	SpaceID event.RoomID `json:"spaceId"`
	// Before is absent to put it last.
	Before event.RoomID `json:"before,omitempty"`
}

// Space is a joined space in the user's list of spaces.
type Space struct {
	// Key identifies the item within the list; it is the room id.
	Key  string       `json:"key"`
	ID   event.RoomID `json:"id"`
	Room Room         `json:"room"`
	// Level is how deep the list shows it: 0 for roots.
	Level int `json:"level"`
	// Spaces are the joined spaces in it, in order. A space that is in several is in
	// the list once, below the first.
	Spaces []event.RoomID `json:"spaces,omitempty"`
	// Parents are the joined spaces that it is in.
	Parents []event.RoomID `json:"parents,omitempty"`
	// Rooms counts the joined rooms in it and in the spaces below it, each once.
	Rooms int `json:"rooms"`
	// Unread and Highlights are the sums of those rooms'.
	Unread     int `json:"unread"`
	Highlights int `json:"highlights"`
}
