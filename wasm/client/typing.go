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
	on   map[*Page]bool // the pages in which the user writes; guarded by account.mu
	wake signal
}

// SetTyping implements api.Client. It does not wait for the server: a typing
// notice that gets lost is no loss.
func (page *Page) SetTyping(_ context.Context, p api.SetTypingParams) error {
	a, server, err := page.signedIn()
	if err != nil {
		return err
	}
	if p.Typing {
		a.startTyping(page, server, p.RoomID)
	} else {
		a.stopTyping(page, p.RoomID)
	}
	return nil
}

func (a *account) startTyping(page *Page, server *homeserver.Client, room event.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.typing[room]; t != nil {
		t.set(page, true)
		return
	}
	t := &typist{on: map[*Page]bool{page: true}, wake: make(signal, 1)}
	a.typing[room] = t
	a.work.Go(func() { a.keepTyping(server, room, t) })
}

func (a *account) stopTyping(page *Page, room event.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.typing[room]; t != nil {
		t.set(page, false)
	}
}

// stopAllTyping stops it in all rooms, for a page that is gone.
func (a *account) stopAllTyping(page *Page) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.typing {
		t.set(page, false)
	}
}

// set must be called with account.mu held.
func (t *typist) set(page *Page, on bool) {
	before := len(t.on) > 0
	if on {
		t.on[page] = true
	} else {
		delete(t.on, page)
	}
	if len(t.on) > 0 != before {
		t.wake.poke()
	}
}

// end is set to false for all pages.
func (t *typist) end() {
	for page := range t.on {
		t.set(page, false)
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
func (a *account) stillTyping(room event.RoomID, t *typist, told bool) (on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	on = len(t.on) > 0
	if !on && !told && a.typing[room] == t {
		delete(a.typing, room)
	}
	return on
}
