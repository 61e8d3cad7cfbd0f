package client

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

type testClock struct{}

func (testClock) Now() time.Time                         { return time.Now() }
func (testClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (testClock) Jitter(time.Duration) time.Duration     { return 0 }

// newCore opens a core over an empty disk, with nobody signed in.
func newCore(t *testing.T) (*Client, *account) {
	t.Helper()
	disk := mem.NewDisk()
	c := New(t.Context(), Platform{
		OpenDatabase: func(ctx context.Context, _ string, schema storage.Schema) (Database, bool, error) {
			db, err := mem.Open(ctx, disk, schema, storage.Options{})
			return db, true, err
		},
		Keys:           func(context.Context, string) (seal.Keys, error) { return seal.Keys{}, nil },
		DeleteDatabase: func(ctx context.Context, _ string) error { return mem.Delete(ctx, disk, storage.Options{}) },
		Clock:          testClock{},
	})
	if _, err := c.Open(t.Context(), api.OpenParams{Store: "s"}); err != nil {
		t.Fatal(err)
	}
	return c, c.account
}

// inhabit stores a session that nothing runs for.
func (a *account) inhabit(t *testing.T) {
	t.Helper()
	err := a.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		turn.SetSession(&table.Session{Homeserver: "https://x", UserID: "@me:x", DeviceID: "D", Ended: true})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (a *account) take(t *testing.T, since, body string) {
	t.Helper()
	err := syncer.New(a.ledger, nil, testClock{}, func(syncer.Status) {}).Take(t.Context(), since, scan.Value(body))
	if err != nil {
		t.Fatal(err)
	}
}

// held asks the account for its server once the test lets it.
type held struct {
	present
	asked, goOn chan struct{}
}

func (h held) Messages(ctx context.Context, room event.RoomID, p homeserver.MessagesParams) (homeserver.Messages, error) {
	close(h.asked)
	<-h.goOn
	return h.present.Messages(ctx, room, p)
}

// TestStopWhilePaginating: a pagination may ask for the account's server while
// the account ends and waits for it.
func TestStopWhilePaginating(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a := newCore(t)
		a.inhabit(t)
		a.take(t, "", `{"next_batch":"1","rooms":{"join":{"!r":{"timeline":{"limited":true,"prev_batch":"p","events":[
			{"event_id":"$1","type":"m.room.message","sender":"@a:x","origin_server_ts":5,"content":{}}]}}}}`)
		server := held{present{a}, make(chan struct{}), make(chan struct{})}
		lines, err := timeline.Open(t.Context(), timeline.Config{Ledger: a.ledger, Server: server, Room: "!r"}, 10)
		if err != nil {
			t.Fatal(err)
		}
		a.timelines["v"] = &openTimeline{Stream: lines.Subscribe(), Timeline: lines, account: a, name: "v"}
		go func() { _, _ = c.Paginate(t.Context(), api.PaginateParams{View: "v"}) }()
		<-server.asked
		ended := make(chan error)
		go func() { ended <- c.Close(t.Context()) }()
		synctest.Wait()
		close(server.goOn)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestMembersWithAGap: lazy loading does not tell who came and went in a gap,
// so a list of before it is not the whole one (FEATURES D-01, D-26).
func TestMembersWithAGap(t *testing.T) {
	line := func(id string) string {
		return `{"event_id":"` + id + `","type":"m.room.message","sender":"@a:x","origin_server_ts":5,"content":{}}`
	}
	sync := func(n, limited, id string) string {
		return `{"next_batch":"` + n + `","rooms":{"join":{"!r":{"timeline":{"limited":` + limited + `,"prev_batch":"p","events":[` + line(id) + `]}}}}}`
	}
	for _, limited := range []string{"false", "true"} {
		_, a := newCore(t)
		a.take(t, "", sync("1", "true", "$1"))
		news := &arrivals{room: "!r"}
		if _, err := a.ledger.Watch(t.Context(), news.begin(a.ledger), news.hear); err != nil {
			t.Fatal(err)
		}
		a.take(t, "1", sync("2", limited, "$2"))
		if err := a.ledger.Update(t.Context(), news.store(nil)); err != nil {
			t.Fatal(err)
		}
		if full := a.ledger.Room("!r").FullMembers; full != (limited == "false") {
			t.Errorf("limited %s: full is %v", limited, full)
		}
	}
}

// TestLogoutKeepsUnsent: what the server has is not lost with the store, even
// if its echo has not come yet.
func TestLogoutKeepsUnsent(t *testing.T) {
	for state, want := range map[api.SendState]error{api.SendSent: nil, api.SendQueued: errUnsent, api.SendFailed: errUnsent} {
		c, a := newCore(t)
		err := a.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			turn.SetSession(&table.Session{Homeserver: "https://x", UserID: "@me:x", DeviceID: "D", Ended: true})
			turn.AddOutgoing(&table.Outgoing{RoomID: "!r", TxnID: "t", Type: "t", Content: scan.Value(`{}`), State: state})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Logout(t.Context(), api.LogoutParams{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// TestForgottenSnapshot: nothing of a room that was forgotten is shown at the
// next start.
func TestForgottenSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, a := newCore(t)
		sync := func(since, next, section, body string) {
			a.take(t, since, `{"next_batch":"`+next+`","rooms":{"`+section+`":{"!r":{"timeline":{"events":[
				{"event_id":"$`+next+`","type":"m.room.message","sender":"@a:x","origin_server_ts":5,"content":{"body":"`+body+`"}}]}}}}}`)
		}
		stored := func() string {
			time.Sleep(3 * snapshotEvery)
			_, res, err := a.ledger.Read(t.Context(), nil, storage.Scan(table.View, nil, nil, 0))
			if err != nil {
				t.Fatal(err)
			}
			var all []byte
			for _, rec := range res[0] {
				all = append(all, rec.Value...)
			}
			return string(all)
		}
		a.inhabit(t)
		sync("", "1", "join", "secret")
		lines, err := c.Timeline(t.Context(), api.TimelineParams{View: "v", RoomID: "!r"})
		if err != nil {
			t.Fatal(err)
		}
		sync("1", "2", "join", "more")
		if !strings.Contains(stored(), "secret") {
			t.Error("the snapshot does not show the timeline")
		}
		lines.Close()
		sync("2", "3", "leave", "bye")
		if err := a.forget(t.Context(), "!r"); err != nil {
			t.Fatal(err)
		}
		if got := stored(); strings.Contains(got, "secret") {
			t.Error(got)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
