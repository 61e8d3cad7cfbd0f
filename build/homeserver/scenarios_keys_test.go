package main_test

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// pair is a signing key that a scenario may sign with.
type pair struct {
	s      *script
	key    *curve25519.SigningKey
	public string
}

// pair makes a key whose public half is named in the notes; the same in each run.
func (s *script) pair(n byte, name string) pair {
	seed := make([]byte, 32)
	seed[0] = n
	key, err := curve25519.NewSigningKey(seed)
	if err != nil {
		s.t.Fatal(err)
	}
	public := unpadded.Encode(key.Public())
	s.name(public, name)
	s.name("ed25519:"+public, "ed25519:"+name)
	return pair{s, key, public}
}

// sign returns a copy of an object with a signature.
func (k pair) sign(o object, user, keyID string) object {
	k.s.t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		k.s.t.Fatal(err)
	}
	signed, err := signature.Sign(scan.Value(raw), user, keyID, k.key)
	if err != nil {
		k.s.t.Fatal(err)
	}
	out := object{}
	if err := json.Unmarshal(signed, &out); err != nil {
		k.s.t.Fatal(err)
	}
	return out
}

// is the key as a cross-signing key.
func (k pair) is(user, usage string) object {
	return object{"user_id": user, "usage": []string{usage}, "keys": object{"ed25519:" + k.public: k.public}}
}

// identity is a person with device keys and cross-signing keys.
type identity struct {
	*person
	fingerprint, master, self, user pair
	device                          object
}

func (s *script) identity(name string, n byte) *identity {
	s.t.Helper()
	i := &identity{person: s.login(name)}
	i.fingerprint, i.master = s.pair(n, name+"'s device"), s.pair(n+1, name+"'s master")
	i.self, i.user = s.pair(n+2, name+"'s self"), s.pair(n+3, name+"'s user")
	i.device = i.fingerprint.sign(object{"user_id": i.id, "device_id": i.person.device, "algorithms": []string{"a"},
		"keys": object{i.deviceKey(): i.fingerprint.public}}, i.id, i.deviceKey())
	s.name(i.person.device, name+"'s phone")
	s.name(i.deviceKey(), "ed25519:"+name+"'s phone")
	i.ok("POST", "/keys/upload", object{"device_keys": i.device})
	return i
}

func (i *identity) deviceKey() string { return "ed25519:" + i.person.device }

// by signs with a cross-signing key.
func (i *identity) by(k pair, o object) object { return k.sign(o, i.id, "ed25519:"+k.public) }

func (i *identity) signingKeys() object {
	return object{"master_key": i.master.is(i.id, "master"), "self_signing_key": i.by(i.master, i.self.is(i.id, "self_signing")),
		"user_signing_key": i.by(i.master, i.user.is(i.id, "user_signing"))}
}

// failures notes the error codes of an upload of signatures.
func (i *identity) failures(title string, body object) {
	i.s.t.Helper()
	codes := object{}
	for user, all := range i.ok("POST", "/keys/signatures/upload", body)["failures"].(object) {
		for name, failure := range all.(object) {
			codes[user+" "+i.s.named(name)] = at(failure, "errcode")
		}
	}
	i.s.note(title, codes)
}

func crossSigning(s *script) {
	alice, bob, carol := s.identity("alice", 1), s.identity("bob", 11), s.identity("carol", 21)
	room := alice.room("!room", object{"preset": "public_chat"})
	for _, p := range []*identity{bob, carol} {
		p.ok("POST", "/join/"+url.PathEscape(room), object{})
	}
	const signing = "/keys/device_signing/upload"
	alice.try("no master key", "POST", signing, object{"self_signing_key": alice.self.is(alice.id, "self_signing")})
	alice.try("another's", "POST", signing, object{"master_key": alice.master.is(bob.id, "master")})
	alice.try("another usage", "POST", signing, object{"master_key": alice.master.is(alice.id, "self_signing")})
	alice.try("unsigned", "POST", signing, object{"master_key": alice.master.is(alice.id, "master"),
		"self_signing_key": alice.by(alice.user, alice.self.is(alice.id, "self_signing"))})
	alice.failures("signatures before keys", object{alice.id: object{alice.person.device: alice.by(alice.self, alice.device)}})
	hers, his := alice.now(), bob.now()
	alice.try("keys", "POST", signing, alice.signingKeys())
	got, his := bob.until(his, plainFilter, "device_lists", "changed")
	s.note("bob hears of keys", got)
	_, hers = alice.until(hers, plainFilter, "device_lists", "changed")
	bob.ok("POST", signing, bob.signingKeys())
	signOwn(s, alice, bob)
	alice.try("the same keys, signed since", "POST", signing, alice.signingKeys())
	hers, his = alice.now(), bob.now()
	alice.failures("another's", object{bob.id: object{bob.master.public: alice.by(alice.user, bob.master.is(bob.id, "master")),
		bob.person.device: alice.by(alice.user, bob.device)}})
	got, _ = alice.until(hers, plainFilter, "device_lists", "changed")
	s.note("alice hears of her signature", got)
	out, _ := bob.sync(his, plainFilter)
	s.note("bob does not", out["device_lists"])
	for _, p := range []*identity{alice, bob, carol} {
		answer := p.ok("POST", "/keys/query", object{"device_keys": object{alice.id: []string{}, bob.id: []string{}}})
		for _, q := range []*identity{alice, bob} {
			s.note(p.name+" sees of "+q.name, []any{s.signers(at(answer, "master_keys", q.id)), s.signers(at(answer, "self_signing_keys", q.id)),
				s.signers(at(answer, "user_signing_keys", q.id)), s.signers(at(answer, "device_keys", q.id, q.person.device))})
		}
	}
	alice.ok("POST", "/keys/upload", object{"device_keys": alice.device})
	answer := alice.ok("POST", "/keys/query", object{"device_keys": object{alice.id: []string{}}})
	s.note("signed still after the same upload", s.signers(at(answer, "device_keys", alice.id, alice.person.device)))
}

