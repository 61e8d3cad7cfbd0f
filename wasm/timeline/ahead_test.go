package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// reader reads a room of 61 events back, two of which a sync brought, in pages
// of seven.
type reader struct {
	*world
	timeline *timeline.Timeline
	froms    []string // the tokens that the server was asked with
}

// reading runs a test that reads back, in a bubble of its own.
func reading(t *testing.T, test func(r *reader)) { readingOf(t, 60, test) }

// readingOf is reading where the room has so many messages.
func readingOf(t *testing.T, messages int, test func(r *reader)) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{world: newWorld(t)}
		r.page = 2
		r.say(append([]string{create("$c")}, many("a", messages)...)...)
		r.take()
		r.answers(func(ctx context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
			r.froms = append(r.froms, p.From)
			return r.messages(ctx, p)
		})
		r.timeline = r.open(0)
		test(r)
		r.timeline.Close()
		if err := r.ledger.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func (r *reader) back() api.Paginated {
	r.t.Helper()
	got := paginate(r.t, r.timeline, 7)
	synctest.Wait()
	return got
}

// toStart reads all there is, and compares.
func (r *reader) toStart() {
	r.t.Helper()
	for range 20 {
		if r.back().Start {
			break
		}
	}
	want := "start day1 $c"
	for i := range 60 {
		want += fmt.Sprintf(" $a%d", i)
	}
	expect(r.t, "all that was read", lines(r.timeline.Items()), want)
}

func TestServerIsAskedAheadOfWhoReadsOn(t *testing.T) {
	reading(t, func(r *reader) {
		r.back()
		if len(r.froms) != 1 {
			t.Errorf("one page was wanted, and %v asked for", r.froms)
		}
		r.back()
		shown := lines(r.timeline.Items())
		if len(r.froms) != 3 {
			t.Errorf("whoever reads on needs the next page, and %v was asked for", r.froms)
		}
		if n := strings.Count(shown, "$"); n != 2+2*7 {
			t.Errorf("%d events are shown: one was not asked for", n)
		}
		r.toStart()
		slices.Sort(r.froms)
		if again := len(slices.Compact(slices.Clone(r.froms))); again != len(r.froms) || len(r.froms) != 9 {
			t.Errorf("each page once: %v", r.froms)
		}
	})
}

// Who reads on gets the pages they ask for, and the server is asked for more at
// once, the longer they do.
func TestPagesGrow(t *testing.T) {
	readingOf(t, 760, func(r *reader) {
		r.most = 1000
		for {
			got := paginate(r.t, r.timeline, 50)
			synctest.Wait()
			if got.Start {
				break
			}
			if got.Loaded < 40 || got.Loaded > 60 {
				t.Errorf("50 were wanted, and %d came", got.Loaded)
			}
		}
		fresh := r.open(1000)
		expect(t, "what is shown is what is stored", lines(r.timeline.Items()), lines(fresh.Items()))
		if n := strings.Count(lines(fresh.Items()), "$"); n != 761 || len(r.froms) != 6 {
			t.Errorf("%d events by %v", n, r.froms)
		}
		fresh.Close()
	})
}

func TestWhatWasAskedAheadAndFailedIsAskedAgain(t *testing.T) {
	reading(t, func(r *reader) {
		serve, asked := r.serve, 0
		r.answers(func(ctx context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
			if asked++; asked == 3 {
				return homeserver.Messages{}, errOffline
			}
			return serve(ctx, p)
		})
		r.toStart()
	})
}

// A page is not put where it was not asked for: here a gap came meanwhile, then
// the commit of a page failed.
func TestWhatWasAskedAheadForAnotherGap(t *testing.T) {
	reading(t, func(r *reader) {
		r.back()
		r.back()
		r.say(many("b", 9)...)
		r.take()
		r.back()
		r.back()
		r.disk.OnCommit(1, mem.Fault{Err: storage.ErrQuota})
		if _, err := r.timeline.Paginate(r.t.Context(), 7); !errors.Is(err, storage.ErrQuota) {
			t.Error(err)
		}
		for range 20 {
			if r.back().Start {
				break
			}
		}
		fresh := r.open(1000)
		expect(t, "what is shown is what is stored", lines(r.timeline.Items()), lines(fresh.Items()))
		if n := strings.Count(lines(fresh.Items()), "$"); n != 70 {
			t.Errorf("%d events: %s", n, lines(fresh.Items()))
		}
		fresh.Close()
	})
}

// Whoever goes takes back what was asked ahead.
func TestRequestAheadEndsWithItsReader(t *testing.T) {
	ends := map[string]func(*reader){
		"abort": func(r *reader) {
			ctx, cancel := context.WithCancel(r.t.Context())
			cancel()
			if _, err := r.timeline.Paginate(ctx, 7); !errors.Is(err, context.Canceled) {
				r.t.Error(err)
			}
		},
		"close": func(r *reader) { r.timeline.Close() },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			reading(t, func(r *reader) {
				serve := r.serve
				var over atomic.Int32
				r.answers(func(ctx context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
					if len(r.froms) < 2 {
						return serve(ctx, p)
					}
					<-ctx.Done()
					over.Add(1)
					return homeserver.Messages{}, ctx.Err()
				})
				r.back()
				r.back()
				end(r)
				synctest.Wait()
				if over.Load() == 0 {
					t.Error("the request goes on")
				}
			})
		})
	}
}
