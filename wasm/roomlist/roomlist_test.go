package roomlist_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	db, err := mem.Open(t.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Known{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// page applies updates as a page does.
type page []api.Room

func (p *page) take(t *testing.T, u api.ListUpdate[api.Room]) {
	t.Helper()
	for _, op := range u.Ops {
		switch op.Op {
		case api.OpReset:
			*p = slices.Clone(op.Items)
		case api.OpInsert:
			*p = slices.Insert(*p, op.Index, *op.Item)
		case api.OpSet:
			(*p)[op.Index] = *op.Item
		case api.OpRemove:
			*p = slices.Delete(*p, op.Index, op.Index+1)
		}
	}
}

// TestModel changes rooms at random and compares what a page shows with a
// naive sort of the truth, for several filters, orders and windows.
func TestModel(t *testing.T) {
	no, yes := false, true
	for i, params := range []api.RoomListParams{
		{}, {Window: 5}, {Sort: api.SortName}, {Filter: api.RoomFilter{Unread: true}}, {Filter: api.RoomFilter{Text: " B"}},
		{Filter: api.RoomFilter{Kind: api.KindLeft}}, {Filter: api.RoomFilter{Direct: &yes}}, {Filter: api.RoomFilter{Direct: &no, Kind: api.KindJoined}},
		{Filter: api.RoomFilter{Tag: "m.favourite"}}, {Filter: api.RoomFilter{Type: "m.space"}},
		{Filter: api.RoomFilter{Replaced: true}},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runModel(t, params, uint64(i)) })
		})
	}
}

func runModel(t *testing.T, params api.RoomListParams, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	l := open(t)
	list, err := roomlist.Open(t.Context(), l, params)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	var shown page
	for range 300 {
		change(t, l, r, 1+r.IntN(4))
		if r.IntN(3) > 0 {
			continue
		}
		u, err := pull(t, list)
		if err == nil {
			shown.take(t, u)
		}
		want := naive(l, params)
		if got := keys(shown); !slices.Equal(got, want) {
			t.Fatalf("shows %v\nwant  %v", got, want)
		}
		for _, n := range []int{0, 1, 5, 1000} {
			want := naive(l, api.RoomListParams{})
			if got := keys(roomlist.Recent(l, n)); !slices.Equal(got, want[:min(n, len(want))]) {
				t.Fatalf("the first %d are %v\nof %v", n, got, want)
			}
		}
	}
}

// TestFiltersInTurn gives a list one filter after the other while rooms change:
// what it kept of a room that it did not show meanwhile is of no use any more.
func TestFiltersInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 9))
		l := open(t)
		list, err := roomlist.Open(t.Context(), l, api.RoomListParams{})
		if err != nil {
			t.Fatal(err)
		}
		defer list.Close()
		var shown page
		var params api.RoomListParams
		for range 400 {
			switch r.IntN(3) {
			case 0:
				params.Filter = []api.RoomFilter{{}, {Text: "b"}, {Text: "a"}, {Unread: true}, {Kind: api.KindLeft}, {Kind: api.KindKnocked}}[r.IntN(6)]
				list.Change(api.RoomListChangeParams{Filter: &params.Filter})
			case 1:
				change(t, l, r, 1+r.IntN(4))
			}
			if u, err := pull(t, list); err == nil {
				shown.take(t, u)
			}
			if got, want := keys(shown), naive(l, params); !slices.Equal(got, want) {
				t.Fatalf("%+v: shows %v\nwant  %v", params.Filter, got, want)
			}
			for _, room := range shown {
				if now := summary.Listed(l.Room(room.ID)); !room.Equal(&now) {
					t.Fatalf("%+v: shows %+v\nwant  %+v", params.Filter, room, now)
				}
			}
		}
	})
}

// pull returns an error where nothing changed for this list.
func pull(t *testing.T, list *roomlist.List) (api.ListUpdate[api.Room], error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	return list.Next(ctx)
}

