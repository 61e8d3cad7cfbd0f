package client

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// carryOver does what servers leave to clients, and counts what is refused.
func (u *upgrade) carryOver(ctx context.Context) (err error) {
	u.await(ctx, u.next, event.Join)
	if u.via, err = u.account.via(ctx, u.next); err != nil {
		return err
	}
	if u.state, err = u.server.State(ctx, u.RoomID); err != nil {
		return err
	}
	steps := []func(context.Context) error{u.carryTags, u.carryDirect, u.carryLevel}
	steps = append(steps, u.ownState()...)
	others, err := u.elsewhere(ctx)
	if err != nil {
		return err
	}
	steps = append(steps, others...)
	if u.Invite {
		invites, err := u.invites(ctx)
		if err != nil {
			return err
		}
		steps = append(steps, invites...)
	}
	u.now = api.RoomUpgrade{RoomID: u.next, Progress: api.Progress{Total: len(steps)}}
	u.tell(u.now)
	for _, step := range steps {
		err := step(ctx)
		if isRefusal(err) || errors.Is(err, errPower) {
			u.now.Failed++
		} else if err != nil {
			return err
		}
		u.now.Progress.Done++
		u.tell(u.now)
	}
	return nil
}

func (u *upgrade) carryTags(ctx context.Context) error {
	if len(u.old.Tags) == 0 {
		return nil
	}
	now, err := u.server.Tags(ctx, u.ledger.Me(), u.next)
	if err != nil {
		return err
	}
	for _, tag := range u.old.Tags {
		if now.Get(tag.Name) != nil {
			continue
		}
		var b scan.Builder
		if tag.Order != nil {
			b.Raw("order", scan.Float(*tag.Order))
		}
		if err := u.server.SetTag(ctx, u.ledger.Me(), u.next, tag.Name, b.Done()); err != nil {
			return err
		}
	}
	return nil
}

func (u *upgrade) carryDirect(ctx context.Context) error {
	if u.old.Direct == "" {
		return nil
	}
	return u.addDirect(ctx, u.server, u.old.Direct, u.next)
}

func (u *upgrade) carryLevel(ctx context.Context) error {
	level := push.LevelOf(u.ledger.PushRules(), u.RoomID)
	if level == push.Default {
		return nil
	}
	now, err := u.server.PushRules(ctx)
	if err == nil && push.LevelOf(now, u.next) == push.Default {
		_, err = setLevel(ctx, u.server, u.next, level)
	}
	return err
}

// ownState carries over what is in the space, and which spaces the room says it is in.
// What the new room has of these, or had and took back, stays.
func (u *upgrade) ownState() (steps []func(context.Context) error) {
	for raw := range u.state.Items() {
		kind, key, content := raw.Get("type").Text(), raw.Get("state_key").Text(), raw.Get("content")
		_, is := space.ReadPlace(content)
		if !is || kind != event.SpaceParent && (kind != event.SpaceChild || u.old.Type != event.Space) {
			continue
		}
		steps = append(steps, func(ctx context.Context) error {
			return editState(ctx, u.server, u.next, kind, key, func(now scan.Value) (scan.Value, error) {
				if now != nil {
					return nil, nil
				}
				return content, nil
			})
		})
	}
	return steps
}

// elsewhere finds what other rooms say of the old one: spaces that it is in, children
// that say they are in it, rooms whose join rules let its members in.
func (u *upgrade) elsewhere(ctx context.Context) (steps []func(context.Context) error, err error) {
	rooms := u.ledger.Rooms()
	slices.SortFunc(rooms, func(a, b *table.Room) int { return strings.Compare(string(a.ID), string(b.ID)) })
	names := []ledger.StateName{{Type: event.RoomJoinRules}}
	var gone []event.RoomID
	for _, room := range rooms {
		if u.isGone(ctx, room) {
			gone = append(gone, room.ID)
			names = append(names, ledger.StateName{Type: event.SpaceChild, Key: string(room.ID)}, ledger.StateName{Type: event.SpaceParent, Key: string(room.ID)})
		}
	}
	for _, room := range rooms {
		if room.Membership != event.Join || room.ID == u.RoomID {
			continue
		}
		state, err := u.ledger.ReadState(ctx, room, names...)
		if err != nil {
			return nil, err
		}
		for i, name := range names[1:] {
			named := state[i+1].Get("content").Get("via") != nil
			if named && room.ID != u.next && (name.Type == event.SpaceParent || room.Type == event.Space) {
				u.edges = append(u.edges, edge{room, name.Type})
			}
		}
		if slices.Contains(summary.Allowed(state[0].Get("content")), u.RoomID) {
			steps = append(steps, func(ctx context.Context) error { return u.admit(ctx, room) })
		}
	}
	for _, e := range u.edges {
		for _, id := range gone {
			steps = append(steps, func(ctx context.Context) error { return u.rename(ctx, e, id) })
		}
	}
	return steps, nil
}

