package view

import (
	"sort"

	"github.com/alcove-chat/alcove/wasm/api"
)

// diff appends the operations that make now of old, where old begins at index
// at of the reader's list: removals from the back, then insertions and changes
// from the front. What keeps its order stays; what moves is taken out and put
// in again.
func diff[P any](ops []op[P], at int, old, now []P, key func(P) string, equal func(a, b P) bool) []op[P] {
	for len(old) > 0 && len(now) > 0 && key(old[0]) == key(now[0]) && equal(old[0], now[0]) {
		at, old, now = at+1, old[1:], now[1:]
	}
	from := match(old, now, key)
	kept := make([]bool, len(old))
	for _, i := range from {
		if i >= 0 {
			kept[i] = true
		}
	}
	for i := len(old) - 1; i >= 0; i-- {
		if !kept[i] {
			ops = append(ops, op[P]{kind: api.OpRemove, index: at + i})
		}
	}
	for j, i := range from {
		item := now[j]
		if i < 0 {
			ops = append(ops, op[P]{kind: api.OpInsert, index: at + j, item: item})
		} else if !equal(old[i], item) {
			ops = append(ops, op[P]{kind: api.OpSet, index: at + j, item: item})
		}
	}
	return ops
}

// match returns for each item of now the index of the item of old that it
// stays in the place of, ascending, or -1.
func match[P any](old, now []P, key func(P) string) []int {
	from := make([]int, len(now))
	for j := range from {
		from[j] = -1
	}
	if len(old) == 0 || len(now) == 0 {
		return from
	}
	places := make(map[string]int, len(now))
	for j := range now {
		places[key(now[j])] = j
	}
	var is, js []int // items on both sides, in old's order
	for i := range old {
		if j, ok := places[key(old[i])]; ok {
			is, js = append(is, i), append(js, j)
			delete(places, key(old[i]))
		}
	}
	for _, k := range longestRise(js) {
		from[js[k]] = is[k]
	}
	return from
}

// longestRise returns the indices of a longest increasing subsequence.
func longestRise(values []int) []int {
	var ends []int // ends[n] is the index of the least value that ends a rise of n+1
	prev := make([]int, len(values))
	for i, v := range values {
		n := sort.Search(len(ends), func(k int) bool { return values[ends[k]] >= v })
		prev[i] = -1
		if n > 0 {
			prev[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	rise := make([]int, len(ends))
	if len(ends) == 0 {
		return rise
	}
	for n, i := len(ends)-1, ends[len(ends)-1]; n >= 0; n, i = n-1, prev[i] {
		rise[n] = i
	}
	return rise
}