func change(t *testing.T, l *ledger.Ledger, r *rand.Rand, n int) {
	t.Helper()
	err := l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		for range n {
			id := event.RoomID(fmt.Sprintf("!%02d", r.IntN(30)))
			if r.IntN(20) == 0 {
				turn.RemoveRoom(id)
				continue
			}
			room, _ := turn.AddRoom(id)
			room.Membership = []event.Membership{event.Join, event.Join, event.Join, event.Invite, event.Knock, event.Leave, event.Ban}[r.IntN(7)]
			room.Name = string(rune('A' + r.IntN(4)))
			room.Recency = int64(r.IntN(20))
			room.Unread = max(0, r.IntN(6)-3)
			room.Direct, room.Type, room.Tags = "", "", nil
			switch r.IntN(6) {
			case 5: // of four rooms that may have replaced each other
				room.Successor, room.Predecessor = event.RoomID(fmt.Sprintf("!0%d", r.IntN(4))), event.RoomID(fmt.Sprintf("!0%d", r.IntN(4)))
			case 0:
				room.Direct = "@a:x"
			case 1:
				room.Type = "m.space"
			case 2:
				room.Tags = []api.Tag{{Name: "m.favourite"}}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// naive filters and sorts all rooms in the plainest way.
func naive(l *ledger.Ledger, p api.RoomListParams) []string {
	var rooms []*table.Room
	for _, room := range l.Rooms() {
		if naivelyShown(room, p.Filter) && (p.Filter.Replaced || !naivelyReplaced(l, room)) {
			rooms = append(rooms, room)
		}
	}
	slices.SortFunc(rooms, func(a, b *table.Room) int {
		rank := func(r *table.Room) string {
			invited := 1
			if r.Membership == event.Invite {
				invited = 0
			}
			if p.Sort == api.SortName {
				return strings.ToLower(r.Name) + string(r.ID)
			}
			return fmt.Sprintf("%d %05d %s", invited, 10000-r.Recency, r.ID)
		}
		return strings.Compare(rank(a), rank(b))
	})
	if p.Window > 0 {
		rooms = rooms[:min(p.Window, len(rooms))]
	}
	names := []string{}
	for _, room := range rooms {
		names = append(names, fmt.Sprint(room.ID, room.Name, room.Recency, room.Unread, room.Membership))
	}
	return names
}

func naivelyShown(r *table.Room, f api.RoomFilter) bool {
	kinds := map[event.Membership]api.RoomKind{event.Join: api.KindJoined, event.Invite: api.KindInvited, event.Knock: api.KindKnocked, event.Leave: api.KindLeft, event.Ban: api.KindLeft}
	kind := kinds[r.Membership]
	switch {
	case f.Kind == "" && kind == api.KindLeft, f.Kind != "" && kind != f.Kind, r.Type != f.Type:
		return false
	case f.Unread && r.Unread == 0 && kind != api.KindInvited:
		return false
	case f.Direct != nil && *f.Direct != (r.Direct != ""):
		return false
	case f.Tag != "" && len(r.Tags) == 0:
		return false
	}
	return strings.Contains(strings.ToLower(r.Name), strings.ToLower(strings.TrimSpace(f.Text)))
}

// naivelyReplaced follows upgrades that both rooms agree on, to their end.
func naivelyReplaced(l *ledger.Ledger, room *table.Room) bool {
	joined, seen := false, map[event.RoomID]bool{}
	for at := room; ; {
		seen[at.ID] = true
		next := l.Room(at.Successor)
		if next == nil || next.Predecessor != at.ID {
			return joined && room.Membership == event.Join
		}
		if seen[next.ID] {
			return false
		}
		joined = joined || next.Membership == event.Join
		at = next
	}
}

func keys(rooms page) []string {
	all := []string{}
	for _, r := range rooms {
		all = append(all, fmt.Sprint(r.ID, r.Name, r.Recency, r.Unread, r.Membership))
	}
	return all
}

// TestChange gives an open list another filter and window.
func TestChange(t *testing.T) { synctest.Test(t, testChange) }

func testChange(t *testing.T) {
	l := open(t)
	r := rand.New(rand.NewPCG(3, 3))
	change(t, l, r, 200)
	list, err := roomlist.Open(t.Context(), l, api.RoomListParams{Window: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	var shown page
	u, _ := pull(t, list)
	shown.take(t, u)
	window, f := 7, api.RoomFilter{Kind: api.KindLeft}
	list.Change(api.RoomListChangeParams{Window: &window})
	u, _ = pull(t, list)
	shown.take(t, u)
	if want := naive(l, api.RoomListParams{Window: 7}); !slices.Equal(keys(shown), want) {
		t.Errorf("%v, want %v", keys(shown), want)
	}
	list.Change(api.RoomListChangeParams{Filter: &f})
	u, _ = pull(t, list)
	shown.take(t, u)
	if want := naive(l, api.RoomListParams{Window: 7, Filter: f}); !slices.Equal(keys(shown), want) {
		t.Errorf("%v, want %v", keys(shown), want)
	}
}

// BenchmarkOpen opens a list of 1,000 rooms up to its first update, as every
// page does at its start.
func BenchmarkOpen(b *testing.B) {
	db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(b.Context(), db, ledger.Known{})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	err = l.Update(b.Context(), func(_ context.Context, turn *ledger.Turn) error {
		for i := range 1000 {
			room, _ := turn.AddRoom(event.RoomID(fmt.Sprintf("!%d", i)))
			room.Membership, room.Name, room.Recency = event.Join, fmt.Sprint("Room ", i), r.Int64()
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		list, err := roomlist.Open(b.Context(), l, api.RoomListParams{})
		if err != nil {
			b.Fatal(err)
		}
		if u, err := list.Next(b.Context()); err != nil || u.Total != 1000 {
			b.Fatal(u.Total, err)
		}
		list.Close()
	}
}
