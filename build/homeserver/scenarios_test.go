package main_test

import (
	"fmt"
	"net/url"
	"strings"
)

// scenarios are played on both servers.
var scenarios = []struct {
	name string
	play func(*script)
}{
	{"accounts", accounts}, {"errors", refusals}, {"presets", presets}, {"initial sync", initialSync},
	{"incremental sync", incrementalSync}, {"limited timeline", limited}, {"lazy members", lazyMembers},
	{"invitation", invitation}, {"knock", knock}, {"leave, kick, ban", leaving}, {"redaction 10", redaction("10")},
	{"redaction 12", redaction("12")}, {"receipts", receipts}, {"typing", typing}, {"unread", unread},
	{"profile", profile}, {"relations", relations}, {"account data", accountData}, {"to-device and keys", keys},
	{"power", power}, {"context and members", context}, {"transactions", transactions}, {"directory", directory},
	{"threads", threads}, {"rejoin", rejoin}, {"room 12", room12}, {"filters", filters}, {"backup", backup},
	{"cross-signing", crossSigning}, {"keys again", keysAgain}, {"backup versions", backupVersions}, {"many to-device messages", manyToDevice},
	{"media", media}, {"presence", presence}, {"presence of people met", presenceOfMet},
}

func accounts(s *script) {
	nobody := &person{s: s}
	nobody.try("register without auth", "POST", "/register", object{"username": "x" + s.run, "password": "p"})
	nobody.try("register a bad name", "POST", "/register", object{"username": "Ä", "password": "p", "auth": object{"type": "m.login.dummy"}})
	alice := s.login("alice")
	nobody.try("register a taken name", "POST", "/register", object{"username": "alice" + s.run, "password": "p"})
	nobody.try("available", "GET", "/register/available?username=new"+s.run, nil)
	nobody.try("not available", "GET", "/register/available?username=alice"+s.run, nil)
	nobody.try("wrong password", "POST", "/login", object{"type": "m.login.password", "password": "no", "identifier": object{"type": "m.id.user", "user": "alice" + s.run}})
	nobody.try("unknown user", "POST", "/login", object{"type": "m.login.password", "password": "no", "identifier": object{"type": "m.id.user", "user": "none"}})
	nobody.try("login", "POST", "/login", object{"type": "m.login.password", "password": "pass alice", "device_id": "PHONE", "identifier": object{"type": "m.id.user", "user": "alice" + s.run}})
	alice.try("whoami", "GET", "/account/whoami", nil)
	for _, d := range each(alice.ok("GET", "/devices", nil)["devices"]) {
		s.note("device", d["device_id"] != nil)
	}
	alice.try("delete a device", "DELETE", "/devices/PHONE", object{})
	out := alice.ok("GET", "/devices", nil)
	s.note("devices left", len(each(out["devices"])))
	_, challenge := alice.do("DELETE", v3+"/devices/PHONE", object{})
	alice.try("delete with a wrong password", "DELETE", "/devices/PHONE", object{"auth": object{"type": "m.login.password",
		"session": challenge["session"], "password": "no", "identifier": object{"type": "m.id.user", "user": alice.id}}})
	alice.try("delete with the password", "DELETE", "/devices/PHONE", object{"auth": object{"type": "m.login.password",
		"session": challenge["session"], "password": "pass alice", "identifier": object{"type": "m.id.user", "user": alice.id}}})
	other := alice.again()
	other.try("logout", "POST", "/logout", object{})
	other.try("whoami after logout", "GET", "/account/whoami", nil)
	nobody.try("whoami without token", "GET", "/account/whoami", nil)
}

