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
	// Explore streams what is in a space, as the server and this account know it, a
	// page of the server's at first; ExploreMore asks for the next. The space need not
	// be joined.
	Explore(ctx context.Context, p ExploreParams) (Stream[ListUpdate[SpaceRoom]], error)
	// ExploreMore asks for the next page of an open exploration and returns when it
	// is in the list.
	ExploreMore(ctx context.Context, p ExploreMoreParams) (Explored, error)
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

// ExploreParams open an exploration.
type ExploreParams struct {
	// View is the page's name for the list, to be used in ExploreMore.
	View    string       `json:"view"`
	SpaceID event.RoomID `json:"spaceId"`
	// Suggested leaves out what is not suggested.
	Suggested bool `json:"suggested,omitempty"`
	// Depth is how many levels of spaces below this one to look into; absent means
	// as many as the server does.
	Depth *int `json:"depth,omitempty"`
	// Page is how many rooms to ask for at a time; 0 means 50.
	Page int `json:"page,omitempty"`
}

// ExploreMoreParams name an open exploration.
type ExploreMoreParams struct {
	View string `json:"view"`
}

// Explored says whether there is more.
type Explored struct {
	More bool `json:"more"`
}

// SpaceRoom is one place of a room in an explored space. A room that is in two
// spaces has two places; a space within itself has none.
type SpaceRoom struct {
	// Key identifies the item within the list: the ids on the way to it.
	Key string `json:"key"`
	// Level is 1 for the children of the explored space.
	Level int `json:"level"`
	// Parent is the space that it is listed in.
	Parent event.RoomID `json:"parent"`
	// Suggested by those who keep the space.
	Suggested bool `json:"suggested,omitempty"`
	// Order is its place among the parent's children, where one was set.
	Order string      `json:"order,omitempty"`
	Room  RoomPreview `json:"room"`
	// Children counts what is listed in it, if it is a space.
	Children int `json:"children,omitempty"`
	// Hidden is true for a room that the space lists and the server does not show:
	// one may not see it, or it is no more. Room then holds its id alone.
	Hidden bool `json:"hidden,omitempty"`
}
