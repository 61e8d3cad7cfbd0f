package others

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/build/bench/device"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// reader is a device that is measured, asked as its page asks it.
type reader struct {
	*testing.T
	*device.Device
	met *Met
}

func (r *reader) do(what object) scan.Value {
	r.Helper()
	answer, err := r.Do(r.Context(), said(what))
	if err != nil {
		r.Fatal(err)
	}
	return answer
}

// outgoing returns the bodies of what the device asks, by what for, and answers.
func (r *reader) outgoing(answers map[e2ee.Kind]any) map[e2ee.Kind]scan.Value {
	r.Helper()
	asked := map[e2ee.Kind]scan.Value{}
	for item := range r.do(object{"do": "outgoing"}).Items() {
		kind := e2ee.Kind(item.Get("kind").Text())
		asked[kind] = item.Get("body")
		r.do(object{"do": "answered", "n": item.Get("n").Int(), "answer": answers[kind]})
	}
	return asked
}

// meet is a new device, which knows all others and has all keys of theirs.
func meet(t *testing.T) *reader {
	db, err := mem.Open(t.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	own, err := device.Open(t.Context(), db, rand.Reader, account.User, account.Device)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{T: t, Device: own}
	full := object{"one_time_key_counts": object{"signed_curve25519": 50}}
	upload := r.outgoing(map[e2ee.Kind]any{e2ee.UploadKeys: full})[e2ee.UploadKeys]
	if r.met, err = New(1).Meet(t.Context(), upload); err != nil {
		t.Fatal(err)
	}
	r.do(object{"do": "receive", "events": r.met.Letters, "counts": object{"signed_curve25519": 50}})
	return r
}

func TestEveryMessageOpens(t *testing.T) {
	r := meet(t)
	for name, room := range r.met.Rooms {
		if len(room.Events) != sessions[name]*perSession {
			t.Fatalf("%s has %d events", name, len(room.Events))
		}
		var events []json.RawMessage
		for _, e := range room.Events {
			events = append(events, json.RawMessage(e))
		}
		i := 0
		for opened := range r.do(object{"do": "decrypt", "room": room.ID, "events": events}).Items() {
			if body := opened.Path("content", "body").Text(); body != room.Bodies[i] {
				t.Fatalf("%s: message %d says %q", name, i, body)
			}
			i++
		}
	}
}

func TestTheCrowdGetsAKey(t *testing.T) {
	r := meet(t)
	share := object{"do": "share", "room": "!r:bench.example", "members": append(r.met.Crowd, account.User), "messages": 100}
	reached := 0
	for range 5 {
		if string(r.do(share)) == "true" {
			break
		}
		asked := r.outgoing(map[e2ee.Kind]any{
			e2ee.QueryKeys: object{"device_keys": r.met.Devices}, e2ee.ClaimKeys: object{"one_time_keys": r.met.OneTime},
			e2ee.SendDevices: object{},
		})
		for _, devices := range asked[e2ee.SendDevices].Get("messages").Members() {
			for range devices.Members() {
				reached++
			}
		}
	}
	if reached != crowdUsers*devicesEach {
		t.Errorf("%d devices got the key", reached)
	}
	sealed := r.do(object{"do": "encrypt", "room": "!r:bench.example", "type": "m.room.message", "content": object{"body": "hi"}})
	if sealed.Get("algorithm").Text() != e2ee.Megolm || strings.Contains(string(sealed), "hi\"") {
		t.Errorf("encrypted is %s", sealed)
	}
}

func TestAllExportedKeysAreTaken(t *testing.T) {
	r := meet(t)
	if n := r.do(object{"do": "import", "file": r.met.File, "passphrase": r.met.Passphrase}).Int(); n != exportedKeys {
		t.Errorf("%d keys were taken", n)
	}
}
