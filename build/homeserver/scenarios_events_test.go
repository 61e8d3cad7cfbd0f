package main_test

import (
	"fmt"
	"net/url"
	"slices"
)

func sortedStrings(list []string) []string {
	slices.Sort(list)
	return list
}

func leaving(s *script) {
	alice, bob, carol := s.login("alice"), s.login("bob"), s.login("carol")
	room := alice.room("!room", object{"preset": "public_chat"})
	for _, p := range []*person{bob, carol} {
		p.ok("POST", "/join/"+url.PathEscape(room), object{})
	}
	since := bob.now()
	alice.say(room, "before")
	bob.try("leave", "POST", rooms(room)+"/leave", object{"reason": "tired"})
	alice.say(room, "after")
	out, since := bob.sync(since, plainFilter)
	left := at(out, "rooms", "leave", room)
	s.gists("timeline", at(left, "timeline", "events"))
	s.note("keys", sortedKeys(left.(object)))
	out, since = bob.sync(since, plainFilter)
	s.note("told once", out["rooms"])
	bob.try("leave again", "POST", rooms(room)+"/leave", object{})
	page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=2", nil)
	s.gists("messages", page["chunk"])
	bob.try("send", "PUT", rooms(room)+"/send/m.room.message/x", object{"body": "x"})
	first, _ := bob.sync("", plainFilter)
	s.note("first sync", first["rooms"])
	first, _ = bob.sync("", filtered(`"include_leave":true,"timeline":{"limit":2}`))
	s.gists("first sync with left rooms", at(first, "rooms", "leave", room, "timeline", "events"))
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since = bob.now()
	bob.try("kick without power", "POST", rooms(room)+"/kick", object{"user_id": alice.id})
	alice.try("kick", "POST", rooms(room)+"/kick", object{"user_id": bob.id, "reason": "because"})
	out, since = bob.sync(since, plainFilter)
	s.note("kicked", at(out, "rooms", "leave", room, "timeline"))
	alice.try("kick who is gone", "POST", rooms(room)+"/kick", object{"user_id": bob.id})
	alice.try("ban who is gone", "POST", rooms(room)+"/ban", object{"user_id": bob.id})
	bob.try("join while banned", "POST", "/join/"+url.PathEscape(room), object{})
	alice.try("invite while banned", "POST", rooms(room)+"/invite", object{"user_id": bob.id})
	alice.try("kick while banned", "POST", rooms(room)+"/kick", object{"user_id": bob.id})
	out, _ = bob.sync(since, plainFilter)
	s.note("banned", at(out, "rooms", "leave", room, "timeline", "events"))
	alice.try("unban", "POST", rooms(room)+"/unban", object{"user_id": bob.id})
	alice.try("unban again", "POST", rooms(room)+"/unban", object{"user_id": bob.id})
	bob.try("forget", "POST", rooms(room)+"/forget", object{})
	bob.try("messages after forgetting", "GET", rooms(room)+"/messages?dir=b", nil)
	out, _ = bob.sync("", filtered(`"include_leave":true`))
	s.note("forgotten", out["rooms"])
}

func redaction(version string) func(*script) {
	return func(s *script) {
		alice, bob := s.login("alice"), s.login("bob")
		room := alice.room("!room", object{"preset": "public_chat", "room_version": version})
		bob.ok("POST", "/join/"+url.PathEscape(room), object{})
		mine, his := alice.say(room, "mine"), bob.say(room, "his")
		topic := alice.state(room, "m.room.topic", "", object{"topic": "T"})
		since := bob.now()
		redact := func(p *person, event, txn string, body object) object {
			return p.try("redact "+txn, "PUT", rooms(room)+"/redact/"+url.PathEscape(event)+"/"+txn, body)
		}
		redact(bob, mine, "without power", object{})
		out := redact(alice, his, "as moderator", object{"reason": "spam"})
		s.name(out["event_id"].(string), "$redaction")
		redact(alice, topic, "state", object{})
		redact(alice, "$unknown", "unknown", object{})
		news, _ := bob.sync(since, plainFilter)
		for _, e := range each(at(news, "rooms", "join", room, "timeline", "events")) {
			s.note("redaction", e)
		}
		bob.try("the event", "GET", rooms(room)+"/event/"+url.PathEscape(his), nil)
		bob.try("the topic", "GET", rooms(room)+"/state/m.room.topic", nil)
		page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=50", nil)
		s.gists("messages", page["chunk"])
	}
}

