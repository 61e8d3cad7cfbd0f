package view_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/view"
)

type item struct {
	key  string
	text string
}

func newList() *view.List[item] {
	return view.NewList(func(i *item) string { return i.key }, func(a, b *item) bool { return *a == *b })
}

// page is a list as JavaScript keeps it.
type page struct {
	items []item
	total int
}

func (p *page) apply(t *testing.T, u api.ListUpdate[item]) {
	t.Helper()
	p.total = u.Total
	for _, op := range u.Ops {
		switch op.Op {
		case api.OpReset:
			p.items = slices.Clone(op.Items)
		case api.OpInsert:
			p.items = slices.Insert(p.items, op.Index, *op.Item)
		case api.OpSet:
			if p.items[op.Index] == *op.Item {
				t.Fatalf("set of an unchanged item %v", *op.Item)
			}
			p.items[op.Index] = *op.Item
		case api.OpRemove:
			p.items = slices.Delete(p.items, op.Index, op.Index+1)
		}
	}
}

func next(t *testing.T, s *view.Sub[item]) api.ListUpdate[item] {
	t.Helper()
	u, err := s.Next(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// impatient is done at once, but lets Next look a few times.
type impatient struct {
	context.Context
	looks int
}

func (c *impatient) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

func (c *impatient) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// poll returns what is new without waiting for more.
func poll(s *view.Sub[item]) (api.ListUpdate[item], bool) {
	u, err := s.Next(&impatient{context.Background(), 5})
	return u, err == nil
}

func window(w view.Window, all []item) []item {
	switch {
	case w.First > 0:
		return all[:min(w.First, len(all))]
	case w.Last > 0:
		return all[max(0, len(all)-w.Last):]
	}
	return all
}

func randomWindow(r *rand.Rand) view.Window {
	switch r.IntN(4) {
	case 0:
		return view.Window{First: 1 + r.IntN(8)}
	case 1:
		return view.Window{Last: 1 + r.IntN(8)}
	}
	return view.Window{}
}

type reader struct {
	sub    *view.Sub[item]
	window view.Window
	page   page
}

// catchUp reads until the page is what it must be; a reader who is there
// already must not be told anything.
func (r *reader) catchUp(t *testing.T, seed uint64, all []item) {
	t.Helper()
	want := window(r.window, all)
	if r.page.total == len(all) && slices.Equal(r.page.items, want) {
		// With doubled keys an update that changes nothing may come.
		if u, ok := poll(r.sub); ok && !slices.Contains(all, item{key: "same"}) {
			t.Fatalf("seed %d: %v for a reader who has all", seed, u)
		}
	}
	for !slices.Equal(r.page.items, want) || r.page.total != len(all) {
		u, err := r.sub.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r.page.apply(t, u)
		if !slices.Equal(r.page.items, want) {
			t.Fatalf("seed %d: page %v, want %v, after %v", seed, r.page.items, want, u)
		}
	}
}

func edit(r *rand.Rand, model []item, tx *view.Tx[item], fresh func() item) []item {
	at := r.IntN(len(model) + 1)
	n := min(r.IntN(4), len(model)-at)
	switch r.IntN(6) {
	case 0: // replace all: shuffle, drop some, change some
		model = slices.Clone(model)
		r.Shuffle(len(model), func(i, j int) { model[i], model[j] = model[j], model[i] })
		model = append(model[:at], fresh())
		tx.Replace(slices.Clone(model))
		return model
	case 1:
		if at == len(model) {
			return model
		}
		changed := model[at]
		changed.text = strconv.Itoa(r.IntN(3))
		tx.Set(at, changed)
		return slices.Replace(slices.Clone(model), at, at+1, changed)
	case 2:
		tx.Splice(len(model), 0, item{key: "same"}) // keys may be doubled
		return append(slices.Clone(model), item{key: "same"})
	case 3: // move
		moved := slices.Clone(model[at : at+n])
		tx.Splice(at, n)
		tx.Splice(0, 0, moved...)
		return slices.Concat(moved, model[:at], model[at+n:])
	}
	added := make([]item, r.IntN(4))
	for i := range added {
		added[i] = fresh()
	}
	tx.Splice(at, n, added...)
	return slices.Replace(slices.Clone(model), at, at+n, added...)
}

func playList(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	list := newList()
	var model []item
	var readers []*reader
	made := 0
	fresh := func() item { made++; return item{key: strconv.Itoa(made)} }
	for range 60 {
		if r.IntN(6) == 0 {
			w := randomWindow(r)
			readers = append(readers, &reader{sub: list.Subscribe(w), window: w})
			readers[len(readers)-1].page.total = -1
		}
		list.Edit(func(tx *view.Tx[item]) {
			for range 1 + r.IntN(3) {
				model = edit(r, model, tx, fresh)
			}
		})
		for _, reader := range readers {
			switch r.IntN(4) {
			case 0:
				reader.catchUp(t, seed, model)
			case 1:
				if r.IntN(5) == 0 {
					reader.window = randomWindow(r)
					reader.sub.SetWindow(reader.window)
				}
			}
		}
	}
	for _, reader := range readers {
		reader.catchUp(t, seed, model)
	}
	if !slices.Equal(list.Snapshot(), model) {
		t.Fatalf("seed %d: list %v, want %v", seed, list.Snapshot(), model)
	}
}

func TestRandomEditsAndSlowReaders(t *testing.T) {
	for seed := range uint64(2000) {
		playList(t, seed)
	}
}

func FuzzList(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { playList(t, seed) })
}

func filled(n int) *view.List[item] {
	list := newList()
	list.Edit(func(tx *view.Tx[item]) {
		for i := range n {
			tx.Splice(i, 0, item{key: strconv.Itoa(i)})
		}
	})
	return list
}

func describe(u api.ListUpdate[item]) string {
	s := fmt.Sprint(u.Total)
	for _, op := range u.Ops {
		s += fmt.Sprintf(" %s@%d", op.Op, op.Index)
		if op.Item != nil {
			s += "=" + op.Item.key + op.Item.text
		}
	}
	return s
}

func TestOperationsAreMinimal(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(tx *view.Tx[item])
		want string
	}{
		"append":         {func(tx *view.Tx[item]) { tx.Splice(9, 0, item{key: "x"}) }, "10 insert@9=x"},
		"prepend":        {func(tx *view.Tx[item]) { tx.Splice(0, 0, item{key: "x"}) }, "10 insert@0=x"},
		"set":            {func(tx *view.Tx[item]) { tx.Set(3, item{"3", "!"}) }, "9 set@3=3!"},
		"two far apart":  {func(tx *view.Tx[item]) { tx.Set(7, item{"7", "!"}); tx.Splice(1, 1) }, "8 remove@1 set@6=7!"},
		"insert, remove": {func(tx *view.Tx[item]) { tx.Splice(2, 0, item{key: "x"}); tx.Splice(2, 1); tx.Set(0, item{"0", "!"}) }, "9 set@0=0!"},
		"move to front": {func(tx *view.Tx[item]) {
			all := []item{{"8", ""}}
			for i := range 8 {
				all = append(all, item{key: strconv.Itoa(i)})
			}
			tx.Replace(all)
		}, "9 remove@8 insert@0=8"},
		"all others":   {func(tx *view.Tx[item]) { tx.Replace([]item{{"a", ""}, {"b", ""}}) }, "2 reset@0"},
		"out of range": {func(tx *view.Tx[item]) { tx.Splice(-3, -1, item{key: "x"}); tx.Splice(99, 99, item{key: "y"}) }, "11 insert@0=x insert@10=y"},
	} {
		list := filled(9)
		sub := list.Subscribe(view.Window{})
		next(t, sub)
		list.Edit(c.edit)
		if got := describe(next(t, sub)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNothingNewIsNoUpdate(t *testing.T) {
	list := filled(9)
	sub := list.Subscribe(view.Window{First: 3})
	next(t, sub)
	list.Edit(func(tx *view.Tx[item]) {
		tx.Set(1, item{key: "1"})
		tx.Set(8, item{"8", "outside of the window"})
	})
	if u, ok := poll(sub); ok {
		t.Fatalf("got %s", describe(u))
	}
	list.Edit(func(tx *view.Tx[item]) { tx.Splice(8, 1) })
	if got := describe(next(t, sub)); got != "8" {
		t.Fatalf("a change of the total gave %s", got)
	}
}

func TestWindowMoves(t *testing.T) {
	list := filled(9)
	sub := list.Subscribe(view.Window{First: 3})
	next(t, sub)
	list.Edit(func(tx *view.Tx[item]) { tx.Splice(0, 0, item{key: "x"}) })
	if got := describe(next(t, sub)); got != "10 remove@2 insert@0=x" {
		t.Error(got)
	}
	sub.SetWindow(view.Window{First: 4})
	if got := describe(next(t, sub)); got != "10 insert@3=2" {
		t.Error(got)
	}
}

func TestManySmallChangesForASlowReader(t *testing.T) {
	list := filled(4000)
	sub := list.Subscribe(view.Window{})
	var p page
	p.apply(t, next(t, sub))
	list.Edit(func(tx *view.Tx[item]) {
		for i := 0; i < 4000; i += 5 {
			tx.Set(i, item{strconv.Itoa(i), "!"})
		}
		tx.Splice(10, 1)
	})
	u := next(t, sub)
	p.apply(t, u)
	if len(u.Ops) != 800 || !slices.Equal(p.items, list.Snapshot()) {
		t.Fatalf("%d operations", len(u.Ops))
	}
}

func TestStreamsEnd(t *testing.T) {
	list := filled(1)
	sub, closed := list.Subscribe(view.Window{}), list.Subscribe(view.Window{})
	next(t, sub)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := sub.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	closed.Close()
	if _, err := closed.Next(context.Background()); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	for what, end := range map[string]func(*view.Sub[item], *view.List[item]){
		"list closed":   func(_ *view.Sub[item], l *view.List[item]) { l.Close() },
		"stream closed": func(s *view.Sub[item], _ *view.List[item]) { s.Close() },
	} {
		synctest.Test(t, func(t *testing.T) {
			list := filled(1)
			sub := list.Subscribe(view.Window{})
			next(t, sub)
			var err error
			go func() { _, err = sub.Next(context.Background()) }()
			synctest.Wait()
			end(sub, list)
			synctest.Wait()
			if !errors.Is(err, io.EOF) {
				t.Errorf("%s: who waits hears %v", what, err)
			}
			list.Close()
		})
	}
}

func TestListFromManyGoroutines(t *testing.T) {
	list := newList()
	var writers, readers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 200 {
				list.Edit(func(tx *view.Tx[item]) { tx.Splice(tx.Len()/2, i%2, item{key: fmt.Sprint(w, i)}) })
			}
		})
		readers.Go(func() {
			sub := list.Subscribe(view.Window{Last: w * 10})
			defer sub.Close()
			var p page
			for !slices.ContainsFunc(p.items, func(i item) bool { return i.key == "end" }) {
				u, err := sub.Next(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				p.apply(t, u)
			}
		})
	}
	writers.Wait()
	list.Edit(func(tx *view.Tx[item]) { tx.Splice(tx.Len(), 0, item{key: "end"}) })
	readers.Wait()
}

// BenchmarkAppend must not grow with the list.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			list := filled(n)
			sub := list.Subscribe(view.Window{})
			_, _ = sub.Next(context.Background())
			for i := 0; b.Loop(); i++ {
				list.Edit(func(tx *view.Tx[item]) { tx.Splice(tx.Len(), 0, item{key: "x" + strconv.Itoa(i)}) })
				_, _ = sub.Next(context.Background())
				list.Edit(func(tx *view.Tx[item]) { tx.Splice(tx.Len()-1, 1) })
				_, _ = sub.Next(context.Background())
			}
		})
	}
}
