package order_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/order"
)

type card struct{ rank, place int }

// TestAsSlices: what slices makes of any list, this does.
func TestAsSlices(t *testing.T) {
	byRank := func(a, b card) int { return cmp.Compare(a.rank, b.rank) }
	byBoth := func(a, b card) int { return cmp.Or(byRank(a, b), cmp.Compare(a.place, b.place)) }
	for range 500 {
		list := make([]card, rand.IntN(60))
		for i := range list {
			list[i] = card{rand.IntN(10), i}
		}
		want := slices.Clone(list)
		slices.SortFunc(want, byBoth)
		stable := slices.Clone(list)
		order.Stable(stable, byRank)
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		order.Sort(list, byBoth)
		if !slices.Equal(list, want) || !slices.Equal(stable, want) {
			t.Fatalf("%v and %v, want %v", list, stable, want)
		}
	}
}
