package client

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/alcove-chat/alcove/wasm/attachment"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// historyPatience is how long an invite waits for the keys that go before it.
// Whoever was invited without them reads what is written from then on.
const historyPatience = time.Minute

// shareHistory hands on the keys of what a room lets those read who come later,
// to the devices of somebody who is about to be invited (MSC4268). An invite that
// is cut off is asked for again, and shares again.
func (a *account) shareHistory(ctx context.Context, server *homeserver.Client, room event.RoomID, user event.UserID) error {
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	m := a.ledger.Crypto()
	if may, err := a.mayShareHistory(ctx, m, room, user); err != nil || !may {
		return err
	}
	if n, err := a.reachReaders(ctx, m, user); err != nil || n == 0 {
		return err
	}
	if err := a.completeRoom(ctx, server, m, room); err != nil {
		return err
	}
	file, err := a.uploadHistory(ctx, server, m, room)
	if err != nil || file == nil {
		return err
	}
	err = a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error {
		return w.ShareHistory(ctx, e2ee.History{Room: room, User: user, File: file})
	})
	if err != nil {
		return err
	}
	return a.untilHeard(ctx, func() (bool, error) { return !m.Underway(room), nil })
}

// mayShareHistory reports whether a room's history is for those who come later,
// and others would believe this device. Nobody who may not be invited gets keys.
func (a *account) mayShareHistory(ctx context.Context, m *e2ee.Machine, id event.RoomID, user event.UserID) (bool, error) {
	room := a.ledger.Room(id)
	if m == nil || room == nil || !room.Encrypted || room.Membership != event.Join {
		return false, nil
	}
	if s, err := m.Status(ctx); err != nil || !s.Signed {
		return false, err
	}
	state, err := a.ledger.ReadState(ctx, room,
		ledger.StateName{Type: event.RoomHistoryVisibility}, ledger.StateName{Type: event.RoomMember, Key: string(user)})
	if err != nil {
		return false, err
	}
	now := event.ReadMembership(state[1].Get("content"))
	return event.ForLater(state[0].Get("content")) && now != event.Join && now != event.Ban, nil
}

// reachReaders gets ready to write to the devices that a user signed, and returns
// how many there are. The server is always asked: of whom no room is shared with,
// it tells no changes. Devices that no key can be had of are done without.
func (a *account) reachReaders(ctx context.Context, m *e2ee.Machine, user event.UserID) (n int, err error) {
	err = a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error { w.AskAnew(user); return nil })
	if err != nil {
		return 0, err
	}
	err = a.untilHeard(ctx, func() (bool, error) { return m.Begin().Current(ctx, user) })
	if err != nil {
		return 0, err
	}
	err = a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
		n, _, err = w.ReachForHistory(ctx, user)
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	err = a.untilHeard(ctx, func() (bool, error) {
		_, wait, err := m.Begin().ReachForHistory(ctx, user)
		return wait.Devices == 0, err
	})
	if errors.Is(err, homeserver.ErrTimeout) {
		err = nil
	}
	return n, err
}

// completeRoom brings the keys of a room that only the backup has. Where that cannot
// be had, those that are here have to do.
func (a *account) completeRoom(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, room event.RoomID) error {
	r, err := m.FetchBackup(room)
	if err != nil {
		return nil
	}
	keys, err := downloadBackup(ctx, server, m, r)
	if err != nil {
		return nil
	}
	return a.takeAll(ctx, keys, func(e2ee.Taken) {})
}

// uploadHistory returns the file of a room's keys, nil if there are none.
func (a *account) uploadHistory(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, room event.RoomID) (scan.Value, error) {
	bundle, err := m.HistoryBundle(ctx, room)
	if err != nil || bundle == nil {
		return nil, err
	}
	info, err := attachment.Encrypt(bundle, rand.Reader)
	if err != nil {
		return nil, err
	}
	for backoff := homeserver.NewBackoff(a.client.platform.Clock, historyPatience); ; {
		url, err := server.Upload(ctx, "", "", bundle)
		if err == nil {
			return info.File(url), nil
		}
		if !mayComeLater(err) {
			return nil, err
		}
		// What became of it nobody knows; a second file does no harm.
		select {
		case <-backoff.After(err):
		case <-ctx.Done():
			return nil, err
		}
	}
}