func refusals(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{})
	alice.try("unknown path", "GET", "/nothing/here", nil)
	alice.try("no JSON", "POST", "/createRoom", "{")
	alice.try("a list for an object", "PUT", rooms(room)+"/send/m.room.message/1", "[]")
	alice.try("no JSON event", "PUT", rooms(room)+"/send/m.room.message/1", "nonsense")
	alice.try("a float", "PUT", rooms(room)+"/send/m.room.message/2", `{"body":"x","msgtype":"m.text","n":1.5}`)
	alice.try("a large integer", "PUT", rooms(room)+"/send/m.room.message/3", `{"body":"x","msgtype":"m.text","n":9007199254740993}`)
	alice.try("a large event", "PUT", rooms(room)+"/send/m.room.message/4", object{"body": strings.Repeat("x", 66000), "msgtype": "m.text"})
	bob.try("send from outside", "PUT", rooms(room)+"/send/m.room.message/5", object{"body": "x", "msgtype": "m.text"})
	bob.try("state from outside", "GET", rooms(room)+"/state", nil)
	bob.try("messages from outside", "GET", rooms(room)+"/messages?dir=b", nil)
	bob.try("join uninvited", "POST", "/join/"+url.PathEscape(room), object{})
	bob.try("join an unknown alias", "POST", "/join/%23none:localhost", object{})
	alice.try("send to an unknown room", "PUT", "/rooms/!none:localhost/send/m.room.message/6", object{"body": "x", "msgtype": "m.text"})
	alice.try("unknown state", "GET", rooms(room)+"/state/m.room.topic/", nil)
	alice.try("unknown event", "GET", rooms(room)+"/event/$none", nil)
	alice.try("unknown context", "GET", rooms(room)+"/context/$none", nil)
	alice.try("messages from nowhere", "GET", rooms(room)+"/messages?dir=b&from=nonsense", nil)
	alice.try("messages with a bad dir", "GET", rooms(room)+"/messages?dir=x", nil)
	alice.try("unknown room version", "POST", "/createRoom", object{"room_version": "999"})
	alice.try("unknown filter", "GET", "/user/"+alice.id+"/filter/77", nil)
	alice.try("another's filter", "POST", "/user/"+bob.id+"/filter", object{})
	alice.try("another's account data", "PUT", "/user/"+bob.id+"/account_data/x", object{})
	alice.try("no account data", "GET", "/user/"+alice.id+"/account_data/x", nil)
	alice.try("invite nobody", "POST", rooms(room)+"/invite", object{})
	alice.try("forget a joined room", "POST", rooms(room)+"/forget", object{})
	alice.try("bad since", "GET", "/sync?since=nonsense", nil)
}

func presets(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	for _, version := range []string{"10", "11", "12"} {
		for _, preset := range []string{"private_chat", "trusted_private_chat", "public_chat"} {
			room := alice.room("!room", object{"preset": preset, "room_version": version, "invite": []string{bob.id}, "name": "N", "topic": "T",
				"is_direct": true, "initial_state": []any{object{"type": "m.room.encryption", "state_key": "", "content": object{"algorithm": "m.megolm.v1.aes-sha2"}}}})
			out, _ := alice.sync("", filtered(`"timeline":{"limit":50}`))
			events := each(at(out, "rooms", "join", room, "timeline", "events"))
			s.gists(version+" "+preset, at(out, "rooms", "join", room, "timeline", "events"))
			for _, e := range events {
				if e["type"] != "m.room.power_levels" {
					s.note(version+" "+preset+" "+fmt.Sprint(e["type"]), e["content"])
				} else {
					s.note(version+" "+preset+" levels", object{"users": at(e, "content", "users"), "invite": at(e, "content", "invite"), "events": at(e, "content", "events")})
				}
			}
		}
	}
}

func initialSync(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	empty, _ := alice.sync("", plainFilter)
	delete(empty, "account_data")
	s.note("nothing yet", empty)
	named := alice.room("!named", object{"name": "Named", "preset": "public_chat"})
	unnamed := alice.room("!unnamed", object{"preset": "public_chat", "invite": []string{bob.id}})
	for _, room := range []string{named, unnamed} {
		bob.ok("POST", "/join/"+url.PathEscape(room), object{})
		alice.say(room, "hello")
	}
	for _, query := range []string{plainFilter, filtered(`"state":{"lazy_load_members":true},"timeline":{"limit":1}`)} {
		out, _ := bob.sync("", query)
		for _, room := range []string{named, unnamed} {
			got := at(out, "rooms", "join", room).(object)
			s.gists("timeline", at(got, "timeline", "events"))
			s.set("state", at(got, "state", "events"))
			s.note("limited", at(got, "timeline", "limited"))
			delete(at(got, "timeline").(object), "events")
			delete(got, "state")
			s.note("the rest", got)
		}
	}
}

