// Package order sorts lists of structs with little code. The compiler makes
// slices.SortFunc anew, 20 kB of it, for each type that is no pointer; this is made
// once. It is slower: lists of pointers, and long ones, are for slices.
package order

import "sort"

// Sort is slices.SortFunc.
func Sort[T any](list []T, compare func(a, b T) int) {
	sort.Slice(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}

// Stable is slices.SortStableFunc.
func Stable[T any](list []T, compare func(a, b T) int) {
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}
