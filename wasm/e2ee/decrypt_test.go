package e2ee_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// forged is a room with a forger in it whose key bob has.
func forged(t *testing.T) (bob *device, f *forger) {
	w := newWorld(t, 7)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	f = alice.forger(w.room("!r", alice, bob))
	alice.send(bob, "m.room_key", f.roomKey())
	w.settle()
	return bob, f
}

// TestOpened: what is opened is an event like any other.
func TestOpened(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("hi"))
	expect(t, "at first", bob.read(f.room, e)[0].Warning, e2ee.DeviceUnknown)
	f.settle() // bob asks whose device it is
	got := bob.peek(f.room, e)[0]
	expect(t, "raw", string(got.Event.Raw), `{"event_id":"$f1","sender":"@alice:a","origin_server_ts":5,"unsigned":{"age":7},"type":"m.room.message","content":{"body":"hi"}}`)
	expect(t, "type", got.Event.Type, "m.room.message")
	expect(t, "id", got.Event.ID, e.ID)
	expect(t, "device", got.Device, event.DeviceID("A"))
	expect(t, "warning", got.Warning, e2ee.DeviceUnsigned)
	if !scan.Valid(got.Event.Raw) {
		t.Errorf("%s", got.Event.Raw)
	}
}

// TestNobodysDevice: a key comes from whoever has the keys that the Olm message
// proves; whose device that is, no message says (FEATURES E-12).
func TestNobodysDevice(t *testing.T) {
	bob, f := forged(t)
	f.server.devices["@alice:a"] = keys{}
	f.server.change("@alice:a")
	f.settle()
	e := f.seal(f.text("x"))
	for range 2 {
		got := bob.read(f.room, e)[0]
		expect(t, "warning", got.Warning, e2ee.DeviceUnknown)
		expect(t, "device", got.Device, "")
		expect(t, "trust", got.Trust, e2ee.TrustUnknown)
		f.settle()
	}
}

// TestRelations: FEATURES D-34, E-11.
func TestRelations(t *testing.T) {
	bob, f := forged(t)
	const clear, inside = `{"event_id":"$clear"}`, `{"event_id":"$inside"}`
	for i, c := range []struct{ clear, inside, want string }{
		{"", "", ""},
		{clear, "", clear},
		{"", inside, ""},
		{clear, inside, clear},
	} {
		more, payload := "", `{"body":"x"`
		if c.clear != "" {
			more = `,"m.relates_to":` + c.clear
		}
		if c.inside != "" {
			payload += `,"m.relates_to":` + c.inside + `,"m.\u0072elates_to":` + c.inside
		}
		e := f.seal(fmt.Sprintf(`{"room_id":"!r","type":"t","content":%s}}`, payload), more)
		got := bob.peek(f.room, e)[0]
		expect(t, fmt.Sprint(i), string(got.Event.Content().Get("m.relates_to")), c.want)
		expect(t, fmt.Sprint(i), strings.Contains(string(got.Event.Raw), "$inside"), false)
		expect(t, fmt.Sprint(i), told(got), "x")
	}
}