func receipts(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	one, two, three := alice.say(room, "one"), alice.say(room, "two"), alice.say(room, "three")
	ephemeral := filtered(`"timeline":{"limit":0},"state":{"not_types":["*"]}`)
	aliceSince, bobSince := alice.now(), bob.now()
	read := func(p *person, kind, event string, body object) {
		p.try("receipt "+kind, "POST", rooms(room)+"/receipt/"+kind+"/"+url.PathEscape(event), body)
	}
	keys := []string{"rooms", "join", room, "ephemeral", "events"}
	read(bob, "m.read", one, object{})
	got, aliceSince := alice.until(aliceSince, ephemeral, keys...)
	s.note("public", got)
	_, bobSince = bob.until(bobSince, ephemeral, keys...)
	read(bob, "m.read.private", two, object{})
	got, bobSince = bob.until(bobSince, ephemeral, keys...)
	s.note("private to its owner", got)
	read(bob, "m.read", three, object{"thread_id": "main"})
	got, _ = alice.until(aliceSince, ephemeral, keys...)
	s.note("threaded; the private one unseen", got)
	_, bobSince = bob.until(bobSince, ephemeral, keys...)
	read(bob, "m.nonsense", one, object{})
	read(bob, "m.read", one, object{"thread_id": ""})
	read(bob, "m.read", one, object{})
	bob.try("markers", "POST", rooms(room)+"/read_markers", object{"m.fully_read": three, "m.read": three})
	got, _ = bob.until(bobSince, ephemeral, "rooms", "join", room, "account_data", "events")
	s.note("fully read", got)
	first, _ := alice.sync("", ephemeral)
	s.note("first sync", at(first, "rooms", "join", room, "ephemeral"))
}

func typing(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since := alice.now()
	keys := []string{"rooms", "join", room, "ephemeral", "events"}
	bob.try("typing", "PUT", rooms(room)+"/typing/"+bob.id, object{"typing": true, "timeout": 30000})
	got, since := alice.until(since, plainFilter, keys...)
	s.note("typing", got)
	bob.try("stop", "PUT", rooms(room)+"/typing/"+bob.id, object{"typing": false})
	got, _ = alice.until(since, plainFilter, keys...)
	s.note("stopped", got)
}

func unread(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	alice.say(room, "before bob")
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	count := func(title string) {
		out, _ := bob.sync("", filtered(`"timeline":{"limit":1}`))
		s.note(title, at(out, "rooms", "join", room, "unread_notifications"))
		out, _ = bob.sync("", filtered(`"timeline":{"limit":1,"unread_thread_notifications":true}`))
		s.note(title+" by thread", []any{at(out, "rooms", "join", room, "unread_notifications"), at(out, "rooms", "join", room, "unread_thread_notifications")})
	}
	count("joined")
	root := alice.say(room, "root")
	count("one")
	alice.send(room, "m.room.message", "mention", object{"msgtype": "m.text", "body": "hi", "m.mentions": object{"user_ids": []string{bob.id}}})
	count("mention")
	alice.send(room, "m.room.message", "notice", object{"msgtype": "m.notice", "body": "beep"})
	alice.send(room, "m.reaction", "reaction", object{"m.relates_to": object{"rel_type": "m.annotation", "event_id": root, "key": "+"}})
	alice.send(room, "m.room.message", "edit", object{"msgtype": "m.text", "body": "* r", "m.new_content": object{"msgtype": "m.text", "body": "r"},
		"m.relates_to": object{"rel_type": "m.replace", "event_id": root}})
	alice.state(room, "m.room.topic", "", object{"topic": "T"})
	count("what does not count")
	alice.send(room, "m.room.encrypted", "encrypted", object{"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"})
	count("encrypted")
	inThread := alice.send(room, "m.room.message", "in thread", object{"msgtype": "m.text", "body": "t",
		"m.relates_to": object{"rel_type": "m.thread", "event_id": root}})
	count("thread")
	bob.ok("POST", rooms(room)+"/receipt/m.read/"+url.PathEscape(inThread), object{"thread_id": root})
	count("thread read")
	alice.send(room, "m.room.message", "room mention", object{"msgtype": "m.text", "body": "all", "m.mentions": object{"room": true}})
	count("room mention")
	last := alice.say(room, "last")
	bob.ok("POST", rooms(room)+"/receipt/m.read/"+url.PathEscape(last), object{})
	count("all read")
	alice.say(room, "new")
	count("new")
	bob.say(room, "bob speaks")
	count("bob spoke")
}

