package view_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/alcove-chat/alcove/wasm/view"
)

func sameInt(a, b int) bool { return a == b }

func TestValueGivesTheLatestOnce(t *testing.T) {
	v := view.NewValue(1, sameInt)
	r := v.Subscribe()
	ctx := context.Background()
	if got, err := r.Next(ctx); got != 1 || err != nil {
		t.Fatal(got, err)
	}
	v.Set(2)
	v.Update(func(n int) int { return n + 1 })
	v.Set(3)
	if got, err := r.Next(ctx); got != 3 || err != nil || v.Get() != 3 {
		t.Fatal(got, err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.Next(cancelled); !errors.Is(err, context.Canceled) {
		t.Fatal("an unchanged value was given again:", err)
	}
	v.Set(4)
	v.Close()
	if got, err := r.Next(ctx); got != 4 || err != nil {
		t.Fatal("the last value before the end was lost:", got, err)
	}
	if _, err := r.Next(ctx); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestReaderOfAValueCloses(t *testing.T) {
	v := view.NewValue(1, sameInt)
	r := v.Subscribe()
	_, _ = r.Next(context.Background())
	done := make(chan error)
	go func() {
		_, err := r.Next(context.Background())
		done <- err
	}()
	r.Close()
	r.Close()
	if err := <-done; !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestValueFromManyGoroutines(t *testing.T) {
	v := view.NewValue(0, sameInt)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				v.Update(func(n int) int { return n + 1 })
			}
		})
		all.Go(func() {
			r := v.Subscribe()
			for last := 0; last < 2000; {
				n, err := r.Next(context.Background())
				if err != nil || n < last {
					t.Error(n, err)
					return
				}
				last = n
			}
		})
	}
	all.Wait()
}
