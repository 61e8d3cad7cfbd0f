package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// FEATURES D-01: a gap stands where it is and closes in place.
func TestGapOpensAndCloses(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	tl := w.open(0)
	f := follow(t, tl)
	w.say(many("b", 10)...)
	w.page = 2
	w.take()
	expect(t, "limited sync", f.next(), "insert 6 gap; insert 7 $b8; insert 8 $b9")
	got := paginate(t, tl, 3)
	if got.Loaded < 3 || got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "first page", f.next(), "insert 7 $b1; insert 8 $b2; insert 9 $b3; insert 10 $b4; insert 11 $b5; insert 12 $b6; insert 13 $b7")
	if got = paginate(t, tl, 30); got.Loaded != 1 || !got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "closed", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7 $b8 $b9")
	expect(t, "stored", lines(w.open(100).Items()), lines(tl.Items()))
}

func TestOfflinePaginationGoesOnBehindTheGap(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	w.say(many("b", 4)...)
	w.page = 2
	w.take()
	tl := w.open(30)
	expect(t, "only what has no hole", lines(tl.Items()), "day1 $b2 $b3")
	w.offline()
	if got := paginate(t, tl, 30); got.Loaded != 4 || got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "offline", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 gap $b2 $b3")
	if _, err := tl.Paginate(t.Context(), 5); !errors.Is(err, errOffline) {
		t.Errorf("nothing to load offline: %v", err)
	}
	w.answers(w.messages)
	if got := paginate(t, tl, 30); got.Loaded != 2 || !got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "online", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3")
}

func TestPaginateFromStorageFirst(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 299)...)...)
	w.take()
	tl := w.open(10)
	if n := len(tl.Items()); n < 10 || n > 120 {
		t.Fatalf("%d items", n)
	}
	for range 20 {
		if paginate(t, tl, 40).Start {
			break
		}
	}
	if n := len(tl.Items()); n != 302 || w.asked != 0 {
		t.Fatalf("%d items, %d requests", n, w.asked)
	}
}

func TestFirstSyncPaginatesToTheStart(t *testing.T) {
	w := newWorld(t)
	w.page = 5
	w.say(append([]string{create("$c")}, many("a", 60)...)...)
	w.take()
	tl := w.open(30)
	f := follow(t, tl)
	total := 5
	for range 20 {
		got := paginate(t, tl, 10)
		total += got.Loaded
		f.next()
		if got.Start {
			break
		}
	}
	if total != 61 || len(f.items) != 63 || f.items[0].Kind != api.ItemStart {
		t.Fatalf("%d loaded: %s", total, lines(f.items))
	}
	if got := paginate(t, tl, 10); !got.Start || got.Loaded != 0 {
		t.Errorf("beyond the start: %+v", got)
	}
}

func TestServerThatNeverEndsDoesNotHang(t *testing.T) {
	w := newWorld(t)
	w.page = 2
	w.say(many("a", 9)...)
	w.take()
	tl := w.open(0)
	n := 0
	w.answers(func(_ context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		n++
		return homeserver.Messages{Start: p.From, End: fmt.Sprint("x", n), Chunk: scan.Value("[]")}, nil
	})
	if got := paginate(t, tl, 10); got.Loaded != 0 || got.Start {
		t.Errorf("%+v", got)
	}
	w.answers(func(_ context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		return homeserver.Messages{Start: p.From, End: p.From, Chunk: scan.Value(`["x",{},7,{"event_id":1}]`)}, nil
	})
	if got := paginate(t, tl, 10); !got.Start {
		t.Errorf("a token that stays is the end: %+v", got)
	}
}

func TestTwoPaginationsAreOneAndCancelWorks(t *testing.T) {
	synctest.Test(t, testFlight)
}

func testFlight(t *testing.T) {
	w := newWorld(t)
	defer func() { _ = w.ledger.Close(t.Context()) }()
	w.page = 2
	w.say(append([]string{create("$c")}, many("a", 9)...)...)
	w.take()
	tl := w.open(0)
	asked, answer := make(chan bool), make(chan bool)
	w.answers(func(ctx context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		asked <- true
		select {
		case <-answer:
			return w.messages(ctx, p)
		case <-ctx.Done():
			return homeserver.Messages{}, ctx.Err()
		}
	})
	type outcome struct {
		api.Paginated
		err error
	}
	call := func(ctx context.Context) chan outcome {
		c := make(chan outcome, 1)
		go func() {
			p, err := tl.Paginate(ctx, 7)
			c <- outcome{p, err}
		}()
		return c
	}
	cancelled, cancel := context.WithCancel(t.Context())
	first, second, third := call(cancelled), call(t.Context()), call(t.Context())
	<-asked
	synctest.Wait()
	cancel()
	if got := <-first; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	answer <- true
	a, b := <-second, <-third
	if a.err != nil || b.err != nil || a.Loaded != 7 || b.Loaded != 7 || w.asked != 1 {
		t.Errorf("%+v, %+v, %d requests", a, b, w.asked)
	}
	// When nobody waits any more, the request is taken back.
	cancelled, cancel = context.WithCancel(t.Context())
	last := call(cancelled)
	<-asked
	cancel()
	if got := <-last; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	closing := call(t.Context())
	<-asked
	tl.Close()
	if got := <-closing; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	if _, err := tl.Paginate(t.Context(), 1); !errors.Is(err, timeline.ErrClosed) {
		t.Error(err)
	}
}

func TestFullDiskShowsNothingThatIsNotStored(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	w.say(many("b", 9)...)
	w.page = 2
	w.take()
	tl := w.open(0)
	before := lines(tl.Items())
	w.disk.OnCommit(1, mem.Fault{Err: storage.ErrQuota})
	if _, err := tl.Paginate(t.Context(), 30); !errors.Is(err, storage.ErrQuota) {
		t.Errorf("commit: %v", err)
	}
	w.disk.OnRead(1, mem.Fault{Err: storage.ErrHung})
	if _, err := tl.Paginate(t.Context(), 30); !errors.Is(err, storage.ErrHung) {
		t.Errorf("read: %v", err)
	}
	expect(t, "after both", lines(tl.Items()), before)
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "once it works", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7 $b8")
}
