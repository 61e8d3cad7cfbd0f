package client

import (
	"context"
	"io"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// watcher wakes a stream that computes its answer when it is asked, whenever
// something happened that may change it.
type watcher struct {
	account *account
	dirty   chan struct{}
	stop    func()
}

func (a *account) watch(ctx context.Context, touches func(*ledger.Change) bool) (*watcher, error) {
	w := &watcher{account: a, dirty: make(chan struct{}, 1)}
	w.dirty <- struct{}{}
	stop, err := a.ledger.Watch(ctx, func(context.Context) error { return nil }, func(c *ledger.Change) {
		if touches(c) {
			w.touch()
		}
	})
	w.stop = stop
	return w, err
}

func (w *watcher) touch() {
	select {
	case w.dirty <- struct{}{}:
	default:
	}
}

// wait returns when there may be something new; io.EOF once the account ended.
func (w *watcher) wait(ctx context.Context) error {
	if w.account.ctx.Err() != nil {
		return io.EOF
	}
	select {
	case <-w.dirty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.account.ctx.Done():
		return io.EOF
	}
}

// Close ends the stream.
func (w *watcher) Close() { w.stop() }

// details streams api.RoomDetails.
type details struct {
	*watcher
	room event.RoomID
	last *api.RoomDetails
}

// Room implements api.Client.
func (c *Client) Room(ctx context.Context, p api.RoomParams) (api.Stream[api.RoomDetails], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	if err := a.needRoom(ctx, p.RoomID, a.isSynced); err != nil {
		return nil, err
	}
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Rooms[p.RoomID] != nil || c.Rules })
	if err != nil {
		return nil, err
	}
	return &details{watcher: w, room: p.RoomID}, nil
}

// Next implements api.Stream.
func (d *details) Next(ctx context.Context) (api.RoomDetails, error) {
	for {
		if err := d.wait(ctx); err != nil {
			return api.RoomDetails{}, err
		}
		now, err := d.account.describe(ctx, d.room)
		if err != nil && d.account.ctx.Err() != nil {
			return api.RoomDetails{}, io.EOF
		}
		if err != nil {
			return api.RoomDetails{}, err
		}
		if d.last == nil || !d.last.Equal(&now) {
			d.last = &now
			return now, nil
		}
	}
}

// describe computes a room's details. A room that is gone ends the stream.
func (a *account) describe(ctx context.Context, id event.RoomID) (api.RoomDetails, error) {
	room := a.ledger.Room(id)
	if room == nil {
		return api.RoomDetails{}, io.EOF
	}
	typing := a.ledger.Typing(id)
	names := []ledger.StateName{{Type: event.RoomCreate}, {Type: event.RoomPowerLevels}}
	for _, user := range typing {
		names = append(names, ledger.StateName{Type: event.RoomMember, Key: string(user)})
	}
	state, err := a.ledger.ReadState(ctx, room, names...)
	if err != nil {
		return api.RoomDetails{}, err
	}
	out := api.RoomDetails{
		Room: summary.Listed(room), Topic: room.Topic, Alias: room.Alias, Version: room.Version, JoinRule: room.JoinRule,
		Joined: room.Joined, Invited: room.Invited, Typing: []api.Person{},
		Can:           permissions(summary.NewPower(room.Version, state[0], state[1]), a.ledger.Me(), room.Membership),
		Notifications: api.NotificationLevel(push.LevelOf(a.ledger.PushRules(), id)), Threads: unreadThreads(room),
	}
	for i, user := range typing {
		out.Typing = append(out.Typing, summary.Person(user, event.ReadProfile(state[2+i].Get("content"))))
	}
	return out, nil
}

func permissions(p summary.Power, me event.UserID, m event.Membership) api.Permissions {
	if m != event.Join {
		return api.Permissions{}
	}
	return api.Permissions{
		Send: p.CanSend(me, event.RoomMessage), Invite: p.Can(me, "invite"), Kick: p.Can(me, "kick"), Ban: p.Can(me, "ban"),
		Redact: p.Can(me, "redact") && p.CanSend(me, event.RoomRedaction),
		Name:   p.CanSet(me, event.RoomName), Topic: p.CanSet(me, event.RoomTopic),
	}
}
