package storage_test

import (
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
)

// clock keeps timers for the test to fire.
type clock struct{ timers []*timer }

type timer struct {
	after   time.Duration
	fire    func()
	stopped bool
}

func (c *clock) afterFunc(d time.Duration, f func()) func() {
	t := &timer{after: d, fire: f}
	c.timers = append(c.timers, t)
	return func() { t.stopped = true }
}

func watch(c *clock) (stop func(), slow, hung *int) {
	slow, hung = new(int), new(int)
	o := storage.Options{AfterFunc: c.afterFunc, Slow: func(storage.Slow) { *slow++ }}.WithDefaults()
	return o.Watch(storage.Slow{}, func() { *hung++ }), slow, hung
}

// After a machine's sleep all timers fire at once. A transaction that could
// not run meanwhile gets the time from the notice to the limit again, because
// the second timer starts only when the first has fired.
func TestSleepOfTheMachineIsNoHang(t *testing.T) {
	c := &clock{}
	stop, slow, hung := watch(c)
	if len(c.timers) != 1 || c.timers[0].after != 5*time.Second {
		t.Fatalf("timers at first: %+v", c.timers)
	}
	c.timers[0].fire()
	if *slow != 1 || *hung != 0 || len(c.timers) != 2 || c.timers[1].after != 20*time.Second {
		t.Fatalf("%d notices, %d hangs, timers %+v", *slow, *hung, c.timers)
	}
	stop()
	if !c.timers[1].stopped {
		t.Error("the second timer runs on")
	}
}

func TestStoppedWatchStaysQuiet(t *testing.T) {
	c := &clock{}
	stop, _, hung := watch(c)
	stop()
	if !c.timers[0].stopped {
		t.Error("the first timer runs on")
	}
	c.timers[0].fire() // it was firing already
	if len(c.timers) != 1 || *hung != 0 {
		t.Errorf("a stopped watch started a timer: %+v", c.timers)
	}
}

// A timer may fire before AfterFunc has returned what stops it.
func TestTimerFiresBeforeItIsKnown(t *testing.T) {
	c := &clock{}
	o := storage.Options{AfterFunc: func(d time.Duration, f func()) func() {
		stop := c.afterFunc(d, f)
		if len(c.timers) == 1 {
			f()
		}
		return stop
	}}.WithDefaults()
	o.Watch(storage.Slow{}, func() {})()
	if len(c.timers) != 2 || !c.timers[1].stopped {
		t.Errorf("timers: %+v", c.timers)
	}
}
