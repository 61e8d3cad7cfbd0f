package signature_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
)

// The spec's test vectors are all signed by this seed, under these names.
const (
	seed   = "YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"
	entity = "domain"
	keyID  = "ed25519:1"
)

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signingKey(t *testing.T, seed string) *curve25519.SigningKey {
	t.Helper()
	key, err := curve25519.NewSigningKey(decode(t, seed))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func verifier(t *testing.T, key []byte) *curve25519.Verifier {
	t.Helper()
	v, err := curve25519.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSpecVectors: appendices, cryptographic test vectors. Of events the
// redacted form is signed, with the hash of the whole.
func TestSpecVectors(t *testing.T) {
	key := signingKey(t, seed)
	for _, c := range []struct{ object, want string }{
		{`{}`, "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"},
		{`{"one": 1, "two": "Two"}`, "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw"},
		{
			`{"room_id": "!x:domain", "sender": "@a:domain", "origin": "domain", "origin_server_ts": 1000000, "signatures": {},
				"hashes": {"sha256": "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos"}, "type": "X", "content": {}, "prev_events": [],
				"auth_events": [], "depth": 3, "unsigned": {"age_ts": 1000000}}`,
			"KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg",
		},
		{
			`{"content": {}, "event_id": "$0:domain", "hashes": {"sha256": "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g"},
				"origin": "domain", "origin_server_ts": 1000000, "type": "m.room.message", "room_id": "!r:domain",
				"sender": "@u:domain", "signatures": {}, "unsigned": {"age_ts": 1000000}}`,
			"Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA",
		},
	} {
		signed, err := signature.Sign(scan.Value(c.object), entity, keyID, key)
		if err != nil {
			t.Fatal(err)
		}
		if got := signed.Path("signatures", entity, keyID).Text(); got != c.want {
			t.Errorf("%s is signed %s", c.object, got)
		}
		if err := signature.Check(signed, entity, keyID, verifier(t, key.Public())); err != nil {
			t.Errorf("%s: %v", signed, err)
		}
	}
}

// TestSpecHashes: the content hashes of the same vectors.
func TestSpecHashes(t *testing.T) {
	for object, want := range map[string]string{
		`{"room_id": "!x:domain", "sender": "@a:domain", "origin": "domain", "origin_server_ts": 1000000, "signatures": {}, "hashes": {},
			"type": "X", "content": {}, "prev_events": [], "auth_events": [], "depth": 3, "unsigned": {"age_ts": 1000000}}`: "5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos",
		`{"content": {"body": "Here is the message content"}, "event_id": "$0:domain", "origin": "domain", "origin_server_ts": 1000000,
			"type": "m.room.message", "room_id": "!r:domain", "sender": "@u:domain", "signatures": {}, "unsigned": {"age_ts": 1000000}}`: "onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g",
	} {
		form, err := scan.Value(object).Canonical("signatures", "unsigned", "hashes")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(form)
		if got := base64.RawStdEncoding.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: %s", form, got)
		}
	}
}

// TestFixture checks every signature that another client made of devices, keys
// and a backup, and makes those again whose private keys are there.
func TestFixture(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	const alice = "@alice:localhost"
	device := fixture.Get("TEST_DEVICE_PUBLIC_ED25519_KEY_BASE64").Text()
	master := fixture.Get("MASTER_CROSS_SIGNING_PUBLIC_KEY_BASE64").Text()
	crossSigning := fixture.Get("SIGNED_CROSS_SIGNING_KEYS_DATA")
	for name, c := range map[string]struct {
		object    scan.Value
		keyID     string
		publicKey string
	}{
		"device":       {fixture.Get("SIGNED_TEST_DEVICE_DATA"), "ed25519:test_device", device},
		"backup":       {fixture.Path("SIGNED_BACKUP_DATA", "auth_data"), "ed25519:test_device", device},
		"one-time key": {fixture.Path("ONE_TIME_KEYS", alice, "test_device", "signed_curve25519:AAAAHQ"), "ed25519:test_device", device},
		"self-signing": {crossSigning.Path("self_signing_keys", alice), "ed25519:" + master, master},
		"user-signing": {crossSigning.Path("user_signing_keys", alice), "ed25519:" + master, master},
	} {
		v := verifier(t, decode(t, c.publicKey))
		if err := signature.Check(c.object, alice, c.keyID, v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := signature.Check(c.object, "@bob:localhost", c.keyID, v); !errors.Is(err, signature.ErrMissing) {
			t.Errorf("%s of another: %v", name, err)
		}
	}
	key := signingKey(t, fixture.Get("MASTER_CROSS_SIGNING_PRIVATE_KEY_BASE64").Text())
	object := crossSigning.Path("self_signing_keys", alice)
	again, err := signature.Sign(object, alice, "ed25519:"+master, key)
	if err != nil || again.Path("signatures", alice, "ed25519:"+master).Text() != object.Path("signatures", alice, "ed25519:"+master).Text() {
		t.Errorf("signed again: %s, %v", again, err)
	}
}

// TestForged is V-3: anything that changes what an object says makes it forged, and
// nothing else does.
func TestForged(t *testing.T) {
	key := signingKey(t, seed)
	v := verifier(t, key.Public())
	signed, err := signature.Sign(scan.Value(`{"a":{"b":[1,"x"]},"unsigned":{"n":0.5}}`), entity, keyID, key)
	if err != nil {
		t.Fatal(err)
	}
	made := signed.Path("signatures", entity, keyID).Text()
	for change, want := range map[[2]string]error{
		{`"unsigned":{"n":0.5}`, `"unsigned":[{}]`}:  nil,
		{`"unsigned":{"n":0.5},`, ``}:                nil,
		{`[1,"x"]`, `[ 1e0 , "\u0078" ]`}:            nil,
		{made, made + "=="}:                          nil,
		{`"domain":{`, `"other":{"x":1},"domain":{`}: nil,
		{`{"a":`, `{"a":2,"a":`}:                     nil, // the last one counts
		{`,"signatures"`, `,"a":2,"signatures"`}:     signature.ErrForged,
		{`[1,"x"]`, `["x",1]`}:                       signature.ErrForged,
		{`[1,"x"]`, `[2,"x"]`}:                       signature.ErrForged,
		{`{"a":`, `{"unsigned2":{},"a":`}:            signature.ErrForged,
		{made, made[:85] + "A"}:                      signature.ErrForged,
		{made, made[:84]}:                            signature.ErrForged,
		{made, "*"}:                                  signature.ErrForged,
		{made, ""}:                                   signature.ErrForged,
		{`"` + made + `"`, `5`}:                      signature.ErrMissing,
		{keyID, "ed25519:2"}:                         signature.ErrMissing,
		{entity, "other"}:                            signature.ErrMissing,
		{`"signatures":{`, `"signatures":[],"x":{`}:  signature.ErrMissing,
		{`[1,"x"]`, `[1.5,"x"]`}:                     scan.ErrNotCanonical,
		{`[1,"x"]`, `[1,"\ud800"]`}:                  scan.ErrNotCanonical,
		{`[1,"x"]`, `[1,x]`}:                         scan.ErrInvalid,
	} {
		changed := strings.Replace(string(signed), change[0], change[1], 1)
		if changed == string(signed) {
			t.Fatalf("%s is not in %s", change[0], signed)
		}
		if err := signature.Check(scan.Value(changed), entity, keyID, v); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", changed, err, want)
		}
	}
	for _, notObject := range []string{`[]`, `"x"`, `null`, ``, `{`} {
		if _, err := signature.Sign(scan.Value(notObject), entity, keyID, key); !errors.Is(err, scan.ErrInvalid) {
			t.Errorf("%s: %v", notObject, err)
		}
	}
}

// TestSignatures stay, but the one that is made again.
func TestSignatures(t *testing.T) {
	key := signingKey(t, seed)
	object := scan.Value(`{"signatures":{"domain":{"ed25519:1":"old","ed25519:0":"kept"},"other":{"a":"kept"}},"unsigned":{"x":0.5},"é":"\u0000"}`)
	signed, err := signature.Sign(object, entity, keyID, key)
	if err != nil {
		t.Fatal(err)
	}
	kept := signed.Get("signatures")
	if kept.Path("other", "a").Text() != "kept" || kept.Path(entity, "ed25519:0").Text() != "kept" || kept.Path(entity, keyID).Text() == "old" {
		t.Errorf("%s", signed)
	}
	if !scan.Valid(signed) || signed.Path("unsigned", "x").Float() != 0.5 || signed.Get("é").Text() != "\x00" {
		t.Errorf("%s", signed)
	}
}

// FuzzSign: what we sign, we and another implementation find genuine, whatever
// the object; with a member more it is forged.
func FuzzSign(f *testing.F) {
	f.Add([]byte(`{"b":{"\u0041":[1,-5,true,null]},"a":"\u2028/"}`))
	f.Add([]byte(`{"signatures":{"domain":3},"unsigned":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		key := signingKey(t, seed)
		v := verifier(t, key.Public())
		signed, err := signature.Sign(scan.Value(data), entity, keyID, key)
		if err != nil {
			return
		}
		if err := signature.Check(signed, entity, keyID, v); err != nil || !json.Valid(signed) {
			t.Fatalf("%s: %v", signed, err)
		}
		if more := append(scan.Value(`{"new":1,`), signed[1:]...); signed.Get("new") == nil && signature.Check(more, entity, keyID, v) == nil {
			t.Fatalf("%s is genuine", more)
		}
		form, err := signed.Canonical("unsigned")
		if err != nil || bytes.Contains(form, []byte(`\u00`)) {
			return // another signature has no form, or mautrix writes \u000B
		}
		public := id.Ed25519(base64.RawStdEncoding.EncodeToString(key.Public()))
		if ok, err := signatures.VerifySignatureJSON(json.RawMessage(form), entity, "1", public); !ok {
			t.Fatalf("%s: mautrix says %v", form, err)
		}
	})
}
