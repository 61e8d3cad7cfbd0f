package e2ee_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// authority makes cross-signing keys as a server might.
type authority struct{ *testing.T }

type signer struct {
	key *curve25519.SigningKey
	id  string
}

func (f authority) signer(seed byte) signer {
	f.Helper()
	key, err := curve25519.NewSigningKey([]byte(strings.Repeat(string(rune('a'+seed)), 32)))
	if err != nil {
		f.Fatal(err)
	}
	return signer{key, "ed25519:" + unpadded.Encode(key.Public())}
}

func (s signer) text() string { return strings.TrimPrefix(s.id, "ed25519:") }

func (s signer) public() table.Key32 { return table.Key32(s.key.Public()) }

// object is a public key with those signatures.
func (f authority) object(user, usage string, s signer, by ...signer) scan.Value {
	f.Helper()
	var keys, b scan.Builder
	v := b.Text("user_id", user).Texts("usage", []string{usage}).Raw("keys", keys.Text(s.id, s.text()).Done()).Done()
	for _, one := range by {
		var err error
		if v, err = signature.Sign(v, user, one.id, one.key); err != nil {
			f.Fatal(err)
		}
	}
	return v
}

// said is an answer's part about one user: master, self-signing, user-signing.
type said [3]scan.Value

var saidMembers = [3]string{"master_keys", "self_signing_keys", "user_signing_keys"}

// say lets a house's server say this of a user, and everybody ask.
func (h *house) say(user event.UserID, s said) {
	h.Helper()
	h.sayAnd(user, s, func() {})
}

// sayAnd lets more be changed of the answer.
func (h *house) sayAnd(user event.UserID, s said, more func()) {
	h.Helper()
	h.forge = func(r *e2ee.Request, answer scan.Value) scan.Value {
		if r.Kind != e2ee.QueryKeys || !r.Body.Path("device_keys", string(user)).Exists() {
			return answer
		}
		all := read[map[string]json.RawMessage](h.T, answer)
		for i, member := range saidMembers {
			if s[i] == nil {
				delete(all, member)
				continue
			}
			all[member] = json.RawMessage(written(map[string]json.RawMessage{string(user): json.RawMessage(s[i])}))
		}
		return written(all)
	}
	more()
	for _, n := range h.tenants {
		n.try(func(ctx context.Context, w *e2ee.Work) error {
			return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
		})
		for range 100 {
			if !n.ask() {
				break
			}
		}
	}
	h.forge = nil
}

