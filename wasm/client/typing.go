package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
)

const (
	// typingLasts is what the server is told, typingAgain when it is told again.
	typingLasts = 30 * time.Second
	typingAgain = 20 * time.Second
)

// typist tells one room whether the user is writing. It has one request under
// way at a time, so that the last word is what others see.
type typist struct {
	on   bool // guarded by account.mu
	wake chan struct{}
}

// SetTyping implements api.Client. It does not wait for the server: a typing
// notice that gets lost is no loss.
func (c *Client) SetTyping(_ context.Context, p api.SetTypingParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Typing {
		a.startTyping(server, p.RoomID)
	} else {
		a.stopTyping(p.RoomID)
	}
	return nil
}

func (a *account) startTyping(server *homeserver.Client, room event.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.typing[room]; t != nil {
		t.set(true)
		return
	}
	t := &typist{on: true, wake: make(chan struct{}, 1)}
	a.typing[room] = t
	a.work.Go(func() { a.keepTyping(server, room, t) })
}

func (a *account) stopTyping(room event.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.typing[room]; t != nil {
		t.set(false)
	}
}

// set must be called with account.mu held.
func (t *typist) set(on bool) {
	if t.on == on {
		return
	}
	t.on = on
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// keepTyping repeats the notice while it holds, then takes it back.
func (a *account) keepTyping(server *homeserver.Client, room event.RoomID, t *typist) {
	me := a.ledger.Me()
	for told := true; a.ctx.Err() == nil; {
		on := a.stillTyping(room, t, told)
		switch {
		case on:
			_ = server.SetTyping(a.ctx, room, me, typingLasts)
		case told:
			_ = server.SetTyping(a.ctx, room, me, 0)
		default:
			return
		}
		if told = on; !on {
			continue
		}
		select {
		case <-t.wake:
		case <-a.client.platform.Clock.After(typingAgain):
		case <-a.ctx.Done():
		}
	}
}

// stillTyping reports what to tell, and forgets a typist who has nothing more
// to say.
func (a *account) stillTyping(room event.RoomID, t *typist, told bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !t.on && !told && a.typing[room] == t {
		delete(a.typing, room)
	}
	return t.on
}
