package space

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// shelf is a space as its server has it: what is written last is newest.
type shelf struct {
	children []Child
	now      int64
}

func (s *shelf) sorted() []Child {
	slices.SortFunc(s.children, func(a, b Child) int { return Compare(&a, &b) })
	return s.children
}

func (s *shelf) write(p Placing) {
	for i := range s.children {
		if s.children[i].ID == p.ID {
			s.now++
			s.children[i].Order, s.children[i].TS = p.Order, s.now
		}
	}
}

func (s *shelf) ids() (ids []event.RoomID) {
	for _, c := range s.sorted() {
		ids = append(ids, c.ID)
	}
	return ids
}

func randomShelf(r *rand.Rand) *shelf {
	s := &shelf{now: 100}
	orders := []string{"", "", "a", "a", "b", "a ", " ", "~", strings.Repeat("~", maxOrder), strings.Repeat(" ", maxOrder), "a" + strings.Repeat(" ", 48) + "!", "a!", "0001", "0002"}
	for i := range 1 + r.IntN(12) {
		s.children = append(s.children, Child{ID: event.RoomID(fmt.Sprint("!", i)), Order: orders[r.IntN(len(orders))], TS: int64(r.IntN(3))})
	}
	return s
}

// TestMove: after any sequence of moves, each cut off anywhere and done again, the
// sort rule gives the list that was asked for (FEATURES A.3).
func TestMove(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomShelf(r)
		for range 20 {
			want := s.ids()
			id := want[r.IntN(len(want))]
			want = slices.DeleteFunc(want, func(o event.RoomID) bool { return o == id })
			at, before := r.IntN(len(want)+1), event.RoomID("")
			if at < len(want) {
				before = want[at]
			}
			want = slices.Insert(want, at, id)
			if todo := Move(s.sorted(), id, before); len(todo) > 0 && r.IntN(2) == 0 {
				for _, p := range todo[:r.IntN(len(todo))] {
					s.write(p)
				}
			}
			for _, p := range Move(s.sorted(), id, before) {
				if ReadOrder(scan.Value(`{"order":`+string(scan.Text(p.Order))+`}`)) != p.Order || p.Order == "" {
					t.Fatalf("seed %d: %q is no order", seed, p.Order)
				}
				s.write(p)
			}
			if got := s.ids(); !slices.Equal(got, want) {
				t.Fatalf("seed %d: %v, want %v: %s", seed, got, want, fmt.Sprint(s.children))
			}
			if again := Move(s.sorted(), id, before); again != nil {
				t.Fatalf("seed %d: what is done is done again: %q", seed, again)
			}
		}
	}
}

// TestMoveWritesLittle: one child where there is room, its neighbours where there is
// none, and never those that nobody can tell apart from where they were.
func TestMoveWritesLittle(t *testing.T) {
	for what, c := range map[string]struct {
		orders     string
		id, before event.RoomID
		writes     int
	}{
		"between two":           {"a|c|e|g", "!3", "!1", 1},
		"to the front":          {"a|c|e", "!2", "!0", 1},
		"to the end":            {"a|c|e", "!0", "", 1},
		"where it is":           {"a|c|e", "!0", "!1", 0},
		"before itself":         {"a|c|e", "!0", "!0", 0},
		"before nobody":         {"a|c|e", "!0", "!9", 0},
		"nobody":                {"a|c|e", "!9", "!0", 0},
		"first of those behind": {"a||", "!2", "!1", 1},
		"without any order":     {"|||", "!3", "!0", 1},
		"last without orders":   {"|||", "!0", "", 4},
		"all at one place":      {"a|a|a|z", "!3", "!1", 2},
		"no room":               {"a|a |z", "!2", "!1", 2},
	} {
		var s shelf
		for i, o := range strings.Split(c.orders, "|") {
			s.children = append(s.children, Child{ID: event.RoomID(fmt.Sprint("!", i)), Order: o, TS: int64(i)})
		}
		if got := Move(s.sorted(), c.id, c.before); len(got) != c.writes {
			t.Errorf("%s: %q, want %d", what, got, c.writes)
		}
	}
}

// TestMoveManyTimes: there is room for hundreds of moves to one place before a
// neighbour has to give way.
func TestMoveManyTimes(t *testing.T) {
	s := &shelf{children: []Child{{ID: "!a", Order: "a"}, {ID: "!b", Order: "b"}, {ID: "!c", Order: "c"}}}
	for n := range 2000 {
		todo := Move(s.sorted(), s.ids()[2], s.ids()[1])
		if len(todo) > 1 && n < 200 {
			t.Fatalf("move %d writes %q", n, todo)
		}
		for _, p := range todo {
			s.write(p)
		}
	}
}