func profile(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since := bob.now()
	alice.try("displayname", "PUT", "/profile/"+alice.id+"/displayname", object{"displayname": "Alice A."})
	got, since := bob.until(since, plainFilter, "rooms", "join", room, "timeline", "events")
	s.note("displayname", got)
	alice.try("avatar", "PUT", "/profile/"+alice.id+"/avatar_url", object{"avatar_url": "mxc://localhost/abc"})
	got, _ = bob.until(since, plainFilter, "rooms", "join", room, "timeline", "events")
	s.note("avatar", got)
	bob.try("profile", "GET", "/profile/"+alice.id, nil)
	bob.try("one field", "GET", "/profile/"+alice.id+"/displayname", nil)
	bob.try("no avatar", "GET", "/profile/"+bob.id+"/avatar_url", nil)
	alice.try("no body", "PUT", "/profile/"+alice.id+"/displayname", object{})
}

func relations(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	root := alice.say(room, "root")
	like := object{"m.relates_to": object{"rel_type": "m.annotation", "event_id": root, "key": "+"}}
	bob.send(room, "m.reaction", "like", like)
	bob.try("like again", "PUT", rooms(room)+"/send/m.reaction/again", like)
	edit := object{"msgtype": "m.text", "body": "* new", "m.new_content": object{"msgtype": "m.text", "body": "new"},
		"m.relates_to": object{"rel_type": "m.replace", "event_id": root}}
	alice.send(room, "m.room.message", "edit", edit)
	bob.send(room, "m.room.message", "forged edit", edit)
	bob.send(room, "org.example.note", "reference", object{"m.relates_to": object{"rel_type": "m.reference", "event_id": root}})
	event := bob.ok("GET", rooms(room)+"/event/"+url.PathEscape(root), nil)
	s.note("content stays", event["content"])
	s.note("bundle", at(event, "unsigned", "m.relations"))
	path := "/_matrix/client/v1/rooms/" + url.PathEscape(room) + "/relations/" + url.PathEscape(root)
	for _, rest := range []string{"", "/m.annotation", "/m.annotation/m.reaction", "/m.replace", "?dir=f", "?limit=2"} {
		_, out := bob.do("GET", path+rest, nil)
		s.gists("relations "+rest, out["chunk"])
		s.note("keys "+rest, sortedKeys(out))
	}
	_, out := bob.do("GET", path+"?limit=2", nil)
	_, out = bob.do("GET", path+"?limit=2&from="+url.QueryEscape(fmt.Sprint(out["next_batch"])), nil)
	s.gists("second page", out["chunk"])
}

func threads(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	for _, name := range []string{"first", "second"} {
		root := alice.say(room, name)
		for i := range 2 {
			alice.send(room, "m.room.message", fmt.Sprint(name, i), object{"msgtype": "m.text", "body": fmt.Sprint(name, i),
				"m.relates_to": object{"rel_type": "m.thread", "event_id": root}})
		}
		if name == "first" {
			bob.send(room, "m.room.message", "bob", object{"msgtype": "m.text", "body": "bob", "m.relates_to": object{"rel_type": "m.thread", "event_id": root}})
		}
	}
	for _, query := range []string{"", "?include=participated", "?limit=1"} {
		_, out := bob.do("GET", "/_matrix/client/v1/rooms/"+url.PathEscape(room)+"/threads"+query, nil)
		s.gists("threads "+query, out["chunk"])
		for _, e := range each(out["chunk"]) {
			bundle := at(e, "unsigned", "m.relations", "m.thread").(object)
			s.gists("latest", []any{bundle["latest_event"]})
			delete(bundle, "latest_event")
			s.note("bundle", bundle)
		}
		s.note("keys", sortedKeys(out))
	}
}

