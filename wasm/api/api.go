// Package api is the whole contract between the Go core and JavaScript: one
// interface and plain structs. Dispatch, codecs, TypeScript types, client
// methods and the reference page are generated from it by rpc/gen.
//
// Its law: what is here is public. Structs cross as JSON objects with the
// names in their json tags; a member may be added, never renamed or reused.
// Only types that this package owns, identifiers of package event and
// scan.Value (any JSON) may cross.
//
// It holds no behaviour.
package api

import "context"

//go:generate go run ../rpc/gen

// Client is every call that a page may make. Each takes at most one params
// struct and has exactly one answer; an aborted call ends with code
// "call.aborted". Errors are Error values.
//
// A method that returns a Stream starts with the whole present state; the page
// must not assume that it sees every intermediate one, because updates that
// pile up while it is slow are squashed.
//
// Calls run side by side, in no order, except those marked rpc:ordered: one of
// them starts when the one before it of the same name has returned, so that of
// two settings the later one holds.
//
// When a core dies, pages send the calls that it has not answered to the next
// one, though it may have run them to the end. A call must therefore be the
// same run twice as run once, to the page and to the server, and succeed where
// what it asks for holds already; those that cannot be are marked rpc:once. A
// view ends with its core: the next one answers "view.unknown".
type Client interface {
	SessionCalls
	RoomCalls
	SpaceCalls
	ChildCalls
	SettingsCalls
	CapabilityCalls
	PeopleCalls
	PreviewCalls
	TimelineCalls
	FindCalls
	SendCalls
	EncryptionCalls
	VerificationCalls
	NotificationCalls
	SystemCalls
}

// Stream yields updates until its context ends. It is pulled: Next waits until
// there is something newer than the last answer and returns all of it as one
// squashed update, so a slow reader costs nothing. io.EOF ends the stream.
type Stream[T any] interface {
	Next(ctx context.Context) (T, error)
	// Close releases the source. Next must not be called afterwards.
	Close()
}

// OpKind says how an Op changes a list.
type OpKind string

const (
	// OpReset replaces the whole list by Items.
	OpReset OpKind = "reset"
	// OpInsert puts Item at Index.
	OpInsert OpKind = "insert"
	// OpSet replaces what is at Index by Item; its key may be another.
	OpSet OpKind = "set"
	// OpRemove takes out what is at Index.
	OpRemove OpKind = "remove"
)

// Op changes a list in place. Operations apply in order, each to the result of
// the one before.
type Op[T any] struct {
	Op    OpKind `json:"op"`
	Index int    `json:"index"`
	Item  *T     `json:"item,omitempty"`
	Items []T    `json:"items,omitempty"`
}

// ListUpdate is what changed in a live list since the last update.
type ListUpdate[T any] struct {
	Ops []Op[T] `json:"ops"`
	// Total is how many items the list would have without its window.
	Total int `json:"total"`
}
