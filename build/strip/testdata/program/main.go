// Command program does what needs the runtime's tables: stacks that grow and
// are scanned, deferred calls, recovered panics, traces.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
)

type tree struct {
	left, right *tree
	text        string
}

func grow(depth int) *tree {
	if depth == 0 {
		return nil
	}
	t := &tree{grow(depth - 1), grow(depth - 1), strings.Repeat("x", depth)}
	if depth == 9 {
		runtime.GC()
	}
	return t
}

func (t *tree) weigh() int {
	if t == nil {
		return 0
	}
	return len(t.text) + t.left.weigh() + t.right.weigh()
}

func recovers(n int) (out string) {
	defer func() { out = fmt.Sprint(recover()) }()
	for i := range n {
		defer func() { _ = i }()
	}
	var list []int
	return fmt.Sprint(list[n])
}

// inner is small enough to be inlined.
func inner(n int) int {
	if n == 3 {
		panic(errors.New("the end"))
	}
	return n
}

func main() {
	debug.SetGCPercent(2)
	var wg sync.WaitGroup
	sums := make([]string, 8)
	for i := range sums {
		wg.Go(func() { sums[i] = fmt.Sprint(grow(11+i%3).weigh(), recovers(i)) })
	}
	wg.Wait()
	sort.Strings(sums)
	fmt.Println(sums)
	_, _, _, named := runtime.Caller(0)
	fmt.Println(named, strings.Contains(string(debug.Stack()), "main.main"))
	fmt.Println(inner(len(os.Args) + 2))
}