func accountData(s *script) {
	alice := s.login("alice")
	other := alice.again()
	room := alice.room("!room", object{})
	since := other.now()
	path := "/user/" + alice.id
	alice.try("set", "PUT", path+"/account_data/org.example", object{"a": 1})
	alice.try("get", "GET", path+"/account_data/org.example", nil)
	got, since := other.until(since, plainFilter, "account_data", "events")
	s.note("synced", got)
	alice.try("set in a room", "PUT", path+rooms(room)+"/account_data/org.example", object{"b": 2})
	alice.try("get of a room", "GET", path+rooms(room)+"/account_data/org.example", nil)
	got, since = other.until(since, plainFilter, "rooms", "join", room)
	s.note("synced of a room", got)
	alice.try("fully read is refused", "PUT", path+rooms(room)+"/account_data/m.fully_read", object{})
	alice.try("tag", "PUT", path+rooms(room)+"/tags/m.favourite", object{"order": 0.25})
	alice.try("tags", "GET", path+rooms(room)+"/tags", nil)
	got, since = other.until(since, plainFilter, "rooms", "join", room, "account_data", "events")
	s.note("synced tag", got)
	alice.try("untag", "DELETE", path+rooms(room)+"/tags/m.favourite", nil)
	got, _ = other.until(since, plainFilter, "rooms", "join", room, "account_data", "events")
	s.note("synced no tag", got)
	rules := alice.ok("GET", "/pushrules/", nil)
	for _, kind := range []string{"override", "underride"} {
		has := map[any]any{}
		for _, r := range each(at(rules, "global", kind)) {
			has[r["rule_id"]] = r["actions"]
		}
		for _, id := range []string{".m.rule.master", ".m.rule.suppress_notices", ".m.rule.invite_for_me", ".m.rule.member_event", ".m.rule.is_user_mention",
			".m.rule.is_room_mention", ".m.rule.reaction", ".m.rule.suppress_edits", ".m.rule.call", ".m.rule.message", ".m.rule.encrypted"} {
			if has[id] != nil {
				actions, _ := has[id].([]any)
				s.note(id, slices.Contains(actions, any("notify")))
			}
		}
	}
	pusher := object{"kind": "http", "app_id": "app", "pushkey": "key", "app_display_name": "A", "device_display_name": "D", "lang": "en",
		"data": object{"url": "https://push.example/_matrix/push/v1/notify", "format": "event_id_only"}}
	alice.try("set a pusher", "POST", "/pushers/set", pusher)
	s.note("pushers", len(each(alice.ok("GET", "/pushers", nil)["pushers"])))
	alice.try("remove the pusher", "POST", "/pushers/set", object{"kind": nil, "app_id": "app", "pushkey": "key"})
	alice.try("no pusher", "GET", "/pushers", nil)
	alice.try("mute", "PUT", "/pushrules/global/room/"+url.PathEscape(room), object{"actions": []any{}})
	alice.try("the rule", "GET", "/pushrules/global/room/"+url.PathEscape(room), nil)
	alice.try("disable", "PUT", "/pushrules/global/room/"+url.PathEscape(room)+"/enabled", object{"enabled": false})
	alice.try("unmute", "DELETE", "/pushrules/global/room/"+url.PathEscape(room), nil)
	alice.try("the rule is gone", "GET", "/pushrules/global/room/"+url.PathEscape(room), nil)
}

func rejoin(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since := bob.now()
	bob.ok("POST", rooms(room)+"/leave", object{})
	alice.say(room, "while away")
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	alice.say(room, "back")
	out, since := bob.sync(since, plainFilter)
	s.note("sections", sortedKeys(at(out, "rooms").(object)))
	s.gists("timeline", at(out, "rooms", "join", room, "timeline", "events"))
	s.note("limited", at(out, "rooms", "join", room, "timeline", "limited"))
	s.set("state", at(out, "rooms", "join", room, "state", "events"))
	alice.state(room, "m.room.history_visibility", "", object{"history_visibility": "joined"})
	bob.ok("POST", rooms(room)+"/leave", object{})
	alice.say(room, "hidden")
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=50", nil)
	s.gists("joined history", page["chunk"])
	out, _ = bob.sync(since, plainFilter)
	s.gists("synced", at(out, "rooms", "join", room, "timeline", "events"))
}

func room12(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"room_version": "12", "preset": "public_chat"})
	s.note("has a colon", len(room) != 44)
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	bob.try("bob sends", "PUT", rooms(room)+"/send/m.room.message/1", object{"msgtype": "m.text", "body": "x"})
	event := alice.ok("GET", rooms(room)+"/state/m.room.create/?format=event", nil)
	s.note("the create event's id is the room's", fmt.Sprint(event["event_id"])[1:] == room[1:])
	s.note("its content", event["content"])
	levels := alice.ok("GET", rooms(room)+"/state/m.room.power_levels", nil)
	levels["users"] = object{alice.id: 100}
	alice.try("a creator has no level", "PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	levels["users"] = object{bob.id: 100}
	alice.try("bob gets power", "PUT", rooms(room)+"/state/m.room.power_levels/", levels)
	bob.try("bob cannot kick the creator", "POST", rooms(room)+"/kick", object{"user_id": alice.id})
	bob.try("bob cannot end the room", "PUT", rooms(room)+"/state/m.room.tombstone/", object{"body": "x", "replacement_room": "!x"})
	out := alice.ok("POST", rooms(room)+"/upgrade", object{"new_version": "12"})
	s.name(out["replacement_room"].(string), "!next")
	alice.try("tombstone", "GET", rooms(room)+"/state/m.room.tombstone", nil)
	create := alice.ok("GET", rooms(out["replacement_room"].(string))+"/state/m.room.create", nil)
	s.note("predecessor", at(create, "predecessor", "room_id"))
}
