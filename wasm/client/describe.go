package client

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// described is the state that a room's details show, in the order in which settings
// names it.
type described struct {
	create, levels, rules, history, guests, acl, alias, tombstone, pinned scan.Value
}

func (a *account) readDescribed(ctx context.Context, room *table.Room, typing []event.UserID) (s described, members []scan.Value, err error) {
	names := []ledger.StateName{
		{Type: event.RoomCreate}, {Type: event.RoomPowerLevels}, {Type: event.RoomJoinRules}, {Type: event.RoomHistoryVisibility},
		{Type: event.RoomGuestAccess}, {Type: event.RoomServerACL}, {Type: event.RoomCanonicalAlias}, {Type: event.RoomTombstone},
		{Type: event.RoomPinnedEvents},
	}
	for _, user := range typing {
		names = append(names, ledger.StateName{Type: event.RoomMember, Key: string(user)})
	}
	found, err := a.ledger.ReadState(ctx, room, names...)
	if err != nil {
		return s, nil, err
	}
	return described{found[0], found[1], found[2], found[3], found[4], found[5], found[6], found[7], found[8]}, found[9:], nil
}

// describe computes a room's details. A room that is gone ends the stream.
func (a *account) describe(ctx context.Context, id event.RoomID, kin *atomic.Pointer[kinship]) (api.RoomDetails, error) {
	room := a.ledger.Room(id)
	if room == nil {
		return api.RoomDetails{}, io.EOF
	}
	typing := a.ledger.Typing(id)
	state, members, err := a.readDescribed(ctx, room, typing)
	if err != nil {
		return api.RoomDetails{}, err
	}
	power := summary.NewPower(room.Version, state.create, state.levels)
	out := api.RoomDetails{
		Room: summary.Listed(room), Topic: room.Topic, Alias: room.Alias, Version: room.Version,
		JoinRule: summary.JoinRule(room.JoinRule), Allow: summary.Allowed(state.rules.Get("content")),
		Aliases: summary.Aliases(state.alias.Get("content")), History: summary.History(state.history.Get("content")),
		Guests: summary.Guests(state.guests.Get("content")), ACL: summary.ACL(state.acl.Get("content")), Levels: power.Levels(), Parents: a.parents(id),
		Pinned: summary.Pinned(state.pinned.Get("content")),
		Joined: room.Joined, Invited: room.Invited, Typing: []api.Person{}, Can: permissions(power, a.ledger.Me(), room),
		Notifications: api.NotificationLevel(push.LevelOf(a.ledger.PushRules(), id)), Threads: unreadThreads(room),
	}
	for i, user := range typing {
		out.Typing = append(out.Typing, summary.Person(user, event.ReadProfile(members[i].Get("content"))))
	}
	a.relate(room, state.tombstone, &out, kin)
	return out, nil
}

// kinship is what a room is a part of: the room that it claims to replace, and the
// one that is said to replace it.
type kinship struct{ before, after event.RoomID }

// relate fills in what a room replaced and what replaced it. A claim counts where the
// other room says so too; both are rooms of whom anyone may say anything (FEATURES
// D-22). It looks one step far, so that no chain or loop of claims matters.
func (a *account) relate(room *table.Room, tombstone scan.Value, out *api.RoomDetails, kin *atomic.Pointer[kinship]) {
	if room.Membership == event.Invite || room.Membership == event.Knock {
		return // its state is hearsay
	}
	out.Replacement = summary.Replacement(room.ID, tombstone)
	now := kinship{before: room.Predecessor}
	if out.Replacement != nil {
		now.after = out.Replacement.ID
	}
	kin.Store(&now) // before the looks at them: what changes later is heard of
	if old := a.ledger.Room(now.before); old != nil && old.Successor == room.ID && old.Membership != event.Invite && old.Membership != event.Knock {
		out.Predecessor = old.ID
	}
	if next := a.ledger.Room(now.after); next != nil && next.Membership == event.Join {
		out.Replacement.Confirmed = next.Predecessor == room.ID
	}
}

func permissions(p summary.Power, me event.UserID, room *table.Room) api.Permissions {
	if room.Membership != event.Join {
		return api.Permissions{}
	}
	set := func(kind string) bool { return p.CanSet(me, kind) }
	return api.Permissions{
		Send: p.CanSend(me, event.RoomMessage), Invite: p.Can(me, "invite"), Kick: p.Can(me, "kick"), Ban: p.Can(me, "ban"),
		Redact: p.Can(me, "redact") && p.CanSend(me, event.RoomRedaction),
		Name:   set(event.RoomName), Topic: set(event.RoomTopic), Avatar: set(event.RoomAvatar),
		Access: set(event.RoomJoinRules), History: set(event.RoomHistoryVisibility), Power: set(event.RoomPowerLevels),
		Aliases: set(event.RoomCanonicalAlias), Encrypt: set(event.RoomEncryption), Pin: set(event.RoomPinnedEvents),
		Upgrade: set(event.RoomTombstone), Children: room.Type == event.Space && set(event.SpaceChild),
		Notify: p.MayNotify(me, "room"), Level: p.Shown(me),
	}
}
