package syncer

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// Keys may come after what they open: from a device that was slow, from a backup,
// from a file. What waited for them is taken in again then, as if it came now, with
// all that hangs on it (FEATURES D-19). So is what is unread and in doubt: because
// the rules changed, or its room was just unpacked.

// lateRooms and lateEvents bound one turn.
const (
	lateRooms  = 20
	lateEvents = 500
)

// FollowKeys takes in again what keys that come late open, and what is in doubt,
// until ctx ends or storage refuses.
func FollowKeys(ctx context.Context, l *ledger.Ledger) error {
	wake := make(chan struct{}, 1)
	wake <- struct{}{} // some may have been left by an earlier core
	stop, err := l.Watch(ctx, func(context.Context) error { return nil }, func(c *ledger.Change) {
		if !bringsLate(c) {
			return
		}
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	for {
		select {
		case <-wake:
		case <-ctx.Done():
			return ctx.Err()
		}
		for more := true; more; {
			err := l.Update(ctx, func(ctx context.Context, t *ledger.Turn) (err error) {
				more, err = openWoken(ctx, t)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
}

func bringsLate(c *ledger.Change) bool {
	if c.Crypto != nil && len(c.Crypto.Keys)+len(c.Crypto.Refused) > 0 {
		return true
	}
	for _, room := range c.Rooms {
		if room.Room != nil && unread.Doubted(&room.Room.News) != nil {
			return true
		}
	}
	return false
}

// openWoken opens a part of what waits no more, and reports whether there is more
// of it.
func openWoken(ctx context.Context, t *ledger.Turn) (more bool, err error) {
	part := map[event.RoomID][]event.EventID{}
	events := 0
	for _, room := range t.Rooms() {
		if ids := unread.Doubted(&room.News); len(ids) > 0 {
			part[room.ID] = ids
			if events += len(ids); len(part) == lateRooms || events >= lateEvents {
				return true, openParts(ctx, t, part)
			}
		}
	}
	crypto := t.Crypto()
	if crypto == nil {
		return false, openParts(ctx, t, part)
	}
	for id, ids := range crypto.Woken() {
		if len(part) == lateRooms || events >= lateEvents {
			more = true
			break
		}
		if t.Room(id) == nil {
			crypto.Forget(id)
			continue
		}
		part[id] = append(part[id], ids[:min(len(ids), lateEvents)]...)
		more = more || len(ids) > lateEvents
		events += len(part[id])
	}
	return more, openParts(ctx, t, part)
}

func openParts(ctx context.Context, t *ledger.Turn, part map[event.RoomID][]event.EventID) error {
	if len(part) == 0 {
		return nil
	}
	for id := range part {
		needJudge(t, t.Room(id))
	}
	stored, err := t.ReadEntries(ctx, part)
	if err != nil {
		return err
	}
	sealed := map[event.RoomID][]event.Event{}
	for id, entries := range stored {
		for i := range entries {
			sealed[id] = append(sealed[id], entries[i].Event)
		}
	}
	if err := t.Decrypt(ctx, sealed); err != nil {
		return err
	}
	for id, ids := range part {
		plains := t.Plains(id)
		room := t.Room(id)
		if crypto := t.Crypto(); crypto != nil {
			forgetGone(crypto, id, ids, plains)
		}
		opened := plains.Of(stored[id])
		reviewLast(room, opened)
		summary.ApplyEdits(room, trusted(room, plains, opened))
		judgeAgain(t, room, ids, stored[id])
	}
	return nil
}

// forgetGone leaves those waiting that were tried again in vain: there may yet be
// another key.
func forgetGone(crypto *e2ee.Work, room event.RoomID, ids []event.EventID, tried ledger.Plains) {
	gone := slices.DeleteFunc(slices.Clone(ids), func(id event.EventID) bool { return tried[id] != nil })
	if len(gone) > 0 { // without ids it means all
		crypto.Forget(room, gone...)
	}
}

// reviewLast makes the room's preview anew if it was of one of these events.
func reviewLast(room *table.Room, opened []table.Entry) {
	for i := range opened {
		if room.Last != nil && opened[i].ID == room.Last.EventID {
			if p := summary.Latest(opened[i : i+1]); p != nil {
				room.Last = p
			}
		}
	}
}
