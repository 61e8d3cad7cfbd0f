//go:build !js

package e2ee_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	mautrixevent "maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// stranger is a device that runs mautrix's machine, on the same server.
type stranger struct {
	*world
	address
	machine *crypto.OlmMachine
	room    *room
}

func (w *world) stranger(user, name string) *stranger {
	s := &stranger{world: w, address: address{user, name}}
	w.server.changed[s.address] = map[string]bool{}
	client, err := mautrix.NewClient("http://server", id.UserID(user), "token")
	if err != nil {
		w.Fatal(err)
	}
	client.DeviceID, client.Client = id.DeviceID(name), &http.Client{Transport: s}
	s.machine = crypto.NewOlmMachine(client, nil, crypto.NewMemoryStore(nil), s)
	if err := s.machine.Load(w.Context()); err != nil {
		w.Fatal(err)
	}
	if err := s.machine.ShareKeys(w.Context(), 0); err != nil {
		w.Fatal(err)
	}
	return s
}

var kinds = map[string]e2ee.Kind{"upload": e2ee.UploadKeys, "query": e2ee.QueryKeys, "claim": e2ee.ClaimKeys}

// RoundTrip is the way from mautrix to the server.
func (s *stranger) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	path := strings.Split(strings.TrimPrefix(request.URL.Path, "/_matrix/client/v3/"), "/")
	r := &e2ee.Request{Method: request.Method, Path: path, Body: body, Kind: kinds[path[1]]}
	if path[0] == "sendToDevice" {
		r.Kind = e2ee.SendDevices
	}
	answer := s.server.do(s.address, r)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer)), Request: request}, nil
}

// What mautrix asks about rooms: it is in one, with everybody.

func (s *stranger) IsEncrypted(context.Context, id.RoomID) (bool, error) { return true, nil }

func (s *stranger) GetEncryptionEvent(context.Context, id.RoomID) (*mautrixevent.EncryptionEventContent, error) {
	return &mautrixevent.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}, nil
}

func (s *stranger) GetHistoryVisibility(context.Context, id.RoomID) (*mautrixevent.HistoryVisibilityEventContent, error) {
	return &mautrixevent.HistoryVisibilityEventContent{HistoryVisibility: mautrixevent.HistoryVisibilityShared}, nil
}

func (s *stranger) FindSharedRooms(context.Context, id.UserID) ([]id.RoomID, error) {
	return []id.RoomID{id.RoomID(s.room.id)}, nil
}

func (s *stranger) sync() {
	s.Helper()
	p := s.server.sync(s.address, false)
	list := func(v any) []byte { return written(v) }
	response := read[mautrix.RespSync](s.TB, list(map[string]any{
		"to_device":                  map[string]any{"events": rawList(p.ToDevice)},
		"device_lists":               map[string]any{"changed": p.Changed},
		"device_one_time_keys_count": json.RawMessage(p.Counts),
	}))
	s.machine.ProcessSyncResponse(s.Context(), &response, "since")
}

func rawList(values []scan.Value) []json.RawMessage {
	all := []json.RawMessage{}
	for _, v := range values {
		all = append(all, json.RawMessage(v))
	}
	return all
}

func (s *stranger) say(text string) event.Event {
	s.Helper()
	var users []id.UserID
	for _, user := range s.room.users {
		users = append(users, id.UserID(user))
	}
	room := id.RoomID(s.room.id)
	content := map[string]any{"body": text}
	sealed, err := s.machine.EncryptMegolmEvent(s.Context(), room, mautrixevent.EventMessage, content)
	if err != nil {
		if err = s.machine.ShareGroupSession(s.Context(), room, users); err != nil {
			s.Fatal(err)
		}
		if sealed, err = s.machine.EncryptMegolmEvent(s.Context(), room, mautrixevent.EventMessage, content); err != nil {
			s.Fatal(err)
		}
	}
	return s.room.add(s.user, written(sealed))
}

func (s *stranger) read(e event.Event) string {
	s.Helper()
	raw := read[mautrixevent.Event](s.TB, e.Raw)
	raw.RoomID = id.RoomID(s.room.id)
	if err := raw.Content.ParseRaw(raw.Type); err != nil {
		s.Fatal(err)
	}
	opened, err := s.machine.DecryptMegolmEvent(s.Context(), &raw)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(opened.Content.Raw["body"])
}

// TestMautrix: mautrix's machine and this one read each other, in a room where
// both speak, over rotations and a newcomer.
func TestMautrix(t *testing.T) {
	w := newWorld(t, 80)
	alice := w.device("@alice:a", "A")
	r := w.room("!r", alice)
	bob := w.stranger("@bob:b", "B")
	bob.room, r.users = r, append(r.users, "@bob:b")
	settle := func() {
		for range 3 {
			w.settle()
			bob.sync()
		}
	}
	settle()
	for i := range 4 {
		text := fmt.Sprint("alice ", i)
		e := alice.say(r, text)
		settle()
		expect(t, "bob reads", bob.read(e), text)
		text = fmt.Sprint("bob ", i)
		e = bob.say(text)
		settle()
		got := alice.read(r, e)[0]
		expect(t, "alice reads", told(got), text)
		expect(t, "by", got.Device, "B")
		if i == 1 {
			alice.rotate(r)
			alice.start()
		}
	}
	dan := w.device("@dan:d", "D")
	r.users = append(r.users, "@dan:d")
	settle()
	e := alice.say(r, "welcome")
	settle()
	expect(t, "bob reads", bob.read(e), "welcome")
	expect(t, "dan reads", told(dan.read(r, e)[0]), "welcome")
}
