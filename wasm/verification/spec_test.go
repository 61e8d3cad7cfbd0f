//go:build !js

package verification_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// TestBobStarts: the bytes of the spec, in both versions of MACs.
func TestBobStarts(t *testing.T) {
	for _, v1 := range []bool{false, true} {
		h := newByHand(t)
		h.v1 = v1
		macs, want := []string{"hkdf-hmac-sha256", "hkdf-hmac-sha256.v2", "x"}, "hkdf-hmac-sha256.v2"
		if v1 {
			macs, want = macs[:1], macs[0]
		}
		start := h.start(macs...)
		accept := h.say("start", start).Content
		for name, want := range map[string]string{"method": "m.sas.v1", "key_agreement_protocol": "curve25519-hkdf-sha256", "hash": "sha256", "message_authentication_code": want} {
			if got := accept.Get(name).Text(); got != want {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := string(accept.Get("short_authentication_string")); got != `["decimal","emoji"]` {
			t.Error(got)
		}
		alice := h.say("key", map[string]any{"key": h.public()}).Content.Get("key").Text()
		canonical, err := json.Marshal(start) // maps are sorted
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(append([]byte(alice), canonical...)); accept.Get("commitment").Text() != text64(sum[:]) {
			t.Error("another commitment")
		}
		h.check(alice, fmt.Sprintf("MATRIX_KEY_VERIFICATION_SAS|@b:x|BDEV|%s|@a:x|ADEV|%s|%s", h.public(), alice, h.name))
		h.finish(alice)
	}
}

// TestBobAccepts, and what he may not choose, promise or send.
func TestBobAccepts(t *testing.T) {
	for _, v1 := range []bool{false, true} {
		h := newByHand(t)
		h.v1 = v1
		h.a.do(h.a.StartSAS(h.a.only().ID))
		alice := h.say("accept", h.accept()).Content.Get("key").Text()
		h.say("key", map[string]any{"key": h.public()})
		h.check(alice, fmt.Sprintf("MATRIX_KEY_VERIFICATION_SAS|@a:x|ADEV|%s|@b:x|BDEV|%s|%s", alice, h.public(), h.name))
		h.finish(alice)
	}
	for _, c := range []struct {
		member string
		value  any
		want   v.Code
	}{
		{"key_agreement_protocol", "curve25519", v.CodeUnknownMethod},
		{"hash", "sha512", v.CodeUnknownMethod},
		{"message_authentication_code", "hmac-sha256", v.CodeUnknownMethod},
		{"short_authentication_string", []string{"colours"}, v.CodeUnknownMethod},
		{"short_authentication_string", []string{"emoji", "colours"}, v.CodeUnknownMethod},
		{"short_authentication_string", []string{}, v.CodeUnknownMethod},
		{"method", "m.reciprocate.v1", v.CodeUnknownMethod},
		{"commitment", text64(make([]byte, 32)), v.CodeMismatchedCommitment},
		{"commitment", text64(make([]byte, 31)), v.CodeInvalidMessage},
		{"commitment", 5, v.CodeInvalidMessage},
		{"short_authentication_string", "emoji", v.CodeInvalidMessage},
		{"message_authentication_code", nil, v.CodeInvalidMessage},
	} {
		h := newByHand(t)
		h.a.do(h.a.StartSAS(h.a.only().ID))
		accept := h.accept()
		accept[c.member] = c.value
		h.say("accept", accept)
		h.say("key", map[string]any{"key": h.public()})
		h.a.cancelled(c.want, true)
	}
}

// TestBobsDevice: a start of no device, or one that is none, is not Bob's.
func TestBobsDevice(t *testing.T) {
	for _, device := range []any{nil, 5, "", strings.Repeat("x", 256)} {
		h := newByHand(t)
		start := h.start("hkdf-hmac-sha256.v2")
		start["from_device"] = device
		h.say("start", start)
		h.a.cancelled(v.CodeInvalidMessage, true)
	}
}

// TestBobsKey: one that makes any secret zero is refused, and so is another than
// he promised.
func TestBobsKey(t *testing.T) {
	for key, want := range map[string]v.Code{
		text64(make([]byte, 32)): v.CodeInvalidMessage,
		text64([]byte{1, 31: 0}): v.CodeInvalidMessage,
		text64(make([]byte, 31)): v.CodeInvalidMessage,
		"":                       v.CodeInvalidMessage,
		strings.TrimSuffix(text64(bytes.Repeat([]byte{9}, 32)), "k") + "l": v.CodeInvalidMessage, // bits that count for nothing
		text64(bytes.Repeat([]byte{9}, 32)):                                "",
	} {
		h := newByHand(t)
		h.say("start", h.start("hkdf-hmac-sha256.v2"))
		h.say("key", map[string]any{"key": key})
		if want == "" {
			h.a.is(v.Comparing)
		} else {
			h.a.cancelled(want, true)
		}
	}
}

// TestBobsMAC: what he may not vouch for. A key that Alice does not know is no
// reason to overlook it.
func TestBobsMAC(t *testing.T) {
	m := master("@b:x")
	device, other := "ed25519:BDEV", "ed25519:"+text64(m[:])
	for name, c := range map[string]struct {
		keys   map[string]v.Key
		change func(map[string]any)
		ok     bool
	}{
		"both":             {map[string]v.Key{device: key(2), other: m}, nil, true},
		"padded":           {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { c["keys"] = c["keys"].(string) + "=" }, true},
		"the master key":   {map[string]v.Key{other: m}, nil, true},
		"the device alone": {map[string]v.Key{device: key(2)}, nil, false},
		"nothing":          {nil, nil, false},
		"one unknown":      {map[string]v.Key{device: key(2), other: m, "ed25519:NEW": key(3)}, nil, false},
		"another kind":     {map[string]v.Key{device: key(2), other: m, "curve25519:BDEV": key(2)}, nil, false},
		"another device":   {map[string]v.Key{device: key(3), other: m}, nil, false},
		"another master":   {map[string]v.Key{device: key(2), other: key(3)}, nil, false},
		"one id more":      {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { c["mac"].(map[string]string)["ed25519:X"] = "" }, false},
		"one id less":      {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { delete(c["mac"].(map[string]string), device) }, false},
		"no list":          {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { c["keys"] = text64(make([]byte, 32)) }, false},
		"no text":          {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { c["keys"] = 5 }, false},
		"no object":        {map[string]v.Key{device: key(2), other: m}, func(c map[string]any) { c["mac"] = []string{} }, false},
	} {
		h := newByHand(t)
		h.say("start", h.start("hkdf-hmac-sha256.v2"))
		alice := h.say("key", map[string]any{"key": h.public()}).Content.Get("key").Text()
		content := h.macs(alice, c.keys)
		if c.change != nil {
			c.change(content)
		}
		h.say("mac", content)
		if !c.ok {
			if now := h.a.is(v.Cancelled); !now.Ours || now.Code != v.CodeKeyMismatch && now.Code != v.CodeInvalidMessage {
				t.Errorf("%s: %s", name, now.Code)
			}
			continue
		}
		h.a.do(h.a.Confirm(h.a.is(v.Comparing).ID))
		h.say("done", map[string]any{})
		h.a.is(v.Done)
	}
}

// TestNoMasterKey: of a user without one the device is proven.
func TestNoMasterKey(t *testing.T) {
	h := newByHand(t)
	h.a.do(h.a.Cancel(h.a.only().ID))
	delete(h.a.known, "@b:x")
	_, step, err := h.a.AskDevices("@b:x", []event.DeviceID{"BDEV"}, v.SAS)
	h.a.do(step, err)
	h.name = h.last().Content.Get("transaction_id").Text()
	h.say("ready", map[string]any{"from_device": "BDEV", "methods": []string{"m.sas.v1"}})
	h.say("start", h.start("hkdf-hmac-sha256.v2"))
	alice := h.say("key", map[string]any{"key": h.public()}).Content.Get("key").Text()
	h.a.do(h.a.Confirm(h.a.only().ID))
	h.say("mac", h.macs(alice, map[string]v.Key{"ed25519:BDEV": h.b.Key}))
	h.say("done", map[string]any{})
	h.a.proven(&h.b.Key, nil)
}

// TestOutOfOrder (spec: SAS, error and exception handling): each message in each
// place where it has none.
func TestOutOfOrder(t *testing.T) {
	steps := []string{"start", "key", "mac", "done"}
	contents := func(h *byHand, alice string) map[string]map[string]any {
		m := master("@b:x")
		all := map[string]map[string]any{
			"ready": {"from_device": "BDEV", "methods": []string{"m.sas.v1", "m.extra"}}, "start": h.start("hkdf-hmac-sha256.v2"),
			"accept": {}, "key": {"key": h.public()}, "done": {}, "request": {"from_device": "BDEV", "methods": []string{"m.sas.v1"}, "timestamp": h.w.now.UnixMilli()},
		}
		if alice != "" {
			all["mac"] = h.macs(alice, map[string]v.Key{"ed25519:BDEV": h.b.Key, "ed25519:" + text64(m[:]): m})
		} else {
			all["mac"] = map[string]any{"mac": map[string]any{}, "keys": ""}
		}
		return all
	}
	for at := range len(steps) {
		for _, kind := range []string{"request", "ready", "start", "accept", "key", "mac", "done"} {
			h := newByHand(t)
			alice := ""
			for _, step := range steps[:at] {
				sent := h.say(step, contents(h, alice)[step])
				if step == "key" {
					alice = sent.Content.Get("key").Text()
					h.a.do(h.a.Confirm(h.a.only().ID))
				}
			}
			before := len(h.w.log)
			h.say(kind, contents(h, alice)[kind])
			switch {
			case kind == steps[at]:
				if now := h.a.only(); now.Phase == v.Cancelled {
					t.Errorf("%s after %v: %s", kind, steps[:at], now.Code)
				}
			case slices.Contains(steps[:at], kind):
				if len(h.w.log) != before { // the same again
					t.Errorf("%s twice: %s", kind, h.last().Type)
				}
			default:
				h.a.cancelled(v.CodeUnexpectedMessage, true)
			}
		}
	}
}

// TestNotTheSameAgain (I-2): a second message of a kind that differs is unexpected.
func TestNotTheSameAgain(t *testing.T) {
	h := newByHand(t)
	h.say("start", h.start("hkdf-hmac-sha256.v2"))
	h.say("key", map[string]any{"key": h.public()})
	seen := h.a.is(v.Comparing).Emoji
	h.say("key", map[string]any{"key": h.public(), "x": 1})
	h.a.cancelled(v.CodeUnexpectedMessage, true)
	if len(seen) != 7 || h.a.only().Emoji != nil {
		t.Error("an ended one still shows emoji")
	}
	before := len(h.w.log)
	h.say("mac", map[string]any{})
	h.say("start", h.start())
	h.say("cancel", map[string]any{"code": "m.user", "reason": ""})
	if len(h.w.log) != before {
		t.Errorf("an ended one is answered with %s", h.last().Content)
	}
	if scan.Value(h.last().Content).Get("reason").Text() == "" {
		t.Error("no reason")
	}
}