// isGone reports whether what names a room has to name the new one: that is the old
// one, and what this user made in its place at the same time, here or on another
// device. A room that others made may say that it replaced any.
func (u *upgrade) isGone(ctx context.Context, room *table.Room) bool {
	switch {
	case room.ID == u.next:
		return false
	case room.ID == u.RoomID, room.ID == u.made:
		return true
	}
	meanwhile := u.made == u.next && room.Short > u.last
	return room.Predecessor == u.RoomID && (meanwhile || room.Membership == event.Leave) &&
		event.UserID(u.stateOf(ctx, room, event.RoomCreate, "").Get("sender").Text()) == u.ledger.Me()
}

// rename makes an edge of the graph that names a room that is gone name the new one,
// with all that it says.
func (u *upgrade) rename(ctx context.Context, e edge, gone event.RoomID) error {
	was, err := u.server.StateContent(ctx, e.of.ID, e.kind, string(gone))
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) {
		return err
	}
	if _, is := space.ReadPlace(was); !is {
		return nil
	}
	if err := u.need(ctx, e.of, e.kind); err != nil {
		return err
	}
	err = editState(ctx, u.server, e.of.ID, e.kind, string(u.next), func(now scan.Value) (scan.Value, error) {
		if _, is := space.ReadPlace(now); is {
			return nil, nil
		}
		var b scan.Builder
		return was.With("via", b.Texts("via", u.via).Done().Get("via")), nil
	})
	if err != nil {
		return err
	}
	if e.kind == event.SpaceChild && gone != u.RoomID {
		err := u.removeChild(ctx, u.server, e.of.ID, gone)
		if isRefusal(err) {
			return nil // of a room that was left just now, whose word does not count
		}
		return err
	}
	return clearState(ctx, u.server, e.of.ID, e.kind, string(gone))
}

func (u *upgrade) need(ctx context.Context, room *table.Room, kind string) error {
	may, err := u.maySet(ctx, room, kind)
	if err == nil && !may {
		return errPower
	}
	return err
}

// admit lets the members of the new room into a room that lets in those of the old one.
func (u *upgrade) admit(ctx context.Context, room *table.Room) error {
	if err := u.need(ctx, room, event.RoomJoinRules); err != nil {
		return err
	}
	return editState(ctx, u.server, room.ID, event.RoomJoinRules, "", func(now scan.Value) (scan.Value, error) {
		allowed := summary.Allowed(now)
		if !slices.Contains(allowed, u.RoomID) || slices.Contains(allowed, u.next) {
			return nil, nil
		}
		return summary.AlsoAllow(now, u.next), nil
	})
}

// invites asks in who is in the old room, or was asked to be.
func (u *upgrade) invites(ctx context.Context) (steps []func(context.Context) error, err error) {
	members, err := u.server.Members(ctx, u.next, homeserver.MembersParams{})
	if err != nil {
		return nil, err
	}
	there := map[event.UserID]bool{u.ledger.Me(): true}
	for raw := range members.Items() {
		there[event.UserID(raw.Get("state_key").Text())] = settled(event.ReadMembership(raw.Get("content")))
	}
	for raw := range u.state.Items() {
		user, m := event.UserID(raw.Get("state_key").Text()), event.ReadMembership(raw.Get("content"))
		if raw.Get("type").Text() != event.RoomMember || m != event.Join && m != event.Invite || there[user] || user == u.ledger.Me() {
			continue
		}
		steps = append(steps, func(ctx context.Context) error {
			err := u.server.Invite(ctx, u.next, user, "")
			if isOutOfPlace(err) {
				now, readErr := u.server.StateContent(ctx, u.next, event.RoomMember, string(user))
				if readErr == nil && settled(event.ReadMembership(now)) {
					return nil // they came by themselves
				}
			}
			return err
		})
	}
	return steps, nil
}

// settled reports that an invitation would change nothing for the better.
func settled(m event.Membership) bool {
	return m == event.Join || m == event.Invite || m == event.Ban
}
