package timeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// sought are the events that are marked as the one that was asked for.
func sought(items []api.TimelineItem) string {
	var all []string
	for _, i := range items {
		if i.Event != nil && i.Event.Sought {
			all = append(all, string(i.Event.ID))
		}
	}
	return strings.Join(all, " ")
}

func sealed(id, sender, relation string) string {
	return said(id, sender, "m.room.encrypted", fmt.Sprintf(`{"algorithm":"m.megolm.v1.aes-sha2","ciphertext":"c","session_id":"s"%s}`, relation))
}

// TestEditLeadsToItsOriginal: who asks for an edit is led to what it edits, wherever
// the two are (FEATURES A.4).
func TestEditLeadsToItsOriginal(t *testing.T) {
	// Of 600 messages the newest 30 are stored, from $570 on.
	for _, c := range []struct {
		name, want string // "" where only what stands around the edit is shown
		edit       string
		at         int // where the edit is
	}{
		{"both stored", "$575", edit("$e", "@a:x", "$575", "new"), 580},
		{"the edit stored", "$500", edit("$e", "@a:x", "$500", "new"), 580},
		{"neither stored", "$500", edit("$e", "@a:x", "$500", "new"), 520},
		{"encrypted, stored", "$575", sealed("$e", "@a:x", about("m.replace", "$575")), 580},
		{"encrypted, not stored", "$500", sealed("$e", "@a:x", about("m.replace", "$500")), 520},
		{"no edit", "$e", message("$e", "@a:x", "b", about("m.reference", "$500")), 520},
		{"by another user, stored", "", edit("$e", "@b:x", "$575", "new"), 580},
		{"by another user, not stored", "", edit("$e", "@b:x", "$500", "new"), 520},
		{"of an edit", "", edit("$e", "@a:x", "$first", "new"), 520},
		{"of itself", "$e", edit("$e", "@a:x", "$e", "new"), 520},
		{"of another type", "", said("$e", "@a:x", "m.sticker", `{"m.new_content":{}`+about("m.replace", "$500")+`}`), 520},
		{"of state", "", sealed("$e", "@a:x", about("m.replace", "$c")), 520},
		{"with nothing new", "", message("$e", "@a:x", "b", about("m.replace", "$500")), 520},
		{"in clear of what was encrypted", "", edit("$e", "@a:x", "$sealed", "new"), 520},
		{"of what nobody has, stored", "", edit("$e", "@a:x", "$nobody", "new"), 580},
		{"of what nobody has, not stored", "", edit("$e", "@a:x", "$nobody", "new"), 520},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.say(create("$c"))
				for i := range 600 {
					if w.say(text(fmt.Sprintf("$%d", i), "@a:x", 1)); i == c.at {
						w.say(c.edit)
					}
				}
				w.insert(510, edit("$first", "@a:x", "$500", "x"), sealed("$sealed", "@a:x", ""))
				w.page = 30
				w.take()
				tl := w.focus(timeline.Config{Event: "$e"})
				defer tl.Close()
				synctest.Wait()
				items := tl.Items()
				if got := sought(items); got != c.want {
					t.Errorf("%q, want %q: %s", got, c.want, told(items))
				}
				if near := fmt.Sprintf("$%d=", c.at); c.want == "" && !strings.Contains(told(items), near) {
					t.Errorf("%s is not there: %s", near, told(items))
				}
			})
		})
	}
}

// TestEditOfWhatNobodyAnswersFor: where the server does not say what was edited, or says
// another event, what stands around the edit is shown, stored or not.
func TestEditOfWhatNobodyAnswersFor(t *testing.T) {
	stored, away := func(w *world, edit string) { w.say(edit); w.take() }, func(w *world, edit string) { w.insert(521, edit); w.pos++ }
	for _, c := range []struct {
		place  func(*world, string)
		shown  string
		answer event.EventID
	}{
		{stored, "$599=b", ""},
		{stored, "$599=b", "$101"},
		{away, "$519=b", ""},
		{away, "$519=b", "$101"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := longRoom(t)
			c.place(w, edit("$e", "@a:x", "$100", "new"))
			tl, err := timeline.Open(t.Context(), timeline.Config{Ledger: w.ledger, Server: swaps{w, "$100", c.answer}, Room: room, Event: "$e"}, 5)
			if err != nil {
				t.Fatal(err)
			}
			defer tl.Close()
			synctest.Wait()
			if got := told(tl.Items()); !strings.Contains(got, c.shown) || sought(tl.Items()) != "" {
				t.Error(got)
			}
		})
	}
}

// swaps is a server that answers with another event, or has none for answer "".
type swaps struct {
	*world
	asked, answer event.EventID
}

func (s swaps) Context(ctx context.Context, room event.RoomID, id event.EventID, limit int, filter scan.Value) (homeserver.Context, error) {
	return s.world.Context(ctx, room, s.swap(id), limit, filter)
}

func (s swaps) Event(ctx context.Context, room event.RoomID, id event.EventID) (scan.Value, error) {
	return s.world.Event(ctx, room, s.swap(id))
}

func (s swaps) swap(id event.EventID) event.EventID {
	if id == s.asked {
		return s.answer
	}
	return id
}
