//go:build !js

package client_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// answers yields the specification's examples of a success of an operation,
// and what mutations make of them.
func answers(t *testing.T, operation string, try func(what string, body []byte)) {
	t.Helper()
	n := 0
	for e := range conformance.NeedAPI(t).Examples() {
		if e.Operation.Name() != operation || e.Status != "200" {
			continue
		}
		n++
		try(e.Name, e.Body)
		for what, body := range conformance.Mutations(e.Body) {
			try(e.Name+": "+what, body)
		}
	}
	if n == 0 {
		t.Fatalf("no examples of %s", operation)
	}
}

// store is a ledger of its own for each answer.
func store(t *testing.T) *ledger.Ledger {
	t.Helper()
	db, err := mem.Open(t.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Known{})
	if err != nil {
		t.Fatal(err)
	}
	err = l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		turn.SetSession(&table.Session{Homeserver: "https://x", UserID: "@alice:example.com", DeviceID: "D", Token: "t"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// noPanic names the answer that the core did not survive.
func noPanic(t *testing.T, what string) {
	if p := recover(); p != nil {
		at := make([]byte, 4096)
		t.Errorf("%s: %v\n%s", what, p, at[:runtime.Stack(at, false)])
	}
}

// TestSyncAnswers takes in every example of a sync response and its mutations,
// then shows all rooms and their timelines, and takes in the whole example on
// top: what came before must not stand in its way.
func TestSyncAnswers(t *testing.T) {
	var whole scan.Value
	answers(t, "GET /_matrix/client/v3/sync", func(what string, body []byte) {
		v, err := scan.Parse(body)
		if err != nil {
			return // the homeserver package refuses it: see its own tests
		}
		if whole == nil {
			whole = v.Clone()
		}
		defer noPanic(t, what)
		l := store(t)
		defer func() { _ = l.Close(t.Context()) }()
		loop := syncer.New(l, nil, clock{}, func(syncer.Status) {})
		_ = loop.Take(t.Context(), "", v)
		showAll(t, what, l)
		if err := loop.Take(t.Context(), l.NextBatch(), whole); err != nil {
			t.Errorf("%s: then the example itself: %v", what, err)
		}
		showAll(t, what, l)
		_, aside, err := l.Read(t.Context(), nil, storage.Scan(table.Aside, nil, nil, 0))
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for _, rec := range aside[0] {
			if scan.Value(rec.Value).Kind() == scan.Object && strings.Contains(string(rec.Value), `"timeline"`) {
				t.Errorf("%s: a whole room was set aside, so a parser panicked", what)
			}
		}
	})
}

// server serves one answer for ever.
type server struct{ page homeserver.Messages }

func (s server) Messages(context.Context, event.RoomID, homeserver.MessagesParams) (homeserver.Messages, error) {
	return s.page, nil
}

func (s server) Context(context.Context, event.RoomID, event.EventID, int, scan.Value) (homeserver.Context, error) {
	return homeserver.Context{}, homeserver.ErrNotFound
}

func (s server) Event(context.Context, event.RoomID, event.EventID) (scan.Value, error) {
	return nil, homeserver.ErrNotFound
}

func (s server) Relations(context.Context, event.RoomID, event.EventID, homeserver.RelationsParams) (homeserver.Relations, error) {
	return homeserver.Relations{}, homeserver.ErrNotFound
}

func showAll(t *testing.T, what string, l *ledger.Ledger) {
	t.Helper()
	for _, r := range l.Rooms() {
		_ = summary.Listed(r)
		open, err := timeline.Open(t.Context(), timeline.Config{Ledger: l, Server: server{}, Room: r.ID}, 0)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		checkItems(t, what, open.Items())
		open.Close()
	}
}

func checkItems(t *testing.T, what string, items []api.TimelineItem) {
	t.Helper()
	keys := map[string]bool{}
	for _, i := range items {
		if i.Key == "" || keys[i.Key] {
			t.Errorf("%s: key %q is there twice or empty", what, i.Key)
		}
		keys[i.Key] = true
	}
}

// TestMessagesAnswers pages back over every example of /messages and its
// mutations, three times: a server that never ends must not hang the page.
func TestMessagesAnswers(t *testing.T) {
	sync := scan.Value(`{"next_batch":"1","rooms":{"join":{"!636q39766251:example.com":{"timeline":{"limited":true,"prev_batch":"p","events":[
		{"event_id":"$newest","type":"m.room.message","sender":"@alice:example.com","origin_server_ts":5,"content":{"msgtype":"m.text","body":"x"}}]}}}}}`)
	answers(t, "GET /_matrix/client/v3/rooms/{roomId}/messages", func(what string, body []byte) {
		defer noPanic(t, what)
		client := answering(t, body)
		page, err := client.Messages(t.Context(), "!r", homeserver.MessagesParams{Dir: homeserver.Back})
		if err != nil {
			return
		}
		l := store(t)
		defer func() { _ = l.Close(t.Context()) }()
		if err := syncer.New(l, nil, clock{}, func(syncer.Status) {}).Take(t.Context(), "", sync); err != nil {
			t.Fatal(err)
		}
		open, err := timeline.Open(t.Context(), timeline.Config{Ledger: l, Server: server{page}, Room: "!636q39766251:example.com"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		for range 3 {
			_, _ = open.Paginate(t.Context(), 50)
			checkItems(t, what, open.Items())
		}
		if items := open.Items(); items[len(items)-1].Key != "$newest" {
			t.Errorf("%s: the newest message is gone", what)
		}
	})
}

// canned answers every request with one body.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body(string(c)), Request: r}, nil
}

func answering(t *testing.T, body []byte) *homeserver.Client {
	t.Helper()
	c, err := homeserver.Network{Transport: homeserver.NewHTTPTransport(canned(body))}.Client("https://example.com", "t")
	if err != nil {
		t.Fatal(err)
	}
	return c.Once()
}
