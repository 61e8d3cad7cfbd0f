package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// room is an encrypted room of a world: who is in it and what was said.
type room struct {
	*world
	id       event.RoomID
	users    []event.UserID
	settings e2ee.Settings
	log      []event.Event
}

func (w *world) room(id string, members ...*device) *room {
	r := &room{world: w, id: event.RoomID(id)}
	for _, d := range members {
		if user := event.UserID(d.user); !slices.Contains(r.users, user) {
			r.users = append(r.users, user)
		}
	}
	return r
}

func (r *room) keys() e2ee.RoomKeys {
	return e2ee.RoomKeys{ID: r.id, Members: r.users, Settings: r.settings}
}

func (r *room) leave(user string) {
	r.users = slices.DeleteFunc(r.users, func(u event.UserID) bool { return u == event.UserID(user) })
}

// share shares until there is nothing to wait for, or nothing happens any more.
func (d *device) share(r *room) (wait e2ee.Wait) {
	d.Helper()
	for range 50 {
		whole := d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			wait, err = w.Share(ctx, r.keys())
			return err
		})
		if !d.ask() && whole && (wait.Done() || len(d.machine.Outgoing()) == 0) {
			return wait
		}
	}
	d.Fatal("never done with sharing")
	return wait
}

// encrypt returns an encrypted content, of which the next message is no double.
func (d *device) encrypt(r *room, kind, content string) (payload scan.Value) {
	d.Helper()
	for range 20 {
		needs := false
		whole := d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			payload, err = w.Encrypt(ctx, r.id, kind, scan.Value(content))
			if needs = errors.Is(err, e2ee.ErrNeedsKeys); needs {
				err = nil
			}
			return err
		})
		if whole && !needs {
			return payload
		}
		d.share(r)
	}
	d.Fatal("never encrypted")
	return nil
}

// say says something in the room.
func (d *device) say(r *room, text string) event.Event {
	d.Helper()
	d.share(r)
	return r.add(d.user, d.encrypt(r, event.RoomMessage, fmt.Sprintf(`{"body":%q}`, text)))
}

// add puts an encrypted event at the end of the room.
func (r *room) add(sender string, content scan.Value) event.Event {
	e := sealedEvent(r.TB, fmt.Sprintf("$%d", len(r.log)), sender, content)
	r.log = append(r.log, e)
	return e
}

func sealedEvent(t testing.TB, id, sender string, content scan.Value) event.Event {
	t.Helper()
	var b scan.Builder
	b.Text("event_id", id).Text("type", event.RoomEncrypted).Text("sender", sender)
	b.Int("origin_server_ts", 5).Raw("content", content)
	e, err := event.Parse(b.Raw("unsigned", scan.Value(`{"age":7}`)).Done())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// read decrypts events and commits that.
func (d *device) read(r *room, events ...event.Event) (plains []e2ee.Plain) {
	d.Helper()
	for !d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
		plains, err = w.Decrypt(ctx, sealedIn(r.id, events))
		return err
	}) {
	}
	return plains
}

// peek decrypts events and commits nothing.
func (d *device) peek(r *room, events ...event.Event) []e2ee.Plain {
	d.Helper()
	w := d.machine.Begin()
	plains, err := w.Decrypt(d.Context(), sealedIn(r.id, events))
	if err != nil {
		d.Fatal(err)
	}
	return plains
}

func sealedIn(room event.RoomID, events []event.Event) (all []e2ee.Sealed) {
	for _, e := range events {
		all = append(all, e2ee.Sealed{Room: room, Event: e})
	}
	return all
}

// woken are the events that a device is to look at again.
func (d *device) woken(r *room) (ids []event.EventID) {
	ids = d.machine.Begin().Woken()[r.id]
	slices.Sort(ids)
	return ids
}

// told is how an event was read: its body, or why not.
func told(p e2ee.Plain) string {
	if p.Failure != "" {
		return string(p.Failure)
	}
	return p.Event.Content().Get("body").Text()
}

func allTold(plains []e2ee.Plain) (all []string) {
	for _, p := range plains {
		all = append(all, told(p))
	}
	return all
}

func expect[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// records is what a device has in a store.
func (d *device) records(s storage.Store) storage.Result { return d.disk.Records(s) }
