package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// annotated is a server that has each reaction already, and lists pages of them.
type annotated struct {
	server
	pages []string
	// errs are what it says first where it is asked for them.
	errs  []error
	asked []string
}

func (a *annotated) SendEvent(ctx context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	if kind == event.Reaction {
		time.Sleep(time.Second)
		return "", &homeserver.Error{Status: 400, Errcode: homeserver.DuplicateAnnotation}
	}
	return a.server.SendEvent(ctx, room, kind, txn, content)
}

func (a *annotated) Relations(_ context.Context, _ event.RoomID, id event.EventID, p homeserver.RelationsParams) (homeserver.Relations, error) {
	a.asked = append(a.asked, fmt.Sprintf("%s/%s/%s?from=%s", id, p.Relation, p.Type, p.From))
	if len(a.errs) > 0 {
		err := a.errs[0]
		a.errs = a.errs[1:]
		return homeserver.Relations{}, err
	}
	n := 0
	_, _ = fmt.Sscan(p.From, &n)
	next := ""
	if n+1 < len(a.pages) {
		next = fmt.Sprint(n + 1)
	}
	return homeserver.Relations{Chunk: scan.Value(a.pages[n]), Next: next}, nil
}

func annotation(id, sender, target, key, unsigned string) string {
	return fmt.Sprintf(`{"event_id":%q,"type":"m.reaction","sender":%q,"content":{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":%q}},"unsigned":{%s}}`,
		id, sender, target, key, unsigned)
}

// what the server has already is not sent again, fails
// nothing and holds nothing up (FEATURES A.7).
func TestDuplicateAnnotation(t *testing.T) {
	mine := annotation("$mine", string(me), "$e", "~", "")
	others := "[" + strings.Join([]string{
		`7,{},{"event_id":"$x","type":"m.reaction","sender":"@me:x","content":{}}`,
		annotation("$1", "@you:x", "$e", "~", ""),
		annotation("$2", string(me), "$e", "other", ""),
		annotation("$3", string(me), "$other", "~", ""),
		annotation("$4", string(me), "$e", "~", `"redacted_because":{}`),
	}, ",") + "]"
	notFound := &homeserver.Error{Status: 404, Errcode: homeserver.NotFound}
	for name, c := range map[string]struct {
		pages  []string
		errs   []error
		status string
		asked  int
	}{
		"found":             {[]string{"[" + mine + "]"}, nil, "sent $mine true", 1},
		"on the next page":  {[]string{others, "[" + mine + "]", "[]"}, nil, "sent $mine true", 2},
		"after trouble":     {[]string{"[" + mine + "]"}, []error{homeserver.ErrUnreachable, homeserver.ErrTimeout}, "sent $mine true", 3},
		"redacted by then":  {[]string{others}, nil, "cancelled  true", 1},
		"nobody tells":      {[]string{"[" + mine + "]"}, []error{notFound}, "cancelled  true", 1},
		"pages without end": {make([]string, 100), nil, "cancelled  true", 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for i, page := range c.pages {
					if page == "" {
						c.pages[i] = "[]"
					}
				}
				s := &annotated{server: server{calm: true, byTxn: map[event.TxnID]int{}, rand: newRand()}, pages: c.pages, errs: c.errs}
				disk := mem.NewDisk()
				core := start(t, disk, s)
				core.join()
				check(t, core.outbox.Add(t.Context(), about("!a", "r", event.Reaction, "$e")), nil)
				check(t, core.outbox.Add(t.Context(), about("!a", "back", event.RoomRedaction, "~r")), nil)
				check(t, core.add("!a", 0), nil)
				time.Sleep(time.Hour)
				for range 2 {
					if got := core.status("r"); got != c.status {
						t.Errorf("%q, want %q", got, c.status)
					}
					core.stop()
					disk.Kill()
					core = start(t, disk, s)
				}
				if len(s.asked) != c.asked || s.asked[0] != "$e/m.annotation/m.reaction?from=" {
					t.Errorf("asked for %q", s.asked)
				}
				sentBack := len(s.events) == 2 && s.events[0].content == redaction("$mine", "why")
				cancelled := len(s.events) == 1 && core.status("back") == "cancelled  true"
				if want := strings.HasPrefix(c.status, "sent"); sentBack != want || cancelled == want {
					t.Errorf("what takes it back: %v", s.events)
				}
				core.stop()
			})
		})
	}
}

// TestRedact: a redaction has its own endpoint, with the reason alone.
func TestRedact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{calm: true, byTxn: map[event.TxnID]int{}, rand: newRand()}
		c := start(t, mem.NewDisk(), s)
		c.join()
		check(t, c.outbox.Add(t.Context(), about("!a", "r", event.RoomRedaction, "$e")), nil)
		time.Sleep(time.Minute)
		if want := (sent{"!a", "r", event.RoomRedaction, redaction("$e", "why")}); len(s.events) != 1 || s.events[0] != want {
			t.Errorf("%+v, want %+v", s.events, want)
		}
		c.stop()
	})
}
