package client

import (
	"context"
	"errors"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/hierarchy"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// exploration streams what is in a space. In the turn asking the server is asked for
// the next page, in the turn drawing the list is made anew. Neither waits with mu held.
type exploration struct {
	*watcher
	account *account
	server  *homeserver.Client
	space   event.RoomID
	ask     homeserver.HierarchyParams // From is that of the next page
	list    *view.List[api.SpaceRoom]
	sub     *view.Sub[api.SpaceRoom]
	asking  turn
	drawing turn
	cancel  context.CancelFunc
	forget  func()
	more    bool // belongs to whoever holds asking, as ask does

	mu      sync.Mutex // guards what follows
	tree    *hierarchy.Tree
	own     map[event.RoomID]children // of the spaces that the user is in
	seen    map[event.RoomID]event.Membership
	changes int // counts what hears forgot
}

type children = map[event.RoomID]hierarchy.Child

// open brings the first page. Without network, what the account knows of a space that
// it is in is shown; ExploreMore asks again.
func (e *exploration) open(ctx context.Context) error {
	err := e.load(ctx)
	if homeserver.IsOffline(err) && e.account.isJoined(e.space) {
		err = nil
	}
	if err == nil {
		err = e.draw(ctx)
	}
	return err
}

// start keeps the list true until the stream or the account ends.
func (e *exploration) start(forget func()) {
	e.forget = forget
	e.sub = e.list.Subscribe(view.Window{})
	follow, cancel := context.WithCancel(e.account.ctx)
	e.cancel = cancel
	e.account.work.Go(func() {
		defer e.list.Close()
		for e.wait(follow) == nil {
			_ = e.draw(follow) // what cannot be read now is read at the next change
		}
	})
}

// next brings one more page and reports whether there is another behind it.
func (e *exploration) next(ctx context.Context) (more bool, err error) {
	if err := e.asking.take(ctx); err != nil {
		return false, err
	}
	defer e.asking.end()
	if !e.more {
		return false, nil
	}
	if err := e.load(ctx); err != nil {
		return false, err
	}
	return e.more, e.draw(ctx)
}

// load asks for a page. A token that the server does not take any more means the first
// page again; what is shown stays (FEATURES 2-03, D-38).
func (e *exploration) load(ctx context.Context) error {
	page, err := e.server.Hierarchy(ctx, e.space, e.ask)
	if err != nil && e.ask.From != "" && isBadToken(err) {
		e.ask.From = ""
		e.change(func(t *hierarchy.Tree) { t.Begin() })
		page, err = e.server.Hierarchy(ctx, e.space, e.ask)
	}
	if errors.Is(err, homeserver.ErrUnknownEndpoint) {
		e.more = false
		e.change(func(t *hierarchy.Tree) { t.EndLocal() })
		return nil
	}
	if err != nil {
		return err
	}
	e.more = page.Next != "" && page.Next != e.ask.From
	e.ask.From = page.Next
	e.change(func(t *hierarchy.Tree) {
		if t.Add(page.Rooms); !e.more {
			t.End()
		}
	})
	return nil
}

func isBadToken(err error) bool {
	var refused *homeserver.Error
	return errors.As(err, &refused) && refused.Status == 400
}

func (e *exploration) change(do func(t *hierarchy.Tree)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	do(e.tree)
}

// draw makes the list anew. The children of spaces that the user is in are read until
// none is missing, each level of them with the one above.
func (e *exploration) draw(ctx context.Context) error {
	if err := e.drawing.take(ctx); err != nil {
		return err
	}
	defer e.drawing.end()
	for {
		places, missing, changes := e.places()
		if len(missing) == 0 {
			e.list.Edit(func(tx *view.Tx[api.SpaceRoom]) { tx.Replace(places) })
			return nil
		}
		for _, id := range missing {
			if err := e.read(ctx, id, changes); err != nil {
				return err
			}
		}
	}
}

func (e *exploration) places() (places []api.SpaceRoom, missing []event.RoomID, changes int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.seen)
	k := &known{e: e}
	places = e.tree.Places(k)
	return places, k.missing, e.changes
}

// read takes in the children of a space that the user is in, unless something changed
// meanwhile.
func (e *exploration) read(ctx context.Context, id event.RoomID, changes int) error {
	all := children{}
	if room := e.account.ledger.Room(id); room != nil {
		events, err := e.account.ledger.ReadStateOf(ctx, room, event.SpaceChild)
		if err != nil {
			return err
		}
		for _, raw := range events {
			if c, ok := hierarchy.ReadChild(raw); ok {
				all[c.ID] = c
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changes == changes {
		e.own[id] = all
	}
	return nil
}

// known is what the account knows, and what of it is not at hand.
type known struct {
	e       *exploration
	missing []event.RoomID
}

// Room implements hierarchy.Known.
func (k *known) Room(id event.RoomID) *table.Room {
	room := k.e.account.ledger.Room(id)
	if room != nil {
		k.e.seen[id] = room.Membership
	}
	return room
}

// Children implements hierarchy.Known.
func (k *known) Children(id event.RoomID) (children, bool) {
	all, ok := k.e.own[id]
	if !ok {
		k.missing = append(k.missing, id)
	}
	return all, ok
}

// Next implements api.Stream.
func (e *exploration) Next(ctx context.Context) (api.ListUpdate[api.SpaceRoom], error) {
	return e.sub.Next(ctx)
}

// Close implements api.Stream.
func (e *exploration) Close() {
	e.forget()
	e.cancel()
	e.watcher.Close()
	e.sub.Close()
}
