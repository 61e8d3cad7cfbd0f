package main_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

func keys(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	first, since := bob.sync("", plainFilter)
	s.note("counts", first["device_one_time_keys_count"])
	s.note("spares", first["device_unused_fallback_key_types"])
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since = bob.now()
	device := object{"user_id": alice.id, "device_id": alice.device, "algorithms": []string{"m.megolm.v1.aes-sha2"},
		"keys": object{"ed25519:" + alice.device: "a", "curve25519:" + alice.device: "b"}, "signatures": object{}}
	key := func(name string) object { return object{"key": name, "signatures": object{}} }
	spare := object{"key": "f", "fallback": true, "signatures": object{}}
	alice.try("upload", "POST", "/keys/upload", object{"device_keys": device,
		"one_time_keys": object{"signed_curve25519:A": key("1"), "signed_curve25519:B": key("2")}, "fallback_keys": object{"signed_curve25519:F": spare}})
	alice.try("upload the same", "POST", "/keys/upload", object{"one_time_keys": object{"signed_curve25519:A": key("1")}})
	alice.try("upload another", "POST", "/keys/upload", object{"one_time_keys": object{"signed_curve25519:A": key("9")}})
	got, since := bob.until(since, plainFilter, "device_lists", "changed")
	s.note("changed", got)
	out, _ := alice.sync("", plainFilter)
	s.note("counts", out["device_one_time_keys_count"])
	s.note("spares", out["device_unused_fallback_key_types"])
	answer := bob.ok("POST", "/keys/query", object{"device_keys": object{alice.id: []string{}}})
	s.note("query", len(at(answer, "device_keys", alice.id, alice.device).(object)) > 0)
	for i := range 3 {
		claimed := bob.ok("POST", "/keys/claim", object{"one_time_keys": object{alice.id: object{alice.device: "signed_curve25519"}}})
		got := at(claimed, "one_time_keys", alice.id, alice.device).(object)
		s.note(fmt.Sprint("claim ", i), sortedKeys(got))
	}
	out, _ = alice.sync("", plainFilter)
	s.note("counts", out["device_one_time_keys_count"])
	s.note("spares", out["device_unused_fallback_key_types"])

	hers := alice.now()
	alice.again()
	bob.try("send", "PUT", "/sendToDevice/m.test/1", object{"messages": object{alice.id: object{alice.device: object{"n": 1}}}})
	bob.try("send again", "PUT", "/sendToDevice/m.test/1", object{"messages": object{alice.id: object{alice.device: object{"n": 1}}}})
	bob.try("send to all", "PUT", "/sendToDevice/m.test/2", object{"messages": object{alice.id: object{"*": object{"n": 2}}}})
	out, next := alice.sync(hers, plainFilter)
	s.note("messages", out["to_device"])
	out, _ = alice.sync(hers, plainFilter)
	s.note("the same again", out["to_device"])
	out, _ = alice.sync(next, plainFilter)
	s.note("delivered", out["to_device"])

	alice.ok("POST", rooms(room)+"/leave", object{})
	got, _ = bob.until(since, plainFilter, "device_lists", "left")
	s.note("left", got)
	master := object{"user_id": alice.id, "usage": []string{"master"}, "keys": object{"ed25519:" + pub("M"): pub("M")}}
	alice.try("signing keys need no password at first", "POST", "/keys/device_signing/upload", object{"master_key": master})
	second := object{"user_id": alice.id, "usage": []string{"master"}, "keys": object{"ed25519:" + pub("N"): pub("N")}}
	alice.try("but later", "POST", "/keys/device_signing/upload", object{"master_key": second})
	answer = alice.ok("POST", "/keys/query", object{"device_keys": object{alice.id: []string{}}})
	s.note("master", at(answer, "master_keys", alice.id))
}

// pub looks like a public key.
func pub(letter string) string { return strings.Repeat(letter, 43) }

