//go:build !js

package verification_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"sort"
	"strings"
	"testing"

	"golang.org/x/crypto/hkdf"
	"maunium.net/go/mautrix/crypto/verificationhelper"

	"github.com/alcove-chat/alcove/wasm/event"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// byHand is Bob, who says what the test has him say. What he reckons, he reckons
// as the spec has it, with other libraries than ours.
type byHand struct {
	w    *world
	a    *device
	b    v.Own
	name string
	key  *ecdh.PrivateKey
	v1   bool
}

func newByHand(t *testing.T) *byHand {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "ADEV", true), w.add("@b:x", "BDEV", true)
	w.devices = w.devices[:1] // he is no program
	k, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{5}, 32))
	if err != nil {
		t.Fatal(err)
	}
	_, step, err := a.AskDevices("@b:x", []event.DeviceID{"BDEV"}, v.SAS)
	a.do(step, err)
	h := &byHand{w: w, a: a, b: b.own, key: k, name: w.log[0].Content.Get("transaction_id").Text()}
	h.say("ready", map[string]any{"from_device": "BDEV", "methods": []string{"m.sas.v1"}})
	a.is(v.Ready)
	return h
}

// say lets Alice hear a message, and returns the last that she sent.
func (h *byHand) say(kind string, content map[string]any) v.Send {
	h.w.Helper()
	content["transaction_id"] = h.name
	text, err := json.Marshal(content)
	if err != nil {
		h.w.Fatal(err)
	}
	h.a.send(h.a.Receive(v.Event{Type: "m.key.verification." + kind, Sender: "@b:x", Content: text}))
	return h.last()
}

func (h *byHand) last() v.Send { return h.w.log[len(h.w.log)-1] }

func (h *byHand) start(macs ...string) map[string]any {
	return map[string]any{
		"from_device": "BDEV", "method": "m.sas.v1", "key_agreement_protocols": []string{"curve25519", "curve25519-hkdf-sha256"},
		"hashes": []string{"sha512", "sha256"}, "message_authentication_codes": macs, "short_authentication_string": []string{"emoji", "decimal", "colours"},
	}
}

func text64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func (h *byHand) public() string { return text64(h.key.PublicKey().Bytes()) }

// derive is HKDF of the secret that is shared with a key of Alice's.
func (h *byHand) derive(alice, info string, size int) []byte {
	h.w.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(alice)
	if err != nil {
		h.w.Fatal(err)
	}
	public, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		h.w.Fatal(err)
	}
	secret, err := h.key.ECDH(public)
	if err != nil {
		h.w.Fatal(err)
	}
	out := make([]byte, size)
	if _, err := io.ReadFull(hkdf.New(sha256.New, secret, nil, []byte(info)), out); err != nil {
		h.w.Fatal(err)
	}
	return out
}

func (h *byHand) mac(alice, who, id, of string) string {
	h.w.Helper()
	m := hmac.New(sha256.New, h.derive(alice, "MATRIX_KEY_VERIFICATION_MAC"+who+h.name+id, 32))
	m.Write([]byte(of))
	if h.v1 {
		return verificationhelper.BrokenB64Encode(m.Sum(nil))
	}
	return text64(m.Sum(nil))
}

// macs are those of Bob's keys, by their ids.
func (h *byHand) macs(alice string, keys map[string]v.Key) map[string]any {
	h.w.Helper()
	who := "@b:xBDEV@a:xADEV"
	all := map[string]string{}
	var ids []string
	for id, k := range keys {
		ids = append(ids, id)
		all[id] = h.mac(alice, who, id, text64(k[:]))
	}
	sort.Strings(ids)
	return map[string]any{"mac": all, "keys": h.mac(alice, who, "KEY_IDS", strings.Join(ids, ","))}
}

// check reckons what Alice shows and proves.
func (h *byHand) check(alice, info string) {
	h.w.Helper()
	short := h.derive(alice, info, 6)
	n := uint64(0)
	for _, b := range short {
		n = n<<8 | uint64(b)
	}
	var emoji []int
	for shift := 42; shift > 0; shift -= 6 {
		emoji = append(emoji, int(n>>shift)&63)
	}
	decimals := []int{
		(int(short[0])<<5 | int(short[1])>>3) + 1000,
		(int(short[1]&7)<<10 | int(short[2])<<2 | int(short[3])>>6) + 1000,
		(int(short[3]&0x3f)<<7 | int(short[4])>>1) + 1000,
	}
	if now := h.a.is(v.Comparing); !slices.Equal(now.Emoji, emoji) || !slices.Equal(now.Decimals, decimals) {
		h.w.Errorf("%v %v, want %v %v", now.Emoji, now.Decimals, emoji, decimals)
	}
	h.a.do(h.a.Confirm(h.a.only().ID))
	sent := h.last().Content
	who, device, m := "@a:xADEV@b:xBDEV", h.a.own.Key, master("@a:x")
	ids := []string{"ed25519:ADEV", "ed25519:" + text64(m[:])}
	for i, k := range []v.Key{device, m} {
		if got := sent.Path("mac", ids[i]).Text(); got != h.mac(alice, who, ids[i], text64(k[:])) {
			h.w.Errorf("MAC of %s: %s", ids[i], got)
		}
	}
	sort.Strings(ids)
	if got := sent.Get("keys").Text(); got != h.mac(alice, who, "KEY_IDS", strings.Join(ids, ",")) {
		h.w.Errorf("MAC of the ids: %s", got)
	}
}

// finish has Bob prove his keys and say done.
func (h *byHand) finish(alice string) {
	h.w.Helper()
	m := master("@b:x")
	if sent := h.say("mac", h.macs(alice, map[string]v.Key{"ed25519:BDEV": h.b.Key, "ed25519:" + text64(m[:]): m})); sent.Type != "m.key.verification.done" {
		h.w.Fatalf("sent %s %s", sent.Type, sent.Content)
	}
	h.a.is(v.Confirmed)
	h.say("done", map[string]any{})
	h.a.proven(&h.b.Key, &m)
}

// accept is Bob's answer to Alice's start.
func (h *byHand) accept() map[string]any {
	h.w.Helper()
	canonical, err := h.last().Content.Canonical()
	if err != nil {
		h.w.Fatal(err)
	}
	sum := sha256.Sum256(append([]byte(h.public()), canonical...))
	mac := "hkdf-hmac-sha256.v2"
	if h.v1 {
		mac = "hkdf-hmac-sha256"
	}
	return map[string]any{
		"method": "m.sas.v1", "key_agreement_protocol": "curve25519-hkdf-sha256", "hash": "sha256", "message_authentication_code": mac,
		"short_authentication_string": []string{"emoji", "decimal"}, "commitment": text64(sum[:]),
	}
}