// TestWrongIdentities: what is not whole is not believed, and what was known
// stays.
func TestWrongIdentities(t *testing.T) {
	h := newHouse(t, 20)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	f, user := authority{t}, string(alice.user)
	m, s, other := f.signer(0), f.signer(1), f.signer(2)
	master, self := f.object(user, "master", m), f.object(user, "self_signing", s, m)
	with := func(v scan.Value, old, new string) scan.Value {
		return scan.Value(strings.ReplaceAll(string(v), old, new))
	}
	// A key of small order, and a signature that holds for all that it signs.
	one := make([]byte, 64)
	one[0] = 1
	small := with(master, m.text(), unpadded.Encode(one[:32]))
	anything := with(f.object(user, "self_signing", s), `"user_id"`,
		`"signatures":{"`+user+`":{"ed25519:`+unpadded.Encode(one[:32])+`":"`+unpadded.Encode(one)+`"}},"user_id"`)
	bodies := map[string]said{
		"nothing":                       {},
		"no self-signing key":           {master},
		"no master key":                 {nil, self},
		"unsigned":                      {master, f.object(user, "self_signing", s)},
		"signed by another":             {master, f.object(user, "self_signing", s, other)},
		"signed by itself":              {master, f.object(user, "self_signing", s, s)},
		"another's name on a signature": {master, with(f.object(user, "self_signing", s, other), other.id, m.id)},
		"swapped usages":                {f.object(user, "self_signing", m), f.object(user, "master", s, m)},
		"wrong usage":                   {master, f.object(user, "user_signing", s, m)},
		"another's":                     {f.object("@mallory:house", "master", m), self},
		"sub key of another":            {master, f.object("@mallory:house", "self_signing", s, m)},
		"id is not the key's":           {f.object(user, "master", signer{m.key, "ed25519:" + other.text()}), self},
		"small order, no signature":     {small, f.object(user, "self_signing", s)},
		"small order, signing anything": {small, anything},
		"no key":                        {scan.Value(`{"user_id":"` + user + `","usage":["master"],"keys":{}}`), self},
		"two keys":                      {with(master, `"keys":{`, `"keys":{"`+other.id+`":"`+other.text()+`",`), self},
		"no object":                     {scan.Value(`"master"`), self},
		"a huge one":                    {with(master, `"keys":{`, `"more":"`+strings.Repeat("x", 1<<16)+`","keys":{`), self},
		"of no canonical form":          {with(master, `"keys":{`, `"more":0.5,"keys":{`), self},
	}
	for name, body := range bodies {
		h.say(alice.user, body)
		if got := bob.identity(alice.user); got != e2ee.IdentityNone {
			t.Errorf("%s is believed: %d", name, got)
		}
	}
	h.say(alice.user, said{master, self})
	if bob.identity(alice.user) != e2ee.IdentityPinned || bob.master(alice) != m.public() {
		t.Fatalf("a whole one is not believed: %d", bob.identity(alice.user))
	}
	for name, body := range bodies {
		h.say(alice.user, body)
		if bob.identity(alice.user) != e2ee.IdentityPinned || bob.master(alice) != m.public() {
			t.Errorf("%s takes it away: %d", name, bob.identity(alice.user))
		}
	}
	h.say(alice.user, said{f.object(user, "master", other), f.object(user, "self_signing", s, other)})
	if got := bob.identity(alice.user); got != e2ee.IdentityChanged {
		t.Errorf("another one: %d", got)
	}
	h.say(alice.user, said{master, self})
	if got := bob.identity(alice.user); got != e2ee.IdentityPinned {
		t.Errorf("the first one again: %d", got)
	}
}

// TestNamesakes: a device with the name of a cross-signing key is none, and our
// user's identity is none if it names this device (FEATURES B-34).
func TestNamesakes(t *testing.T) {
	for _, which := range []byte{0, 1, 2} {
		testNamesake(t, which)
	}
}

func testNamesake(t *testing.T, which byte) {
	t.Helper()
	h := newHouse(t, 21)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	f := authority{t}
	m, s, u := f.signer(0), f.signer(1), f.signer(2)
	laptop := h.login("alice")
	laptop.device = event.DeviceID(f.signer(which).text())
	laptop.disk.Wipe()
	laptop.start()
	keys := alice.keysOf(laptop)
	user := string(alice.user)
	identity := said{f.object(user, "master", m), f.object(user, "self_signing", s, m), f.object(user, "user_signing", u, m)}
	list := func(r *e2ee.Request, answer scan.Value) scan.Value {
		if r.Kind != e2ee.QueryKeys || !r.Body.Path("device_keys", user).Exists() {
			return answer
		}
		all := read[map[string]json.RawMessage](t, answer)
		all["device_keys"] = json.RawMessage(`{"` + user + `":{"` + string(laptop.device) + `":` + string(keys) + `}}`)
		return written(all)
	}
	h.say(alice.user, said{})
	forge := func() {
		before := h.forge
		h.forge = func(r *e2ee.Request, answer scan.Value) scan.Value { return list(r, before(r, answer)) }
	}
	h.sayAnd(alice.user, said{}, forge)
	if bob.trust(laptop) == e2ee.TrustUnknown {
		t.Fatal("the device is not taken at all")
	}
	h.sayAnd(alice.user, identity, forge)
	if got := bob.trust(laptop); got != e2ee.TrustUnknown && which != 2 { // which nobody else is told
		t.Errorf("a device with the name of key %d: %d", which, got)
	}
	if got := laptop.identity(alice.user); got != e2ee.IdentityNone {
		t.Errorf("an identity whose key %d has the name of this device: %d", which, got)
	}
	if got := bob.identity(alice.user); got != e2ee.IdentityPinned {
		t.Errorf("the identity itself: %d", got)
	}
}

