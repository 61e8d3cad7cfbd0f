package client

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/wasm/attachment"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// maxHistory is how large a file of keys may be.
	maxHistory = 32 << 20
	// maxHistoryPause is how long it waits to fetch one again.
	maxHistoryPause = 5 * time.Minute
)

// acceptInvite notes whose invite our user accepts, before the server hears of it:
// whose keys are taken in hangs on that alone. On a full disk our user goes to the
// room all the same.
func (a *account) acceptInvite(ctx context.Context, server *homeserver.Client, named string) {
	id, err := roomNamed(ctx, server, named)
	room := a.ledger.Room(id)
	if err != nil || a.ledger.Crypto() == nil || room == nil || room.Membership != event.Invite || room.Inviter.ID == "" {
		return
	}
	_ = a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error {
		w.AcceptInvite(id, room.Inviter.ID)
		return nil
	})
}

// followHistory takes in the keys that inviters offer of rooms that our user went
// to, as they come, until the account or its session ends.
func (a *account) followHistory(ctx context.Context, server *homeserver.Client) {
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Crypto != nil || len(c.Rooms) > 0 })
	if err != nil {
		return
	}
	defer w.Close()
	backoff := homeserver.NewBackoff(a.client.platform.Clock, maxHistoryPause)
	missed, late := map[event.RoomID]bool{}, (<-chan time.Time)(nil)
	for {
		err := a.takeHistories(ctx, server, missed)
		switch {
		case len(missed) == 0:
			backoff.Reset()
		case late == nil:
			late = backoff.After(err)
		}
		select {
		case <-w.dirty:
		case <-late:
			clear(missed)
			late = nil
		case <-ctx.Done():
			return
		}
	}
}

// takeHistories takes in what there is but for the rooms in missed, to which it adds
// those of which there may be more later, with the last reason.
func (a *account) takeHistories(ctx context.Context, server *homeserver.Client, missed map[event.RoomID]bool) (last error) {
	m := a.ledger.Crypto()
	if m == nil {
		return nil
	}
	for _, accepted := range m.Accepted() {
		if missed[accepted.Room] {
			continue
		}
		if err := a.settleInvite(ctx, server, m, accepted); err != nil {
			missed[accepted.Room], last = true, err
		}
	}
	return last
}

// settleInvite takes in the keys of a room that our user is in. One that they are
// not in any more is none to ask about.
func (a *account) settleInvite(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, accepted table.AcceptedInvite) error {
	switch a.membership(accepted.Room) {
	case event.Join:
		return a.takeHistory(ctx, server, m, accepted)
	case event.Invite: // on the way
		return nil
	}
	return a.endInvite(ctx, accepted.Room)
}

// takeHistory takes in the keys of a room, if they are there. A file that is not
// what it should be, or not to be had, is the end of that.
func (a *account) takeHistory(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, accepted table.AcceptedInvite) error {
	file, err := m.Begin().Bundle(ctx, accepted.Room, accepted.Inviter)
	if err != nil || file == nil {
		return err
	}
	var keys *e2ee.Keys
	plain, err := downloadHistory(ctx, server, file)
	if err == nil {
		keys, err = m.KeysOfBundle(accepted.Room, accepted.Inviter, plain)
	}
	switch {
	case ctx.Err() != nil || mayComeLater(err):
		return err
	case err == nil:
		if err := a.takeAll(ctx, keys, func(e2ee.Taken) {}); err != nil {
			return err
		}
	}
	return a.endInvite(ctx, accepted.Room)
}

func (a *account) endInvite(ctx context.Context, room event.RoomID) error {
	return a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error { w.EndInvite(room); return nil })
}

// errFile says that a file is not named by a place on a server.
var errFile = errors.New("no place of a file")

// downloadHistory fetches a file and opens it, once it is known to be the one that
// was offered.
func downloadHistory(ctx context.Context, server *homeserver.Client, file scan.Value) ([]byte, error) {
	place, isMXC := strings.CutPrefix(file.Get("url").Text(), "mxc://")
	host, media, whole := strings.Cut(place, "/")
	info, err := attachment.Parse(file)
	if err != nil || !isMXC || !whole || host == "" || media == "" || strings.Contains(media, "/") {
		return nil, errors.Join(err, errFile)
	}
	answer, err := server.Download(ctx, host, media, maxHistory)
	if err != nil {
		return nil, err
	}
	return answer.Body, info.Decrypt(answer.Body)
}

// mayComeLater reports whether it is worth to fetch a file again.
func mayComeLater(err error) bool {
	return homeserver.MayPass(err) && !errors.Is(err, homeserver.ErrTooLarge)
}
