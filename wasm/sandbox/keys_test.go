package sandbox_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// The same as here is asked of Synapse in build/homeserver; this needs none.

func oneTime(key string) object {
	return object{"key": key, "signatures": object{}}
}

// TestOneTimeKeys: an id is for one key, a conflict takes none, and the fallback
// key is lent when all others are gone (FEATURES D-16).
func TestOneTimeKeys(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	upload := func(name string, keys object) object { return object{name: keys} }
	claim := func() []string {
		out := bob.ok("POST", "/keys/claim", object{"one_time_keys": object{alice.user: object{alice.device: "signed_curve25519"}}})
		return names(at(out, "one_time_keys", alice.user, alice.device))
	}
	spare := upload("fallback_keys", object{"signed_curve25519:F": oneTime("f")})
	alice.ok("POST", "/keys/upload", spare)
	alice.ok("POST", "/keys/upload", upload("one_time_keys", object{"signed_curve25519:A": oneTime("1")}))
	alice.refused("POST", "/keys/upload", upload("one_time_keys", object{"signed_curve25519:A": oneTime("2"), "signed_curve25519:B": oneTime("3")}),
		400, "M_UNKNOWN")
	if out, _ := alice.sync("", ""); at(out, "device_one_time_keys_count", "signed_curve25519") != 1.0 {
		t.Errorf("after a conflict: %v", out["device_one_time_keys_count"])
	}
	for _, want := range [][]string{{"signed_curve25519:A"}, {"signed_curve25519:F"}, {"signed_curve25519:F"}} {
		if got := claim(); !slices.Equal(got, want) {
			t.Errorf("claimed %v, not %v", got, want)
		}
	}
	alice.ok("POST", "/keys/upload", spare)
	if out, _ := alice.sync("", ""); len(out["device_unused_fallback_key_types"].([]any)) != 0 {
		t.Error("the same fallback key is fresh again")
	}
}

func names(v any) []string {
	out := []string{}
	for name := range v.(object) {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// TestToDeviceInPortions: messages come a hundred a sync, each once.
func TestToDeviceInPortions(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	_, since := bob.sync("", "")
	for n := range 201 {
		alice.ok("PUT", fmt.Sprintf("/sendToDevice/m.test/%d", n), object{"messages": object{bob.user: object{"*": object{"n": n}}}})
	}
	var sizes []int
	next := 0.0
	for range 4 {
		out, token := bob.sync(since, "")
		all := each(at(out, "to_device", "events"))
		for _, e := range all {
			if got := at(e, "content", "n"); got != next {
				t.Fatalf("%v comes when it is the turn of %v", got, next)
			}
			next++
		}
		since, sizes = token, append(sizes, len(all))
	}
	if !reflect.DeepEqual(sizes, []int{100, 100, 1, 0}) {
		t.Errorf("portions of %v", sizes)
	}
}

// TestSignatures: what is forged is refused, what is genuine stays over a
// restart, and who signed whom only the two know.
func TestSignatures(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.json")
	s, c := kept(t, file)
	alice, bob, carol := c.register("alice"), c.register("bob"), c.register("carol")
	master, user, theirs := newPair(t, 1), newPair(t, 2), newPair(t, 3)
	alice.ok("POST", "/keys/device_signing/upload", object{"master_key": master.is(alice.user, "master"),
		"user_signing_key": master.sign(t, alice.user, user.is(alice.user, "user_signing"))})
	key := theirs.is(bob.user, "master")
	bob.ok("POST", "/keys/device_signing/upload", object{"master_key": key})
	forged := master.sign(t, alice.user, key)
	forged["signatures"] = object{alice.user: object{"ed25519:" + user.public: at(forged, "signatures", alice.user, "ed25519:"+master.public)}}
	out := alice.ok("POST", "/keys/signatures/upload", object{bob.user: object{theirs.public: forged}})
	if at(out, "failures", bob.user, theirs.public, "errcode") != "M_INVALID_SIGNATURE" {
		t.Errorf("a forgery: %v", out)
	}
	out = alice.ok("POST", "/keys/signatures/upload", object{bob.user: object{theirs.public: user.sign(t, alice.user, key)}})
	if len(out["failures"].(object)) > 0 {
		t.Error(out)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, c = kept(t, file)
	defer s.Close()
	for name, p := range map[string]*client{"alice": alice, "bob": bob, "carol": carol} {
		p.base = c.base
		out := p.ok("POST", "/keys/query", object{"device_keys": object{bob.user: []string{}}})
		_, sees := at(out, "master_keys", bob.user, "signatures", alice.user).(object)
		if sees != (name == "alice") {
			t.Errorf("%s sees alice's signature: %v", name, sees)
		}
	}
}

type pair struct {
	key    *curve25519.SigningKey
	public string
}

func newPair(t *testing.T, n byte) pair {
	t.Helper()
	key, err := curve25519.NewSigningKey(append(make([]byte, 31), n))
	if err != nil {
		t.Fatal(err)
	}
	return pair{key, unpadded.Encode(key.Public())}
}

func (p pair) is(user, usage string) object {
	return object{"user_id": user, "usage": []string{usage}, "keys": object{"ed25519:" + p.public: p.public}}
}

func (p pair) sign(t *testing.T, user string, o object) (out object) {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signature.Sign(scan.Value(raw), user, "ed25519:"+p.public, p.key)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(signed, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