// signOwn signs what is alice's, wrongly first.
func signOwn(s *script, alice, bob *identity) {
	sign := func(title, name string, o object) { alice.failures(title, object{alice.id: object{name: o}}) }
	phone := alice.person.device
	changed := object{"user_id": alice.id, "device_id": phone, "algorithms": []string{"b"}, "keys": alice.device["keys"]}
	sign("another device than is stored", phone, alice.by(alice.self, changed))
	sign("a forgery", phone, alice.user.sign(alice.device, alice.id, "ed25519:"+alice.self.public))
	sign("by the wrong key", phone, alice.by(alice.user, alice.device))
	sign("no such device", "NONE", alice.by(alice.self, alice.device))
	sign("a device", phone, alice.by(alice.self, alice.device))
	master := alice.master.is(alice.id, "master")
	sign("master by no device", alice.master.public, bob.fingerprint.sign(master, alice.id, bob.deviceKey()))
	sign("master, unsigned", alice.master.public, master)
	sign("master by a device", alice.master.public, alice.fingerprint.sign(master, alice.id, alice.deviceKey()))
}

// signers are the users and keys that signed.
func (s *script) signers(signed any) []string {
	out := []string{}
	all, _ := at(signed, "signatures").(object)
	for _, user := range sortedKeys(all) {
		for _, id := range sortedKeys(all[user].(object)) {
			out = append(out, s.replaced(user+" "+id))
		}
	}
	return out
}

func keysAgain(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	key := func(name, by string) object {
		return object{"key": name, "signatures": object{"@a:b": object{"c": by}}}
	}
	claim := func(title string) {
		out := bob.ok("POST", "/keys/claim", object{"one_time_keys": object{alice.id: object{alice.device: "signed_curve25519"}, "@none:localhost": object{"X": "signed_curve25519"}}})
		s.note(title, at(out, "one_time_keys", alice.id, alice.device))
		out, _ = alice.sync("", plainFilter)
		s.note(title+" leaves", []any{out["device_one_time_keys_count"], out["device_unused_fallback_key_types"]})
	}
	spare := func(name string) object {
		return object{"fallback_keys": object{"signed_curve25519:F": object{"key": name, "fallback": true, "signatures": object{}}}}
	}
	alice.try("spare", "POST", "/keys/upload", spare("f"))
	claim("the spare")
	alice.try("the same again", "POST", "/keys/upload", spare("f"))
	claim("used still")
	alice.try("another", "POST", "/keys/upload", spare("g"))
	claim("the new one")
	alice.try("one-time keys", "POST", "/keys/upload", object{"one_time_keys": object{"signed_curve25519:A": key("1", "x")}})
	alice.try("signed again", "POST", "/keys/upload", object{"one_time_keys": object{"signed_curve25519:A": key("1", "y")}})
	alice.try("one new, one conflict", "POST", "/keys/upload", object{"one_time_keys": object{
		"signed_curve25519:A": key("2", "x"), "signed_curve25519:B": key("3", "x")}})
	claim("one")
	alice.try("a claimed id again", "POST", "/keys/upload", object{"one_time_keys": object{"signed_curve25519:A": key("4", "x")}})
	claim("one, not both")
	whose := func(user, device string) object {
		return object{"device_keys": object{"user_id": user, "device_id": device, "algorithms": []string{}, "keys": object{}, "signatures": object{}}}
	}
	for _, c := range []struct {
		title string
		body  object
	}{
		{"a bad id", object{"one_time_keys": object{"A": key("1", "x")}}},
		{"no device", object{"device_keys": nil}},
		{"not her device", whose(alice.id, "X")},
		{"not her", whose(bob.id, alice.device)},
		{"incomplete", object{"device_keys": object{"user_id": alice.id, "device_id": alice.device}}},
		{"nothing, a count", object{}},
	} {
		alice.try(c.title, "POST", "/keys/upload", c.body)
	}
	s.note("unknown users", bob.ok("POST", "/keys/query", object{"device_keys": object{"@none:localhost": []string{}}}))
	bob.try("changes from nowhere", "GET", "/keys/changes", nil)
}

