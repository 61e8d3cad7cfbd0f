package roomlist_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
)

const house = "!03"

func build(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	err := l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		room, _ := turn.AddRoom(house)
		room.Type, room.Membership = event.Space, event.Join
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// weave changes what spaces and rooms say of each other.
func weave(t *testing.T, l *ledger.Ledger, r *rand.Rand) {
	t.Helper()
	pick := func() event.RoomID { return event.RoomID(fmt.Sprintf("!%02d", r.IntN(30))) }
	err := l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		room := turn.Room(pick())
		if room == nil {
			return nil
		}
		switch r.IntN(6) {
		case 0:
			room.SpaceOrder = string(rune('a' + r.IntN(3)))
		case 1:
			room.Claims = []space.Claim{{Parent: pick(), Sender: "@keeper:h"}}
		case 2:
			room.Successor = pick()
		case 3:
			room.Predecessor = pick()
		default:
			if r.IntN(2) == 0 {
				room = turn.Room(house)
			}
			s := turn.Space(room.ID)
			s.Levels, s.Keepers = r.IntN(2) == 0, []event.UserID{"@keeper:h"}
			s.Children = append(s.Children[:min(len(s.Children), r.IntN(5))], space.Child{ID: pick(), Order: string(rune('a' + r.IntN(3)))})
			s.Children = slices.CompactFunc(s.Children, func(a, b space.Child) bool { return a.ID == b.ID })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSpacesModel: after any changes the list of spaces is what a ledger shows that
// was opened just now, and a list by space has what is below it (FEATURES A.3, D-21).
func TestSpacesModel(t *testing.T) {
	for seed := range uint64(6) {
		synctest.Test(t, func(t *testing.T) { runSpaces(t, seed) })
	}
}

func runSpaces(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	l := open(t)
	spaces, err := roomlist.OpenSpaces(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	defer spaces.Close()
	params := api.RoomListParams{Filter: api.RoomFilter{Space: house}}
	list, err := roomlist.Open(t.Context(), l, params)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	var shown []api.Space
	var rooms page
	for range 300 {
		if room := l.Room(house); room == nil || room.Type == "" || room.Membership != event.Join {
			build(t, l)
		} else if r.IntN(3) == 0 {
			change(t, l, r, 1)
		} else {
			weave(t, l, r)
		}
		if r.IntN(3) > 0 {
			continue
		}
		shown = take(t, spaces, shown)
		anew, err := roomlist.OpenSpaces(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		if want := take(t, anew, nil); !slices.EqualFunc(shown, want, func(a, b api.Space) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("shows %+v\nwant  %+v", shown, want)
		}
		anew.Close()
		honest(t, l, shown)
		if u, err := pull(t, list); err == nil {
			rooms.take(t, u)
		}
		if got, want := keys(rooms), within(l, params); !slices.Equal(got, want) {
			t.Fatalf("in the space %v\nwant %v", got, want)
		}
	}
}

// honest holds the items against the graph and the rooms.
func honest(t *testing.T, l *ledger.Ledger, shown []api.Space) {
	t.Helper()
	for _, s := range shown {
		room := l.Room(s.ID)
		if now := summary.Listed(room); room.Type != event.Space || room.Membership != event.Join || !s.Room.Equal(&now) {
			t.Fatalf("%+v\nis %+v", s, room)
		}
		var below []event.RoomID
		l.Graph(func(g *space.Graph) { below = g.Below(s.ID) })
		rooms, unread := 0, 0
		for _, id := range below {
			if room := l.Room(id); room != nil && room.Membership == event.Join && room.Type == "" {
				rooms, unread = rooms+1, unread+room.Unread
			}
		}
		if s.Rooms != rooms || s.Unread != unread {
			t.Fatalf("%s has %d rooms, %d unread: %+v", s.ID, rooms, unread, s)
		}
	}
}

// within is naive, of the rooms below a space.
func within(l *ledger.Ledger, p api.RoomListParams) []string {
	var below []event.RoomID
	l.Graph(func(g *space.Graph) { below = g.Below(p.Filter.Space) })
	return slices.DeleteFunc(naive(l, p), func(room string) bool {
		return !slices.ContainsFunc(below, func(id event.RoomID) bool { return strings.HasPrefix(room, string(id)) })
	})
}

func take(t *testing.T, s *roomlist.Spaces, shown []api.Space) []api.Space {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	u, err := s.Next(ctx)
	if err != nil {
		return shown
	}
	for _, op := range u.Ops {
		switch op.Op {
		case api.OpReset:
			shown = slices.Clone(op.Items)
		case api.OpInsert:
			shown = slices.Insert(shown, op.Index, *op.Item)
		case api.OpSet:
			shown[op.Index] = *op.Item
		case api.OpRemove:
			shown = slices.Delete(shown, op.Index, op.Index+1)
		}
	}
	return shown
}
