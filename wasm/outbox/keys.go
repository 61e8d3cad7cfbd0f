package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/verification"
)

// In an encrypted room a message goes through one more step: it is encrypted in
// the turn that claims it, once, and the bytes are stored with it. Before that its
// room's key has to be with everybody who is to read it.

// ErrPlain says that the room is encrypted in a way that this core cannot, or that
// this core cannot encrypt at all.
var ErrPlain = errors.New("cannot encrypt for this room")

// Members brings a room's whole list of members where only a part is known.
type Members func(ctx context.Context, room event.RoomID) error

// patience is how long a message waits for what servers and devices have to say
// before it leaves without those that did not. Keys that they get later open only
// what is later.
const patience = 10 * time.Second

// seal returns the entry with its encrypted form, where it needs one. It returns
// e2ee.ErrNeedsKeys if the room's key has to be shared first.
func (o *Outbox) seal(ctx context.Context, t *ledger.Turn, entry *table.Outgoing) error {
	room := o.ledger.Room(entry.RoomID)
	if entry.Sealed != nil || room == nil || !room.Encrypted || inClear(entry.Type) {
		return nil
	}
	crypto := t.Crypto()
	if crypto == nil {
		return ErrPlain
	}
	if !o.isShared(entry.RoomID, verifies(entry)) {
		return e2ee.ErrNeedsKeys
	}
	sealed, err := crypto.Encrypt(ctx, entry.RoomID, entry.Type, entry.Content)
	if err == nil && len(sealed) > maxContent {
		return ErrTooLarge
	}
	entry.Sealed = sealed
	return err
}

// verifies reports whether a message is of a verification. That is how our user
// finds out who somebody with another identity is, so neither this nor what failed
// because of it holds it up.
func verifies(o *table.Outgoing) bool { return verification.InRoom(o.Type, o.Content) }

// hear notes what makes a shared key worth a second look.
func (o *Outbox) hear(c *ledger.Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.Crypto != nil {
		o.heard++
		close(o.news)
		o.news = make(chan struct{})
		if len(c.Crypto.Devices) > 0 {
			clear(o.shared)
			clear(o.verifying)
		}
	}
	for id, room := range c.Rooms {
		if room.Room == nil || !room.Room.FullMembers || changesSharing(room.State) {
			delete(o.shared, id)
			delete(o.verifying, id)
		}
	}
}

func changesSharing(state []event.Event) bool {
	for i := range state {
		switch state[i].Type {
		case event.RoomMember, event.RoomEncryption, event.RoomHistoryVisibility:
			return true
		}
	}
	return false
}

func (o *Outbox) isShared(room event.RoomID, verifying bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shared[room] || verifying && o.verifying[room]
}

// share brings a room's key to everybody who is to read the next message. What
// does not come in time is done without; what did not reach the server is not.
func (o *Outbox) share(ctx context.Context, room event.RoomID, verifying bool) error {
	if err := o.needMembers(ctx, room); err != nil {
		return fmt.Errorf("load members: %w", err)
	}
	late := o.clock.After(patience)
	for waited := false; ; {
		before, _ := o.coming()
		var wait e2ee.Wait
		err := o.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) (err error) {
			wait, err = o.shareOnce(ctx, t, room, verifying)
			if err == nil && (wait.Done() || waited && !wait.Underway) {
				o.setShared(room, verifying)
			}
			return err
		})
		if err != nil || wait.Done() || waited && !wait.Underway {
			return err
		}
		after, news := o.coming()
		if after-before > 1 {
			continue // somebody else's turn came between
		}
		select {
		case <-news:
		case <-late:
			waited, late = true, nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// maxLoads bounds how often a list of members is asked for that gaps in the sync
// overtake.
const maxLoads = 5

func (o *Outbox) needMembers(ctx context.Context, room event.RoomID) error {
	for range maxLoads {
		if r := o.ledger.Room(room); r == nil || r.FullMembers {
			return nil
		}
		if err := o.members(ctx, room); err != nil {
			return err
		}
	}
	return nil
}

// coming returns how often the machine did something so far, and what is closed
// when it does again.
func (o *Outbox) coming() (heard int, news <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.heard, o.news
}

func (o *Outbox) setShared(room event.RoomID, verifying bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if verifying {
		o.verifying[room] = true
	} else {
		o.shared[room] = true
	}
}

func (o *Outbox) shareOnce(ctx context.Context, t *ledger.Turn, id event.RoomID, verifying bool) (e2ee.Wait, error) {
	room, crypto := t.Room(id), t.Crypto()
	if room == nil || crypto == nil {
		return e2ee.Wait{}, ErrPlain
	}
	t.NeedAllState(room)
	if err := t.Fetch(ctx); err != nil {
		return e2ee.Wait{}, err
	}
	keys, ok := roomKeys(id, t.State(room))
	if !ok {
		return e2ee.Wait{}, ErrPlain
	}
	keys.Verifying = verifying
	return crypto.Share(ctx, keys)
}

// roomKeys reads from a room's state who is to have its key, and how it is
// encrypted. Whoever is invited reads what is written now, where the room lets
// them (spec: m.room.history_visibility).
func roomKeys(id event.RoomID, state *ledger.State) (keys e2ee.RoomKeys, ok bool) {
	encryption := state.Get(event.RoomEncryption, "").Get("content")
	keys = e2ee.RoomKeys{ID: id, Settings: e2ee.Settings{
		Period:   time.Duration(min(max(encryption.Get("rotation_period_ms").Int(), 0), 1<<40)) * time.Millisecond,
		Messages: encryption.Get("rotation_period_msgs").Int(),
	}}
	content := state.Get(event.RoomHistoryVisibility, "").Get("content")
	invited := content.Get("history_visibility").Text() != "joined"
	keys.Settings.Shared = event.ForLater(content)
	state.Each(func(raw scan.Value) {
		e, err := event.Parse(raw)
		if err != nil || e.Type != event.RoomMember || e.StateKey == nil {
			return
		}
		if m := event.ReadMembership(e.Content()); m == event.Join || invited && m == event.Invite {
			keys.Members = append(keys.Members, event.UserID(*e.StateKey))
		}
	})
	// A room whose encryption event was lost stays encrypted, as all others are
	// (FEATURES D-33).
	algorithm := encryption.Get("algorithm")
	return keys, !algorithm.Exists() || algorithm.Text() == e2ee.Megolm
}
