package hierarchy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/hierarchy"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// world is what a server knows of some rooms: which are in which, and which it does
// not show.
type world struct {
	edges  [][]target // of the space of that number; nil for a room
	hidden []bool
}

// target is a child, with the order that a space gives it.
type target struct {
	room, ts int
	order    string
}

func id(n int) string {
	if n == 0 {
		return "!root"
	}
	return fmt.Sprintf("!%02d", n)
}

func makeWorld(r *rand.Rand) world {
	n := 2 + r.IntN(12)
	w := world{make([][]target, n), make([]bool, n)}
	for i := range n {
		w.hidden[i] = i > 0 && r.IntN(5) == 0
		if i > 0 && r.IntN(2) == 0 {
			continue
		}
		for _, child := range r.Perm(n)[:r.IntN(n)] {
			w.edges[i] = append(w.edges[i], target{child, r.IntN(3), []string{"", "a", "b"}[r.IntN(3)]})
		}
		if w.edges[i] == nil {
			w.edges[i] = []target{}
		}
	}
	return w
}

func (w world) entry(r *rand.Rand, n int) string {
	if w.edges[n] == nil {
		return room(id(n))
	}
	var edges []string
	for _, t := range w.edges[n] {
		more := ""
		if t.order != "" {
			more = `,"order":"` + t.order + `"`
		}
		edges = append(edges, edge(id(t.room), t.ts, more))
	}
	r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
	return space(id(n), edges...)
}

// tree is what is to be shown, worked out the plain way.
func (w world) tree(n int, path []int) (lines []string) {
	children := slices.Clone(w.edges[n])
	slices.SortFunc(children, func(a, b target) int {
		if a.order != b.order {
			return strings.Compare(last(a.order), last(b.order))
		}
		if a.ts != b.ts {
			return a.ts - b.ts
		}
		return strings.Compare(id(a.room), id(b.room))
	})
	path = append(slices.Clone(path), n)
	for _, c := range children {
		if slices.Contains(path, c.room) {
			continue
		}
		line := strings.Repeat(" ", len(path)-1) + id(c.room)
		if w.hidden[c.room] {
			lines = append(lines, line+"?")
			continue
		}
		lines = append(lines, line)
		lines = append(lines, w.tree(c.room, path)...)
	}
	return lines
}

// last makes no order the last one.
func last(order string) string {
	if order == "" {
		return "~"
	}
	return order
}

// told returns pages of all rooms that the server shows, in any order, some twice.
func (w world) told(r *rand.Rand) (pages []scan.Value) {
	var rooms []string
	for n := range w.edges {
		for range 1 + r.IntN(3)/2 {
			if !w.hidden[n] {
				rooms = append(rooms, w.entry(r, n))
			}
		}
	}
	r.Shuffle(len(rooms), func(i, j int) { rooms[i], rooms[j] = rooms[j], rooms[i] })
	for len(rooms) > 0 {
		n := 1 + r.IntN(len(rooms))
		pages, rooms = append(pages, page(rooms[:n]...)), rooms[n:]
	}
	return pages
}

// TestAnyPages: however the rooms come, the tree is the same, and while they come it
// only grows.
func TestAnyPages(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := makeWorld(r)
		want := strings.Join(w.tree(0, nil), "|")
		if strings.Count(want, "|") > 5000 {
			continue // the bounds are another test's
		}
		tree := hierarchy.New("!root", false, nil)
		if r.IntN(3) == 0 { // a round that was cut off
			for _, p := range w.told(r)[:1] {
				tree.Add(p)
			}
			tree.Begin()
		}
		shown := map[string]bool{}
		for _, p := range w.told(r) {
			tree.Add(p)
			now := map[string]bool{}
			for _, place := range tree.Places(nobody) {
				now[place.Key] = true
			}
			for key := range shown {
				if !now[key] {
					t.Fatalf("seed %d: %q was lost under way", seed, key)
				}
			}
			shown = now
		}
		tree.End()
		first := tree.Places(nobody)
		if got := drawn(first); got != want {
			t.Fatalf("seed %d:\ngot  %s\nwant %s", seed, got, want)
		}
		again := hierarchy.New("!root", false, nil)
		for _, p := range w.told(r) {
			again.Add(p)
		}
		again.End()
		if !same(first, again.Places(nobody)) {
			t.Fatalf("seed %d: other pages, another tree", seed)
		}
		for _, p := range first {
			if ids := strings.Split(p.Key, "\n"); len(ids) != p.Level || ids[len(ids)-1] != string(p.Room.ID) {
				t.Fatalf("seed %d: %q is no way %d deep to %s", seed, p.Key, p.Level, p.Room.ID)
			}
		}
	}
}

// FuzzTree: whatever comes, a tree is bounded and has no key twice.
func FuzzTree(f *testing.F) {
	f.Add([]byte(page(space("!root", edge("!a", 1, "")), room("!a"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		raw, err := scan.Parse(data)
		if err != nil {
			return
		}
		tree := hierarchy.New("!root", false, nil)
		tree.Add(raw)
		tree.Begin()
		tree.Add(raw)
		tree.End()
		keys := map[string]bool{}
		for _, p := range tree.Places(nobody) {
			if keys[p.Key] || p.Level > 32 || p.Room.ID == "" {
				t.Fatalf("%+v", p)
			}
			keys[p.Key] = true
		}
	})
}

// BenchmarkPages merges 1,000 rooms in pages of 50, and makes the places anew after
// each: the time of one page.
func BenchmarkPages(b *testing.B) {
	var rooms, edges []string
	for i := range 1000 {
		edges = append(edges, edge(fmt.Sprint("!", i, ":server.example"), i, ""))
	}
	for s := range 20 {
		rooms = append(rooms, space(fmt.Sprint("!", s*50, ":server.example"), edges[s*50+1:s*50+50]...))
		for i := s*50 + 1; i < s*50+50; i++ {
			rooms = append(rooms, room(fmt.Sprint("!", i, ":server.example")))
		}
	}
	var top []string
	for s := range 20 {
		top = append(top, edges[s*50])
	}
	rooms = append([]string{space("!root", top...)}, rooms...)
	var pages []scan.Value
	for p := range slices.Chunk(rooms, 50) {
		pages = append(pages, page(p...))
	}
	b.ResetTimer()
	for n := 0; n < b.N; {
		tree := hierarchy.New("!root", false, nil)
		for _, p := range pages {
			tree.Add(p)
			tree.Places(nobody)
			n++
		}
	}
}