func power(s *script) {
	alice, bob, carol := s.login("alice"), s.login("bob"), s.login("carol")
	room := alice.room("!room", object{"preset": "public_chat", "power_level_content_override": object{
		"users": object{alice.id: 100, bob.id: 50}, "events": object{"m.room.topic": 0, "org.example.rare": 50}}})
	for _, p := range []*person{bob, carol} {
		p.ok("POST", "/join/"+url.PathEscape(room), object{})
	}
	carol.try("topic", "PUT", rooms(room)+"/state/m.room.topic/", object{"topic": "x"})
	carol.try("name", "PUT", rooms(room)+"/state/m.room.name/", object{"name": "x"})
	carol.try("rare", "PUT", rooms(room)+"/send/org.example.rare/1", object{})
	bob.try("rare by bob", "PUT", rooms(room)+"/send/org.example.rare/1", object{})
	carol.try("invite", "POST", rooms(room)+"/invite", object{"user_id": "@dan:localhost"})
	carol.try("kick", "POST", rooms(room)+"/kick", object{"user_id": bob.id})
	bob.try("ban the owner", "POST", rooms(room)+"/ban", object{"user_id": alice.id})
	bob.try("state for another", "PUT", rooms(room)+"/state/org.example/"+carol.id, object{})
	carol.try("own state", "PUT", rooms(room)+"/state/org.example/"+carol.id, object{})
	levels := bob.ok("GET", rooms(room)+"/state/m.room.power_levels", nil)
	levels["users"].(object)[carol.id] = 100
	bob.try("raise above oneself", "PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	levels["users"].(object)[carol.id] = "50"
	alice.try("levels that are text", "PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	levels["users"].(object)[carol.id] = 50
	alice.try("raise", "PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	levels["users"].(object)[carol.id] = 0
	alice.ok("PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	bob.try("mute as a member event", "PUT", rooms(room)+"/state/m.room.member/"+carol.id, object{"membership": "leave"})
	carol.try("join another", "PUT", rooms(room)+"/state/m.room.member/"+bob.id, object{"membership": "join"})
}

func context(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	before := alice.now()
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	events := []string{}
	for i := range 9 {
		events = append(events, bob.say(room, fmt.Sprint(i)))
	}
	for _, query := range []string{"?limit=4", "?limit=0", "?limit=5&filter=" + url.QueryEscape(`{"lazy_load_members":true}`)} {
		out := alice.ok("GET", rooms(room)+"/context/"+url.PathEscape(events[4])+query, nil)
		s.gists("before"+query, out["events_before"])
		s.gists("after"+query, out["events_after"])
		s.set("state"+query, out["state"])
		s.note("keys"+query, sortedKeys(out))
	}
	out := alice.ok("GET", rooms(room)+"/context/"+url.PathEscape(events[4])+"?limit=2", nil)
	older := alice.ok("GET", rooms(room)+"/messages?dir=b&limit=2&from="+url.QueryEscape(out["start"].(string)), nil)
	s.gists("older", older["chunk"])
	newer := alice.ok("GET", rooms(room)+"/messages?dir=f&limit=2&from="+url.QueryEscape(out["end"].(string)), nil)
	s.gists("newer", newer["chunk"])
	for _, query := range []string{"", "?membership=join", "?not_membership=join", "?at=" + url.QueryEscape(before)} {
		out := alice.ok("GET", rooms(room)+"/members"+query, nil)
		s.set("members "+query[:min(len(query), 4)], out["chunk"])
	}
	alice.try("joined members", "GET", rooms(room)+"/joined_members", nil)
	rest := alice.ok("GET", rooms(room)+"/members?membership=join", nil)
	s.note("a member event", each(rest["chunk"])[0]["content"])
	alice.try("event", "GET", rooms(room)+"/event/"+url.PathEscape(events[0]), nil)
}

func transactions(s *script) {
	alice := s.login("alice")
	other := alice.again()
	room := alice.room("!room", object{})
	since, others := alice.now(), other.now()
	path := rooms(room) + "/send/m.room.message/t%2F1%20%C3%A9"
	one := alice.ok("PUT", path, object{"msgtype": "m.text", "body": "x"})
	again := alice.ok("PUT", path, object{"msgtype": "m.text", "body": "other"})
	two := other.ok("PUT", path, object{"msgtype": "m.text", "body": "x"})
	s.note("a retry is the same event", one["event_id"] == again["event_id"])
	s.note("another device's is another", one["event_id"] != two["event_id"])
	for _, look := range []struct {
		p     *person
		since string
	}{{alice, since}, {other, others}} {
		out, _ := look.p.sync(look.since, plainFilter)
		for _, e := range each(at(out, "rooms", "join", room, "timeline", "events")) {
			s.note("transaction id", at(e, "unsigned", "transaction_id"))
		}
	}
}

func directory(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	alias := "#hall" + s.run + ":localhost"
	path := "/directory/room/" + url.PathEscape(alias)
	room := alice.room("!room", object{"preset": "public_chat", "room_alias_name": "hall" + s.run, "name": "Hall", "topic": "T"})
	bob.try("resolve", "GET", path, nil)
	bob.try("remove it", "DELETE", path, nil)
	alice.try("a room of the same alias", "POST", "/createRoom", object{"room_alias_name": "hall" + s.run})
	bob.try("join by alias", "POST", "/join/"+url.PathEscape(alias), object{})
	bob.try("unknown", "GET", "/directory/room/%23none:localhost", nil)
	alice.try("aliases", "GET", rooms(room)+"/aliases", nil)
	alice.try("canonical alias to nowhere", "PUT", rooms(room)+"/state/m.room.canonical_alias/", object{"alias": "#none:localhost"})
	alice.try("not listed", "GET", "/directory/list/room/"+url.PathEscape(room), nil)
	alice.try("list", "PUT", "/directory/list/room/"+url.PathEscape(room), object{"visibility": "public"})
	found := bob.ok("POST", "/publicRooms", object{"filter": object{"generic_search_term": "hall"}})
	s.note("found", found["chunk"])
	space := alice.room("!space", object{"name": "Space", "creation_content": object{"type": "m.space"}, "preset": "public_chat"})
	alice.state(space, "m.space.child", room, object{"via": []string{"localhost"}})
	status, tree := bob.do("GET", "/_matrix/client/v1/rooms/"+url.PathEscape(space)+"/hierarchy", nil)
	s.note("hierarchy", []any{status, tree})
	alice.try("remove", "DELETE", path, nil)
	bob.try("removed", "GET", path, nil)
	joined := bob.ok("GET", "/joined_rooms", nil)
	s.note("joined rooms", joined)
}

func filters(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	one, two := alice.room("!one", object{"preset": "public_chat"}), alice.room("!two", object{"preset": "public_chat"})
	for _, room := range []string{one, two} {
		bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	}
	since := alice.now()
	alice.say(one, "a")
	bob.say(one, "b")
	alice.state(one, "m.room.topic", "", object{"topic": "T"})
	alice.say(two, "c")
	for _, f := range []string{
		`"rooms":["` + two + `"]`, `"not_rooms":["` + two + `"]`,
		`"timeline":{"senders":["` + bob.id + `"]}`, `"timeline":{"limit":1}`,
	} {
		out, _ := alice.sync(since, filtered(f))
		joined, _ := at(out, "rooms", "join").(object)
		for _, room := range []string{one, two} {
			if joined[room] != nil {
				f := s.replaced(f)
				s.gists(f+" "+s.named(room), at(joined, room, "timeline", "events"))
				s.gists(f+" state "+s.named(room), at(joined, room, "state", "events"))
				s.note(f+" limited", at(joined, room, "timeline", "limited"))
			} else {
				s.note(s.replaced(f)+" "+s.named(room), "not there")
			}
		}
	}
	stored := alice.ok("POST", "/user/"+alice.id+"/filter", object{"room": object{"timeline": object{"limit": 1}}, "presence": object{"not_types": []string{"*"}}})
	id := stored["filter_id"].(string)
	alice.try("stored", "GET", "/user/"+alice.id+"/filter/"+id, nil)
	out, _ := alice.sync(since, "&filter="+id)
	s.gists("by id", at(out, "rooms", "join", one, "timeline", "events"))
	page := alice.ok("GET", rooms(one)+"/messages?dir=b&filter="+url.QueryEscape(`{"types":["m.room.message"],"not_senders":["`+bob.id+`"]}`), nil)
	s.gists("messages", page["chunk"])
}

func media(s *script) {
	alice := s.login("alice")
	status, out := alice.do("POST", "/_matrix/media/v3/upload?filename=a%20b.txt", "the text")
	s.note("upload", []any{status, out})
	path := "/_matrix/client/v1/media/download/" + strings.TrimPrefix(fmt.Sprint(out["content_uri"]), "mxc://")
	for _, p := range []*person{alice, {s: s}} {
		for _, tail := range []string{"", "/other.txt"} {
			r, err := http.NewRequest("GET", s.url+path+tail, nil)
			if err != nil {
				s.t.Fatal(err)
			}
			if p.token != "" {
				r.Header.Set("Authorization", "Bearer "+p.token)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				s.t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != 200 {
				body = nil
			}
			h := answer.Header
			s.note("download"+tail, []any{answer.StatusCode, string(body), err == nil, h.Get("Cross-Origin-Resource-Policy"), h.Get("Access-Control-Allow-Origin")})
		}
	}
	alice.try("limits", "GET", "/_matrix/client/v1/media/config", nil)
}

func presence(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	_, since := alice.sync("", "")
	alice.try("another's", "PUT", "/presence/"+bob.id+"/status", object{"presence": "online"})
	bob.try("nonsense", "PUT", "/presence/"+bob.id+"/status", object{"presence": "nonsense"})
	bob.try("set", "PUT", "/presence/"+bob.id+"/status", object{"presence": "unavailable", "status_msg": "lunch"})
	for range 20 {
		var out object
		out, since = alice.wait(since, "", 1000)
		for _, e := range each(at(out, "presence", "events")) {
			if e["sender"] == bob.id && at(e, "content", "status_msg") == "lunch" {
				s.note("synced", at(e, "content", "presence"))
				return
			}
		}
	}
	s.t.Error("no presence in sync")
}

// presenceOfMet: who comes into a room hears who is there.
func presenceOfMet(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	alice.ok("PUT", "/presence/"+alice.id+"/status", object{"presence": "unavailable", "status_msg": "lunch"})
	_, since := bob.sync("", "")
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	for range 20 {
		var out object
		out, since = bob.wait(since, "", 1000)
		for _, e := range each(at(out, "presence", "events")) {
			if e["sender"] == alice.id {
				s.note("synced", at(e, "content", "status_msg"))
				return
			}
		}
	}
	s.t.Error("no presence in sync")
}

func backup(s *script) {
	alice := s.login("alice")
	alice.try("none", "GET", "/room_keys/version", nil)
	alice.try("create", "POST", "/room_keys/version", object{"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": object{"public_key": "x"}})
	alice.try("version", "GET", "/room_keys/version", nil)
	session := object{"first_message_index": 1, "forwarded_count": 0, "is_verified": false, "session_data": object{"x": "y"}}
	alice.try("put", "PUT", "/room_keys/keys/!r:localhost/s1?version=1", session)
	alice.try("put to a wrong version", "PUT", "/room_keys/keys/!r:localhost/s1?version=9", session)
	alice.try("get", "GET", "/room_keys/keys/!r:localhost/s1?version=1", nil)
	alice.try("get all", "GET", "/room_keys/keys?version=1", nil)
	alice.try("get none", "GET", "/room_keys/keys/!r:localhost/s2?version=1", nil)
	alice.try("put many", "PUT", "/room_keys/keys?version=1", object{"rooms": object{"!r:localhost": object{"sessions": object{"s2": session}}}})
	alice.try("delete", "DELETE", "/room_keys/keys/!r:localhost/s1?version=1", nil)
	alice.try("delete the version", "DELETE", "/room_keys/version/1", nil)
	alice.try("gone", "GET", "/room_keys/version", nil)
}
