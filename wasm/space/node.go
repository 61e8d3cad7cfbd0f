// Package space is the graph of spaces: which rooms are in which, in what order, and
// what of them is unread (FEATURES A.3; spec: spaces).
//
// Its law: any graph is shown, whatever circles, chains and claims it has. Every
// joined space has one place in the list of spaces; every room counts once in what is
// unread of a space; and none of it depends on the order in which things became known.
// What a room says of itself counts only if its parent agrees, or who may speak for it.
//
// It knows only what it is told by Put. It reads no power levels, and knows nothing of
// the children of spaces that the user has not joined. A Graph must not be used by two
// goroutines at once.
package space

import (
	"cmp"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Node is what is known of a room.
type Node struct {
	ID     event.RoomID
	Space  bool // its type is event.Space
	Joined bool
	// Order is what ReadOrder finds in its account data.
	Order string
	// Successor is the room that took its place, "" if there is none or that room does
	// not name this one as its predecessor.
	Successor event.RoomID
	// Count is what Count says of it.
	Count Count
	// Children are a space's, in any order. Those of any other room have no effect.
	Children []Child
	// Claims are its m.space.parent. They have no effect unless it is joined: what comes
	// with an invite may be forged.
	Claims []Claim
	// Keepers may add children to a space; anyone may if Anyone.
	Keepers []event.UserID
	Anyone  bool
}

// Child is an m.space.child that ReadPlace finds valid. TS is the event's.
type Child struct {
	ID        event.RoomID
	Order     string
	TS        int64
	Suggested bool
}

// Claim is an m.space.parent that ReadParent finds valid.
type Claim struct {
	Parent    event.RoomID
	Sender    event.UserID
	Canonical bool
}

// Compare is the order of a space's children (spec: ordering of children within a
// space): those with an order come first.
func Compare(a, b *Child) int {
	if c := compareOrders(a.Order, b.Order); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.TS, b.TS), strings.Compare(string(a.ID), string(b.ID)))
}

func compareOrders(a, b string) int {
	if (a == "") != (b == "") {
		return -strings.Compare(a, b)
	}
	return strings.Compare(a, b)
}

// room is a node with all that points to it. One that is only pointed to is there too,
// with nothing known of it. There are thousands, and most are no space: they are kept
// small.
type room struct {
	*place // if it was ever a space

	id                   event.RoomID
	known, space, joined bool
	stale                bool // in Graph.stale
	turned               bool // it counts for something else than before, whatever it shows
	seen                 int  // the last walk that came by
	claims               []claim
	successor            *room
	count                Count

	// Those who say something of it: name it as a child, as a parent, as a successor,
	// and those whose lines show it.
	listers, claimants, predecessors, parents []*room
	// Single is where the first of each of them is kept, predecessors apart, and claim
	// the first of claims.
	single [3]*room
	claim  [1]claim
}

// place is what only a space has.
type place struct {
	// What was said of it.
	anyone  bool
	order   string
	links   []*link // the children it names, in their order
	keepers []event.UserID

	// What follows.
	lines       []line // what it shows, if it is open
	level       int    // what the last dive set
	sum         Count
	head        *room // of its circle
	number, low int   // see circle.go
	led         bool  // of a head: a space of another circle shows one of this
	own         Count // of a head, see split
	rest        []*room

	// What is to be done.
	held    bool // in Graph.spaces
	altered bool // in what settle goes through
	noted   bool // in Graph.noted
}

type link struct {
	Child
	to      *room
	claimed bool
}

type claim struct {
	parent    *room
	sender    event.UserID
	canonical bool
}

// line is a link and the room that it shows: the one it names, or its successor.
type line struct {
	link *link
	room *room
}

// names lists the children that a room names, if it may have any.
func (r *room) names() []*link {
	if r.place == nil {
		return nil
	}
	return r.links
}

// shows lists what a room shows. All that shows something has a place.
func (r *room) shows() []line {
	if r.place == nil {
		return nil
	}
	return r.lines
}

// open reports whether the room is a space whose state the user can read.
func (r *room) open() bool { return r.space && r.joined }

func compareRooms(a, b *room) int { return strings.Compare(string(a.id), string(b.id)) }

func compareRoots(a, b *room) int { return cmp.Or(compareOrders(a.order, b.order), compareRooms(a, b)) }