// TestForgedSignatures: a device is signed only by its user's own self-signing
// key, whatever signatures come with it.
func TestForgedSignatures(t *testing.T) {
	h := newHouse(t, 22)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	f, user := authority{t}, string(alice.user)
	m, s, other := f.signer(0), f.signer(1), f.signer(2)
	keys := bob.keysOf(alice)
	identity := said{f.object(user, "master", m), f.object(user, "self_signing", s, m)}
	for name, c := range map[string]struct {
		user string
		by   signer
		want e2ee.Trust
	}{
		"its own":              {user, s, e2ee.TrustSigned},
		"the master key":       {user, m, e2ee.TrustUnsigned},
		"another key":          {user, other, e2ee.TrustUnsigned},
		"another's, same name": {user, signer{other.key, s.id}, e2ee.TrustUnsigned},
		"another user":         {"@mallory:house", s, e2ee.TrustUnsigned},
	} {
		signed, err := signature.Sign(keys, c.user, c.by.id, c.by.key)
		if err != nil {
			t.Fatal(err)
		}
		h.sayAnd(alice.user, identity, func() {
			before := h.forge
			h.forge = func(r *e2ee.Request, answer scan.Value) scan.Value {
				answer = before(r, answer)
				if r.Kind != e2ee.QueryKeys || !r.Body.Path("device_keys", user).Exists() {
					return answer
				}
				all := read[map[string]json.RawMessage](t, answer)
				all["device_keys"] = json.RawMessage(`{"` + user + `":{"` + string(alice.device) + `":` + string(signed) + `}}`)
				return written(all)
			}
		})
		if got := bob.trust(alice); got != c.want {
			t.Errorf("signed by %s: %d", name, got)
		}
	}
	// The self-signing key is another: what the one before signed counts no more.
	h.say(alice.user, identity)
	h.say(alice.user, said{f.object(user, "master", m), f.object(user, "self_signing", other, m)})
	if got := bob.trust(alice); got != e2ee.TrustUnsigned {
		t.Errorf("signed by the key before: %d", got)
	}
}

// TestZeroKeys: who has no private key is not taken to have that of all zeros.
func TestZeroKeys(t *testing.T) {
	h := newHouse(t, 23)
	alice := h.register("alice")
	h.settle()
	zero, err := curve25519.NewSigningKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	f, user := authority{t}, string(alice.user)
	m := signer{zero, "ed25519:" + unpadded.Encode(zero.Public())}
	s, u := f.signer(1), f.signer(2)
	h.say(alice.user, said{f.object(user, "master", m), f.object(user, "self_signing", s, m), f.object(user, "user_signing", u, m)})
	if got := alice.status(); got.Identity != e2ee.IdentityPinned || got.Private || len(got.Missing) != 4 {
		t.Errorf("%+v", got)
	}
}

// keysOf returns the device keys of another as the server has them.
func (n *tenant) keysOf(of *tenant) scan.Value {
	n.Helper()
	for _, r := range of.machine.Outgoing() {
		if keys := r.Body.Get("device_keys"); r.Kind == e2ee.UploadKeys && keys.Exists() {
			return keys.Clone()
		}
	}
	_, answer := n.do("POST", "/keys/query", scan.Value(`{"device_keys":{"`+string(of.user)+`":[]}}`))
	return answer.Path("device_keys", string(of.user), string(of.device)).Clone()
}
