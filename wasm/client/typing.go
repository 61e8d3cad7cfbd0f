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
	if a.typing[room] != nil {
		return
	}
	ctx, stop := context.WithCancel(a.ctx)
	a.typing[room] = stop
	a.work.Go(func() { a.keepTyping(ctx, server, room) })
}

func (a *account) stopTyping(room event.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if stop := a.typing[room]; stop != nil {
		stop()
		delete(a.typing, room)
	}
}

// keepTyping repeats the notice until it is stopped, then takes it back.
func (a *account) keepTyping(ctx context.Context, server *homeserver.Client, room event.RoomID) {
	me := a.ledger.Me()
	for ctx.Err() == nil {
		_ = server.SetTyping(ctx, room, me, typingLasts)
		select {
		case <-a.client.platform.Clock.After(typingAgain):
		case <-ctx.Done():
		}
	}
	_ = server.SetTyping(a.ctx, room, me, 0)
}
