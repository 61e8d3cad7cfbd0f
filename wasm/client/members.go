package client

import (
	"context"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/view"
)

// Members implements api.Client.
func (c *Client) Members(ctx context.Context, p api.MembersParams) (api.Stream[api.ListUpdate[api.Member]], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	if err := a.needRoom(ctx, p.RoomID, a.isSynced); err != nil {
		return nil, err
	}
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return len(c.Presence) > 0 || touchesMembers(c.Rooms[p.RoomID]) })
	if err != nil {
		return nil, err
	}
	list := view.NewList(memberKey, sameMember)
	m, err := remake(ctx, w, list, view.Window{First: p.Window}, func(ctx context.Context) ([]api.Member, error) {
		return a.listMembers(ctx, p.RoomID)
	})
	if err != nil {
		return nil, err
	}
	// Without network the list stays as it is until somebody opens it again.
	a.work.Go(func() { _ = a.needMembers(m.follow, p.RoomID) })
	return m, nil
}

func memberKey(m *api.Member) string   { return m.Key }
func sameMember(a, b *api.Member) bool { return *a == *b }
func isMemberOrPower(kind string) bool {
	return kind == event.RoomMember || kind == event.RoomPowerLevels
}
func hasMember(list []event.Event) bool {
	return slices.ContainsFunc(list, func(e event.Event) bool { return isMemberOrPower(e.Type) })
}

func touchesMembers(c *ledger.RoomChange) bool {
	return c != nil && (c.Room == nil || hasMember(c.State))
}

// listMembers returns a room's members in their order.
func (a *account) listMembers(ctx context.Context, id event.RoomID) ([]api.Member, error) {
	l := a.ledger
	room := l.Room(id)
	if room == nil {
		return nil, nil
	}
	stored, err := l.ReadMembers(ctx, room)
	if err != nil {
		return nil, err
	}
	state, err := l.ReadState(ctx, room, ledger.StateName{Type: event.RoomCreate}, ledger.StateName{Type: event.RoomPowerLevels})
	if err != nil {
		return nil, err
	}
	power := summary.NewPower(room.Version, state[0], state[1])
	var all []api.Member
	for user, content := range stored {
		membership := event.ReadMembership(content)
		if membership == event.Leave {
			continue
		}
		all = append(all, api.Member{
			Key: string(user), Person: summary.Person(user, event.ReadProfile(content)), Membership: membership,
			Power: power.Shown(user), Creator: power.Creator(user), Status: l.Presence(user),
		})
	}
	tellApart(all)
	order.Sort(all, compareMembers)
	return all, nil
}

// tellApart adds the id to names that two members share (spec: calculating the
// display name for a user).
func tellApart(all []api.Member) {
	count := map[string]int{}
	for i := range all {
		count[event.NameKey(all[i].Person.Name)]++
	}
	for i := range all {
		if p := &all[i].Person; count[event.NameKey(p.Name)] > 1 {
			p.Name += " (" + string(p.ID) + ")"
		}
	}
}

func compareMembers(a, b api.Member) int {
	if ra, rb := rank(a.Membership), rank(b.Membership); ra != rb {
		return ra - rb
	}
	if a.Creator != b.Creator {
		if a.Creator {
			return -1
		}
		return 1
	}
	if a.Power != b.Power {
		return int(max(-1, min(1, b.Power-a.Power)))
	}
	if c := strings.Compare(strings.ToLower(a.Person.Name), strings.ToLower(b.Person.Name)); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

func rank(m event.Membership) int {
	switch m {
	case event.Join:
		return 0
	case event.Invite:
		return 1
	case event.Knock:
		return 2
	}
	return 3
}

// needMembers brings the whole list where lazy loading brought a part.
func (a *account) needMembers(ctx context.Context, id event.RoomID) error {
	a.mu.Lock()
	server := a.server
	a.mu.Unlock()
	room := a.ledger.Room(id)
	if server == nil || room == nil || room.FullMembers || room.Membership != event.Join {
		return nil
	}
	return a.loadMembers(ctx, server, &arrivals{room: id})
}

// loadMembers asks for the whole list and stores it.
func (a *account) loadMembers(ctx context.Context, server *homeserver.Client, news *arrivals) error {
	stop, err := a.ledger.Watch(ctx, news.begin(a.ledger), news.hear)
	if err != nil {
		return err
	}
	defer stop()
	list, err := server.Members(ctx, news.room, homeserver.MembersParams{At: news.since, Not: event.Leave})
	if err != nil {
		return err
	}
	var found []event.Event
	for raw := range list.Items() {
		if e, err := event.Parse(raw); err == nil && e.Type == event.RoomMember && e.StateKey != nil {
			found = append(found, e)
		}
	}
	return a.ledger.Update(ctx, news.store(found))
}