func backupVersions(s *script) {
	alice := s.login("alice")
	version := func(n int) object {
		return object{"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": object{"public_key": fmt.Sprint(n)}}
	}
	put := func(title string, v string, index, forwarded int, verified any) {
		alice.try(title, "PUT", "/room_keys/keys/!r:localhost/s?version="+v,
			object{"first_message_index": index, "forwarded_count": forwarded, "is_verified": verified, "session_data": object{"i": index}})
	}
	alice.ok("POST", "/room_keys/version", version(1))
	put("five", "1", 5, 0, false)
	put("worse", "1", 6, 0, false)
	put("better", "1", 3, 0, false)
	put("verified", "1", 4, 0, true)
	put("no boolean", "1", 1, 0, "true")
	session := object{"first_message_index": 1, "forwarded_count": 0, "is_verified": false, "session_data": object{}}
	many := object{"rooms": object{"!r:localhost": object{"sessions": object{"a": session, "b": session}}, "!q:localhost": object{"sessions": object{"c": session}}}}
	alice.try("many at once", "PUT", "/room_keys/keys?version=1", many)
	one, two := alice.ok("GET", "/room_keys/version", nil)["etag"], alice.ok("PUT", "/room_keys/keys?version=1", many)["etag"]
	s.note("the etag stays", one == two)
	alice.try("a room", "GET", "/room_keys/keys/!r:localhost?version=1", nil)
	alice.try("a session", "GET", "/room_keys/keys/!r:localhost/s?version=1", nil)
	alice.try("an empty room", "GET", "/room_keys/keys/!none:localhost?version=1", nil)
	alice.try("no version named", "GET", "/room_keys/keys", nil)
	alice.try("put without version", "PUT", "/room_keys/keys", many)
	alice.try("a room goes", "DELETE", "/room_keys/keys/!r:localhost?version=1", nil)
	alice.try("change", "PUT", "/room_keys/version/1", version(7))
	alice.try("changed", "GET", "/room_keys/version/1", nil)
	body := version(1)
	body["version"] = "2"
	alice.try("change to another", "PUT", "/room_keys/version/1", body)
	body["version"], body["algorithm"] = "1", "other"
	alice.try("change the algorithm", "PUT", "/room_keys/version/1", body)
	alice.ok("POST", "/room_keys/version", version(2))
	alice.try("the newest", "GET", "/room_keys/version", nil)
	status, out := alice.do("PUT", v3+"/room_keys/keys?version=1", many)
	s.note("put into an old one", []any{status, out["errcode"]})
	alice.try("read an old one", "GET", "/room_keys/keys?version=1", nil)
	alice.try("delete the newest", "DELETE", "/room_keys/version/2", nil)
	alice.try("the older is back", "GET", "/room_keys/version", nil)
	alice.try("delete keys of none", "DELETE", "/room_keys/keys?version=2", nil)
	alice.try("delete all keys", "DELETE", "/room_keys/keys?version=1", nil)
	alice.ok("POST", "/room_keys/version", version(3))
	alice.try("numbers are not used again", "GET", "/room_keys/version", nil)
}

func manyToDevice(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	since := alice.now()
	for n := range 250 {
		bob.ok("PUT", fmt.Sprintf("/sendToDevice/m.test/%d", n), object{"messages": object{alice.id: object{alice.device: object{"n": n}}}})
	}
	read := func(title, since string) string {
		out, next := alice.sync(since, plainFilter)
		all := each(at(out, "to_device", "events"))
		s.note(title, len(all))
		if len(all) > 0 {
			s.note(title+", from", []any{at(all[0], "content", "n"), at(all[len(all)-1], "content", "n")})
		}
		return next
	}
	next := read("first", since)
	read("the first again", since)
	next = read("second", next)
	next = read("third", next)
	read("none", next)
}
