package others

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/build/bench/device"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Writer is who writes to the device, with one device of their own.
const (
	Writer       = "@bob:bench.example"
	writerDevice = "WRITER"
)

// A session is for as many messages.
const perSession = 100

// sessions is how many there are in each room. Each is read once, in a way of its
// own, the first to warm up.
var sessions = map[string]int{"warm": 2, "forwards": 20, "single": 20, "backwards": 20}

// writer writes, and is the server between the two.
type writer struct {
	*device.Device
	keys   map[event.UserID]map[string]json.RawMessage // devices by user
	reader scan.Value                                  // what it uploaded
	posted []json.RawMessage                           // to the reader
	count  int
}

// write has somebody fill all rooms for the device that made the upload.
func write(ctx context.Context, random io.Reader, upload scan.Value, met *Met) error {
	db, err := mem.Open(ctx, mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		return err
	}
	own, err := device.Open(ctx, db, random, Writer, writerDevice)
	if err != nil {
		return err
	}
	w := &writer{Device: own, reader: upload, keys: map[event.UserID]map[string]json.RawMessage{
		account.User: {account.Device: json.RawMessage(upload.Get("device_keys"))}, Writer: {},
	}}
	for _, name := range slices.Sorted(maps.Keys(sessions)) {
		room := Room{ID: "!" + name + ":bench.example"}
		for range sessions[name] * perSession {
			if err := w.add(ctx, &room); err != nil {
				return err
			}
		}
		met.Rooms[name] = room
	}
	for user, devices := range w.keys {
		met.Devices[string(user)] = devices
	}
	met.Letters = w.posted
	return nil
}

// add writes one more message.
func (w *writer) add(ctx context.Context, room *Room) error {
	w.count++
	body := fmt.Sprintf("message %d: %0230d", w.count, w.count)
	text, err := json.Marshal(object{"msgtype": "m.text", "body": body})
	if err != nil {
		return err
	}
	content, err := w.Encrypt(ctx, event.RoomID(room.ID), event.RoomMessage, text)
	if errors.Is(err, e2ee.ErrNeedsKeys) {
		if err = w.share(ctx, event.RoomID(room.ID)); err == nil {
			content, err = w.Encrypt(ctx, event.RoomID(room.ID), event.RoomMessage, text)
		}
	}
	if err != nil {
		return err
	}
	e, err := json.Marshal(object{
		"type": event.RoomEncrypted, "event_id": fmt.Sprintf("$%d", w.count), "room_id": room.ID, "sender": Writer,
		"origin_server_ts": 1_780_000_000_000 + w.count, "content": json.RawMessage(content),
	})
	room.Events, room.Bodies = append(room.Events, string(e)), append(room.Bodies, body)
	return err
}

// share gives the reader the next session's key.
func (w *writer) share(ctx context.Context, room event.RoomID) error {
	keys := e2ee.RoomKeys{
		ID: room, Members: []event.UserID{account.User, Writer}, Settings: e2ee.Settings{Messages: perSession, Shared: true},
	}
	for range 5 {
		done, err := w.Share(ctx, keys)
		if err != nil || done {
			return err
		}
		for all := w.Outgoing(); len(all) > 0; all = w.Outgoing() {
			if err := w.Answered(ctx, &all[0], w.answer(&all[0])); err != nil {
				return err
			}
		}
	}
	return errors.New("others: the device takes no keys")
}

// answer is what the server says; nil is that there is nothing.
func (w *writer) answer(r *e2ee.Request) scan.Value {
	switch r.Kind {
	case e2ee.UploadKeys:
		if own := r.Body.Get("device_keys"); own.Exists() {
			w.keys[Writer][writerDevice] = json.RawMessage(own)
		}
		return said(object{"one_time_key_counts": object{"signed_curve25519": 50}})
	case e2ee.QueryKeys, e2ee.QueryOthers:
		return said(object{"device_keys": w.keys})
	case e2ee.ClaimKeys:
		for name, key := range w.reader.Get("one_time_keys").Members() {
			return said(object{"one_time_keys": object{account.User: object{account.Device: object{name.Text(): json.RawMessage(key)}}}})
		}
	case e2ee.SendDevices:
		if content := r.Body.Path("messages", account.User, account.Device); content.Exists() {
			w.posted = append(w.posted, json.RawMessage(said(object{"type": r.Path[1], "sender": Writer, "content": json.RawMessage(content)})))
		}
		return scan.Value("{}")
	}
	return nil
}

func said(o object) scan.Value {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Errorf("marshal what is made here: %w", err))
	}
	return raw
}
