package device

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// ErrUnknown is returned for what Do cannot do.
var ErrUnknown = errors.New("device: asked for what it cannot do")

// Do does what a page asks, JSON in and JSON out: see page/cryptoalcove.js.
func (d *Device) Do(ctx context.Context, what scan.Value) (scan.Value, error) {
	switch what.Get("do").Text() {
	case "outgoing":
		return d.giveOut(), nil
	case "answered":
		r, known := d.asked[what.Get("n").Int()]
		if !known {
			return nil, ErrUnknown
		}
		answer := what.Get("answer")
		if answer.Kind() != scan.Object {
			answer = nil
		}
		return scan.Value("true"), d.Answered(ctx, &r, answer)
	case "receive":
		return scan.Value("true"), d.Receive(ctx, e2ee.SyncPart{
			ToDevice: slices.Collect(what.Get("events").Items()), Counts: what.Get("counts"), Fallback: what.Get("fallback"),
		})
	case "share":
		done, err := d.Share(ctx, roomKeys(what))
		return fmt.Append(nil, done), err
	case "encrypt":
		return d.Encrypt(ctx, roomOf(what), what.Get("type").Text(), what.Get("content"))
	case "decrypt":
		return d.decrypt(ctx, what)
	case "import":
		n, err := d.Import(ctx, []byte(what.Get("file").Text()), what.Get("passphrase").Text())
		return fmt.Append(nil, n), err
	}
	return nil, ErrUnknown
}

func roomOf(what scan.Value) event.RoomID { return event.RoomID(what.Get("room").Text()) }

func roomKeys(what scan.Value) e2ee.RoomKeys {
	room := e2ee.RoomKeys{ID: roomOf(what), Settings: e2ee.Settings{Messages: what.Get("messages").Int()}}
	for user := range what.Get("members").Items() {
		room.Members = append(room.Members, event.UserID(user.Text()))
	}
	return room
}

// giveOut lists the device's requests, each with a number by which it is answered.
func (d *Device) giveOut() scan.Value {
	clear(d.asked)
	var all []scan.Value
	for i, r := range d.Outgoing() {
		d.asked[int64(i)] = r
		var b scan.Builder
		b.Int("n", int64(i)).Text("kind", string(r.Kind))
		if r.Body != nil {
			b.Raw("body", r.Body)
		}
		all = append(all, b.Done())
	}
	return list(all)
}

func (d *Device) decrypt(ctx context.Context, what scan.Value) (scan.Value, error) {
	var events []event.Event
	for raw := range what.Get("events").Items() {
		e, err := event.Parse(raw)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	opened, err := d.Decrypt(ctx, roomOf(what), events)
	return list(opened), err
}

func list(all []scan.Value) scan.Value {
	b := []byte{'['}
	for i, v := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, v...)
	}
	return append(b, ']')
}
