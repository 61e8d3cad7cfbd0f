package roomlist

import (
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// order returns a total order of rooms.
func order(sort api.RoomSort) func(a, b *api.Room) bool {
	if sort == api.SortName {
		return byName
	}
	return byRecency
}

func byRecency(a, b *api.Room) bool {
	return rank{a.Membership, a.Recency, a.ID}.before(rank{b.Membership, b.Recency, b.ID})
}

// rank is what the order by recency goes by.
type rank struct {
	membership event.Membership
	recency    int64
	id         event.RoomID
}

// before puts invitations first: they wait for an answer. Rooms go by when
// something last happened, as the syncer saw it (FEATURES D-30).
func (a rank) before(b rank) bool {
	if ai, bi := a.membership == event.Invite, b.membership == event.Invite; ai != bi {
		return ai
	}
	if a.recency != b.recency {
		return a.recency > b.recency
	}
	return a.id < b.id
}

func byName(a, b *api.Room) bool {
	if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
		return c < 0
	}
	return a.ID < b.ID
}

// sortRooms sorts pointers, because a room is large: by value, each comparison
// would copy two of them.
func sortRooms(rooms []*api.Room, less func(a, b *api.Room) bool) {
	slices.SortFunc(rooms, func(a, b *api.Room) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
}

// filter is an api.RoomFilter made ready.
type filter struct {
	api.RoomFilter
	text string
}

func newFilter(f api.RoomFilter) filter { return filter{f, strings.ToLower(strings.TrimSpace(f.Text))} }

// mayPass decides by what needs no name.
func (f *filter) mayPass(r *table.Room) bool {
	return f.kind(r.Membership) && r.Type == f.Type &&
		(f.Direct == nil || *f.Direct == (r.Direct != "")) &&
		(f.Tag == "" || hasTag(r.Tags, f.Tag)) &&
		(!f.Unread || r.Unread > 0 || r.Highlights > 0 || r.MarkedUnread || r.Membership == event.Invite)
}

func (f *filter) kind(m event.Membership) bool {
	switch f.Kind {
	case "":
		return m == event.Join || m == event.Invite || m == event.Knock
	case api.KindLeft:
		return m == event.Leave || m == event.Ban
	case api.KindInvited:
		return m == event.Invite
	case api.KindKnocked:
		return m == event.Knock
	}
	return m == event.Join
}

func hasTag(tags []api.Tag, name string) bool {
	for _, t := range tags {
		if t.Name == name {
			return true
		}
	}
	return false
}

func (f *filter) passes(room *api.Room) bool {
	return f.text == "" || strings.Contains(strings.ToLower(room.Name), f.text)
}
