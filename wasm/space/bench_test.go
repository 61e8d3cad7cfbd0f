package space_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

// shapes are what 300 spaces can be nested like: the space that the i-th is in.
var shapes = map[string]func(r *rand.Rand, i int) int{
	"tree":  func(r *rand.Rand, i int) int { return r.IntN(i) },
	"chain": func(_ *rand.Rand, i int) int { return i - 1 },
}

const (
	nested = 300
	rooms  = 5_000
)

func spaceID(i int) event.RoomID { return event.RoomID(fmt.Sprintf("!space%04d:example.org", i)) }
func roomID(i int) event.RoomID  { return event.RoomID(fmt.Sprintf("!room%04d:example.org", i)) }

// account makes up 5,000 rooms in 300 nested spaces. So many of the rooms as shared says
// are in two spaces, and all name the first as their parent.
func account(shape string, shared int) []space.Node {
	r := rand.New(rand.NewPCG(1, 2))
	nodes := make([]space.Node, nested, nested+rooms)
	put := func(parent int, id event.RoomID) {
		p := &nodes[parent]
		p.Children = append(p.Children, space.Child{ID: id, TS: r.Int64N(1e12), Order: []string{"", "a", "b"}[r.IntN(3)]})
	}
	for i := range nodes {
		nodes[i] = space.Node{ID: spaceID(i), Space: true, Joined: true, Keepers: []event.UserID{"@a:example.org"}}
		if i > 0 {
			put(shapes[shape](r, i), spaceID(i))
		}
	}
	for i := range rooms {
		in := r.IntN(nested)
		put(in, roomID(i))
		if i < shared {
			put((in+1)%nested, roomID(i))
		}
		nodes = append(nodes, joined(roomID(i), space.Claim{Parent: spaceID(in), Sender: "@a:example.org", Canonical: true}))
	}
	return nodes
}

func build(nodes []space.Node) *space.Graph {
	g := space.New(len(nodes))
	for _, n := range nodes {
		n.Count.Unread = 1
		g.Put(n)
	}
	return g
}

func each(b *testing.B, run func(b *testing.B, nodes []space.Node)) {
	for _, shape := range []string{"tree", "chain"} {
		for _, shared := range []int{0, 500} {
			nodes := account(shape, shared)
			b.Run(fmt.Sprintf("%s-%d", shape, shared), func(b *testing.B) { run(b, nodes) })
		}
	}
}

// BenchmarkBuild is from nodes to the list of spaces and all sums.
func BenchmarkBuild(b *testing.B) {
	each(b, func(b *testing.B, nodes []space.Node) {
		for b.Loop() {
			g := build(nodes)
			g.Changed()
		}
	})
}

// BenchmarkEdge takes a room out of the deepest space, or puts it in, and asks for all
// that changed.
func BenchmarkEdge(b *testing.B) {
	each(b, func(b *testing.B, nodes []space.Node) { change(b, nodes, nested-1) })
}

// BenchmarkRoot does so with a space right below the root, and all that is in it.
func BenchmarkRoot(b *testing.B) {
	each(b, func(b *testing.B, nodes []space.Node) { change(b, nodes, 0) })
}

func change(b *testing.B, nodes []space.Node, at int) {
	g := build(nodes)
	g.Changed()
	with, without := nodes[at], nodes[at]
	without.Children = with.Children[1:]
	for i := 0; b.Loop(); i++ {
		if g.Put(with); i%2 == 0 {
			g.Put(without)
		}
		ask(g)
	}
}

// BenchmarkCount changes what is unread of a room in the deepest space.
func BenchmarkCount(b *testing.B) {
	each(b, func(b *testing.B, nodes []space.Node) {
		g := build(nodes)
		children := g.Children(spaceID(nested - 1))
		id := children[len(children)-1].Room
		for i := 0; b.Loop(); i++ {
			g.Count(id, space.Count{Unread: i})
			ask(g)
		}
	})
}

func ask(g *space.Graph) {
	change := g.Changed()
	for _, id := range change.Spaces {
		g.Sum(id)
	}
	if change.Arranged {
		g.Spaces()
	}
}