func incrementalSync(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat", "name": "Before"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	aliceSince, bobSince := alice.now(), bob.now()
	quietOut, _ := bob.sync(bobSince, plainFilter)
	s.note("nothing new", quietOut)
	alice.say(room, "one")
	alice.state(room, "m.room.name", "", object{"name": "After"})
	mine, _ := alice.sync(aliceSince, plainFilter)
	s.note("the sender's", mine)
	his, next := bob.sync(bobSince, plainFilter)
	s.note("the other's", his)
	bob.ok("PUT", rooms(room)+"/state/m.room.member/"+bob.id, object{"membership": "join", "displayname": "Bobby"})
	renamed, _ := bob.sync(next, filtered(`"state":{"lazy_load_members":true}`))
	got := at(renamed, "rooms", "join", room)
	delete(got.(object), "state") // Synapse tells bob's new name there too
	s.note("a new name with lazy members", got)
	full, _ := bob.sync(next, filtered(`"state":{"not_types":["m.room.member"]}`)+"&full_state=true")
	s.set("full state", at(full, "rooms", "join", room, "state", "events"))
	s.gists("full state's timeline", at(full, "rooms", "join", room, "timeline", "events"))
}

func limited(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+url.PathEscape(room), object{})
	since := bob.now()
	for i := range 12 {
		alice.say(room, fmt.Sprint(i))
		if i == 3 {
			alice.state(room, "m.room.topic", "", object{"topic": "in the gap"})
		}
		if i == 10 {
			alice.state(room, "m.room.topic", "", object{"topic": "in the timeline"})
		}
	}
	for _, query := range []string{"", "&org.matrix.msc4222.use_state_after=true"} {
		out, _ := bob.sync(since, filtered(`"timeline":{"limit":4}`)+query)
		got := at(out, "rooms", "join", room)
		s.note("limited"+query, at(got, "timeline", "limited"))
		s.gists("timeline"+query, at(got, "timeline", "events"))
		s.gists("state"+query, at(got, "state", "events"))
		s.gists("state after"+query, at(got, "org.matrix.msc4222.state_after", "events"))
		s.note("has state"+query, []bool{at(got, "state") != nil, at(got, "org.matrix.msc4222.state_after") != nil})
	}
	out, _ := bob.sync(since, filtered(`"timeline":{"limit":4}`))
	from := at(out, "rooms", "join", room, "timeline", "prev_batch").(string)
	for i := range 4 {
		page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=3&from="+url.QueryEscape(from)+"&to="+url.QueryEscape(since), nil)
		s.gists(fmt.Sprint("gap ", i), page["chunk"])
		end, more := page["end"].(string)
		if len(each(page["chunk"])) == 0 || !more {
			break
		}
		from = end
	}
	page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=100", nil)
	s.gists("all", page["chunk"])
	s.note("keys at the start", sortedKeys(page))
	page = bob.ok("GET", rooms(room)+"/messages?dir=f&limit=4&from="+url.QueryEscape(since), nil)
	s.gists("forward", page["chunk"])
	page = bob.ok("GET", rooms(room)+"/messages?dir=f&limit=4", nil)
	s.gists("from the start", page["chunk"])
}

func sortedKeys(o object) []string {
	keys := []string{}
	for k := range o {
		keys = append(keys, k)
	}
	return sortedStrings(keys)
}

func lazyMembers(s *script) {
	alice, bob, carol := s.login("alice"), s.login("bob"), s.login("carol")
	room := alice.room("!room", object{"preset": "public_chat"})
	for _, p := range []*person{bob, carol} {
		p.ok("POST", "/join/"+url.PathEscape(room), object{})
	}
	for i := range 6 {
		alice.say(room, fmt.Sprint(i))
	}
	lazy := filtered(`"state":{"lazy_load_members":true},"timeline":{"limit":3}`)
	out, since := bob.sync("", lazy)
	s.set("first", at(out, "rooms", "join", room, "state", "events"))
	carol.say(room, "carol speaks")
	out, since = bob.sync(since, lazy)
	s.set("carol speaks", at(out, "rooms", "join", room, "state", "events"))
	carol.say(room, "carol again")
	out, since = bob.sync(since, lazy)
	s.set("carol again", at(out, "rooms", "join", room, "state", "events"))
	carol.ok("PUT", "/profile/"+carol.id+"/displayname", object{"displayname": "Caro"})
	for i := range 6 {
		alice.say(room, fmt.Sprint("more ", i))
	}
	out, since = bob.sync(since, lazy)
	s.set("renamed in the gap", at(out, "rooms", "join", room, "state", "events"))
	carol.ok("POST", rooms(room)+"/leave", object{})
	for i := range 6 {
		alice.say(room, fmt.Sprint("yet more ", i))
	}
	out, _ = bob.sync(since, lazy)
	s.set("left in the gap", at(out, "rooms", "join", room, "state", "events"))
	s.note("summary", at(out, "rooms", "join", room, "summary"))
	page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=5&filter="+url.QueryEscape(`{"lazy_load_members":true}`), nil)
	s.set("members of a page", page["state"])
}