// TestRefused: what may not be opened, and why (G-2).
func TestRefused(t *testing.T) {
	bob, f := forged(t)
	for payload, want := range map[string]e2ee.Failure{
		`{"room_id":"!other","type":"t","content":{}}`:                    e2ee.EventRoom,
		`{"type":"t","content":{}}`:                                       e2ee.EventRoom,
		`{"room_id":"!r","room_id":"!other","type":"t","content":{}}`:     e2ee.EventRoom,
		`{"room_id":"!r","content":{}}`:                                   e2ee.EventMalformed,
		`{"room_id":"!r","type":1,"content":{}}`:                          e2ee.EventMalformed,
		`{"room_id":"!r","type":"","content":{}}`:                         e2ee.EventMalformed,
		`{"room_id":"!r","type":"t","content":[]}`:                        e2ee.EventMalformed,
		`{"room_id":"!r","type":"t"}`:                                     e2ee.EventMalformed,
		`{"room_id":"!r","type":"m.room.encrypted","content":{}}`:         e2ee.EventMalformed,
		`{"room_id":"!r","type":"m.room.redaction","content":{}}`:         e2ee.EventMalformed,
		`{"room_id":"!r","type":"m.room.\u0072edaction","content":{}}`:    e2ee.EventMalformed,
		`{"room_id":"!r","type":"t","content":{}} `:                       "",
		`{"room_id":"!r","type":"t","content":{}`:                         e2ee.EventMalformed,
		`{"room_id":"!r","type":"t","content":{"a":` + nested(200) + `}}`: e2ee.EventMalformed,
		``:                              e2ee.EventMalformed,
		`null`:                          e2ee.EventMalformed,
		"\xff":                          e2ee.EventMalformed,
		`"a","content":{"body":"x"}}, `: e2ee.EventMalformed,
	} {
		got := bob.peek(f.room, f.seal(payload))[0]
		expect(t, payload, got.Failure, want)
		if want != "" {
			expect(t, payload, got.Event.Type, event.RoomEncrypted)
		}
	}
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// TestMalformed: events that hold no message.
func TestMalformed(t *testing.T) {
	bob, f := forged(t)
	honest := string(f.seal(f.text("x")).Raw)
	for _, c := range []struct {
		old, new string
		want     e2ee.Failure
	}{
		{"", "", ""},
		{`"m.megolm.v1.aes-sha2"`, `"m.megolm.v2"`, e2ee.EventAlgorithm},
		{`"m.megolm.v1.aes-sha2"`, `7`, e2ee.EventAlgorithm},
		{`"algorithm"`, `"a"`, e2ee.EventAlgorithm},
		{`"ciphertext":"`, `"ciphertext":7,"c":"`, e2ee.EventMalformed},
		{`"ciphertext":"`, `"ciphertext":"!`, e2ee.EventMalformed},
		{`"ciphertext":"A`, `"ciphertext":"B`, e2ee.EventMalformed},
		{`"session_id":"`, `"session_id":"x`, e2ee.EventMalformed},
		{`"session_id":"`, `"session_id":"\u0000`, e2ee.EventMalformed},
		{`"type":`, `"state_key":"","type":`, e2ee.EventMalformed},
		{`"unsigned":{`, `"unsigned":{"redacted_because":{},`, e2ee.EventMalformed},
		{`"content":{`, `"content":{"device_id":"X","sender_key":"Y",`, ""},
		{`"sender":"@alice:a"`, `"sender":"@mallory:m"`, e2ee.EventSender},
	} {
		e, err := event.Parse(scan.Value(strings.Replace(honest, c.old, c.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.new, bob.peek(f.room, e)[0].Failure, c.want)
	}
}

// TestTampered changes every byte of a message.
func TestTampered(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("hello"))
	c := e.Content()
	message := c.Get("ciphertext").Text()
	var all []event.Event
	for i := range message {
		for _, by := range "AZz9+/" {
			if byte(by) != message[i] {
				all = append(all, sealedEvent(t, fmt.Sprint("$", i, by), f.user, scan.Value(strings.Replace(string(c), message, message[:i]+string(by)+message[i+1:], 1))))
			}
		}
	}
	opened := 0
	for i, p := range bob.read(f.room, append(all, e)...) {
		if p.Failure == "" {
			opened++
		} else if p.Failure != e2ee.EventForged && p.Failure != e2ee.EventMalformed && i < len(all)-6 {
			t.Errorf("%d: %s", i, p.Failure)
		}
	}
	// The last character of base64 has bits that do not count: with others there it
	// is the same message, which is one event's.
	expect(t, "opened", opened, 1)
}

// TestReplay: FEATURES D-20, G-2.
func TestReplay(t *testing.T) {
	bob, f := forged(t)
	for range 300 {
		f.seal(f.text("skipped")) // so that there are two pages of indices
	}
	for _, where := range []string{"one batch", "two batches", "a restart between"} {
		e := f.seal(f.text(where))
		again := sealedEvent(t, string(e.ID)+"again", f.user, e.Content())
		switch where {
		case "one batch":
			expect(t, where, fmt.Sprint(allTold(bob.read(f.room, e, again))), "[one batch event.replayed]")
		case "two batches":
			bob.read(f.room, e)
		default:
			bob.read(f.room, e)
			bob.start()
		}
		expect(t, where, told(bob.read(f.room, again)[0]), string(e2ee.EventReplayed))
		expect(t, where, told(bob.peek(f.room, again)[0]), string(e2ee.EventReplayed))
		expect(t, where, told(bob.read(f.room, e)[0]), where)
	}
}

// TestPeek: what is not committed leaves nothing.
func TestPeek(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("x"))
	again := sealedEvent(t, "$again", f.user, e.Content())
	expect(t, "first", told(bob.peek(f.room, e)[0]), "x")
	expect(t, "same", told(bob.peek(f.room, again)[0]), "x")
	expect(t, "indices", len(bob.records(table.Indices)), 0)
}

// TestForgedTakesNoIndex: a replay that comes first does not shut out the real
// event, as long as anything is wrong with it.
func TestForgedTakesNoIndex(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("x"))
	stolen := sealedEvent(t, "$stolen", "@mallory:m", e.Content())
	expect(t, "stolen", told(bob.read(f.room, stolen)[0]), string(e2ee.EventSender))
	expect(t, "real", told(bob.read(f.room, e)[0]), "x")
}