func invitation(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	since := bob.now()
	room := alice.room("!room", object{"name": "Party", "topic": "Friday", "invite": []string{bob.id}, "is_direct": true})
	got, since := bob.until(since, plainFilter, "rooms", "invite", room, "invite_state", "events")
	s.set("invite state", got)
	for _, e := range each(got) {
		if e["type"] == "m.room.member" && e["state_key"] == bob.id {
			s.note("the invitation", e)
		}
	}
	first, _ := bob.sync("", plainFilter)
	s.note("first sync", sortedKeys(at(first, "rooms").(object)))
	bob.ok("POST", rooms(room)+"/leave", object{})
	out, since := bob.sync(since, plainFilter)
	s.note("declined", at(out, "rooms"))
	alice.ok("POST", rooms(room)+"/invite", object{"user_id": bob.id, "reason": "please"})
	alice.try("invite again", "POST", rooms(room)+"/invite", object{"user_id": bob.id})
	_, since = bob.until(since, plainFilter, "rooms", "invite", room)
	bob.try("join", "POST", rooms(room)+"/join", object{"reason": "fine"})
	bob.try("join again", "POST", "/join/"+url.PathEscape(room), object{})
	out, _ = bob.sync(since, plainFilter)
	s.gists("joined", at(out, "rooms", "join", room, "timeline", "events"))
	s.note("limited", at(out, "rooms", "join", room, "timeline", "limited"))
	s.set("state", at(out, "rooms", "join", room, "state", "events"))
	alice.try("invite a member", "POST", rooms(room)+"/invite", object{"user_id": bob.id})
	bob.ok("PUT", "/user/"+url.PathEscape(bob.id)+"/account_data/m.invite_permission_config", object{"default_action": "block"})
	other := alice.room("!other", object{"preset": "private_chat"})
	alice.try("invite who blocks that", "POST", rooms(other)+"/invite", object{"user_id": bob.id})
	alice.try("into a new room", "POST", "/createRoom", object{"invite": []string{bob.id}})
}

func knock(s *script) {
	alice, bob := s.login("alice"), s.login("bob")
	room := alice.room("!room", object{"name": "Door", "initial_state": []any{
		object{"type": "m.room.join_rules", "state_key": "", "content": object{"join_rule": "knock"}}}})
	since, hers := bob.now(), alice.now()
	bob.try("join", "POST", "/join/"+url.PathEscape(room), object{})
	bob.try("knock", "POST", "/knock/"+url.PathEscape(room), object{"reason": "hello?"})
	got, since := bob.until(since, plainFilter, "rooms", "knock", room, "knock_state", "events")
	s.set("knock state", got)
	out, _ := alice.sync(hers, plainFilter)
	s.gists("the owner sees", at(out, "rooms", "join", room, "timeline", "events"))
	bob.ok("POST", rooms(room)+"/leave", object{})
	out, since = bob.sync(since, plainFilter)
	s.note("taken back", at(out, "rooms"))
	bob.ok("POST", "/knock/"+url.PathEscape(room), object{})
	alice.try("let in", "POST", rooms(room)+"/invite", object{"user_id": bob.id})
	bob.until(since, plainFilter, "rooms", "invite", room)
	bob.try("join", "POST", "/join/"+url.PathEscape(room), object{})
	bob.try("knock when joined", "POST", "/knock/"+url.PathEscape(room), object{})
}
