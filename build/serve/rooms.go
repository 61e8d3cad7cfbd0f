package main

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// busyMessages is enough to scroll for a while.
const busyMessages = 4000

// ingeLeaves is after which message of the hike.
const ingeLeaves = 180

// rooms makes all rooms, the oldest first.
func (f *filler) rooms() {
	hike := f.hike()
	busy := f.busy()
	direct := f.direct()
	f.space(hike, busy)
	f.invitations()
	f.ago(time.Hour)
	f.call("alice", "PUT", "/user/"+id("alice")+inRoom(direct)+"/tags/m.favourite", object{"order": 0.5})
	f.call("bob", "PUT", "/user/"+id("bob")+inRoom(busy)+"/tags/m.lowpriority", object{})
}

// hike is a group of people who talk, with what people do: replies, reactions,
// edits, a message taken back, new names, someone who leaves.
func (f *filler) hike() string {
	f.ago(20 * day)
	walkers := []string{"inge", "alice", "bob", "carol", "dan", "erin", "farid", "grace", "hiro"}
	room := f.create("carol", object{"name": "Sunday hike", "topic": "Slow legs welcome. Route in the pinned message.",
		"preset": "trusted_private_chat"}, "alice", "bob", "dan", "erin", "farid", "grace", "hiro", "inge")
	last := ""
	for i := range 420 {
		f.pass(time.Duration(2+f.rand.IntN(120)) * time.Minute / 2)
		who, text := walkers[f.rand.IntN(len(walkers))], hikeLines[i%len(hikeLines)]
		switch {
		case i%11 == 5:
			last = f.reply(who, room, last, text)
		case i%17 == 9:
			last = f.say(who, room, text+" (typo hree)")
			f.edit(who, room, last, text)
		default:
			last = f.say(who, room, text)
		}
		if i%7 == 3 {
			f.react(walkers[(i+1)%len(walkers)], room, last, reactions[i%len(reactions)])
			f.react(walkers[(i+2)%len(walkers)], room, last, reactions[i%len(reactions)])
		}
		f.hikeHappens(i, room, last)
		if i == ingeLeaves {
			walkers = walkers[1:]
		}
	}
	f.read("bob", room, last)
	return room
}

func (f *filler) hikeHappens(i int, room, last string) {
	switch i {
	case 60:
		f.state("carol", room, "m.room.topic", "", object{"topic": "This Sunday: the ridge path. Bring water."})
	case 120:
		f.state("inge", room, "m.room.member", id("inge"), object{"membership": "join", "displayname": "Inge (on holiday)"})
	case ingeLeaves:
		f.call("inge", "POST", inRoom(room)+"/leave", object{})
	case 240:
		event := f.say("dan", room, "wrong room, sorry")
		f.txn++
		f.call("dan", "PUT", fmt.Sprintf("%s/redact/%s/h%d", inRoom(room), event, f.txn), object{"reason": "wrong room"})
	case 300:
		f.picture(room, "erin")
	case 330:
		f.read("alice", room, last)
		f.call("alice", "PUT", "/user/"+id("alice")+inRoom(room)+"/account_data/m.marked_unread", object{"unread": false})
	}
}

func (f *filler) picture(room, who string) {
	data := ridge()
	uri := f.upload(who, "ridge.png", data)
	f.send(who, room, "m.room.message", object{"msgtype": "m.image", "body": "ridge.png", "url": uri,
		"info": object{"mimetype": "image/png", "w": ridgeWidth, "h": ridgeHeight, "size": len(data)}})
}

// busy is a room with thousands of messages by many and by a machine.
func (f *filler) busy() string {
	f.ago(12 * day)
	room := f.create("builder", object{"name": "Build log", "topic": "Every build, and what people say about it",
		"preset": "public_chat", "room_alias_name": "build-log", "visibility": "public"}, "alice", "bob", "dan", "grace", "hiro")
	speakers := []string{"dan", "grace", "hiro", "bob", "alice"}
	last := ""
	for i := range busyMessages {
		f.pass(time.Duration(20+f.rand.IntN(400)) * time.Second)
		if i%3 != 0 {
			last = f.send("builder", room, "m.room.message", object{"msgtype": "m.notice",
				"body": fmt.Sprintf(buildLines[i%len(buildLines)], 2000+i, 40+f.rand.IntN(300))})
			continue
		}
		last = f.say(speakers[f.rand.IntN(len(speakers))], room, talkLines[f.rand.IntN(len(talkLines))])
	}
	f.read("alice", room, last)
	f.read("bob", room, last)
	return room
}

// direct is a talk between the two who are at the keyboard.
func (f *filler) direct() string {
	f.ago(3 * day)
	room := f.create("alice", object{"is_direct": true, "preset": "trusted_private_chat"}, "bob")
	f.call("alice", "PUT", "/user/"+id("alice")+"/account_data/m.direct", object{id("bob"): []string{room}})
	f.call("bob", "PUT", "/user/"+id("bob")+"/account_data/m.direct", object{id("alice"): []string{room}})
	last := ""
	for i, text := range directLines {
		f.pass(time.Duration(1+f.rand.IntN(90)) * time.Minute)
		last = f.say(people[i%2].name, room, text)
	}
	f.react("alice", room, last, "👍")
	f.read("alice", room, last)
	return room
}

// space holds the two rooms of many.
func (f *filler) space(children ...string) {
	f.ago(2 * day)
	space := f.create("carol", object{"name": "Neighbours", "topic": "Everything around the house",
		"creation_content": object{"type": "m.space"}, "power_level_content_override": object{"events_default": 100}}, "alice", "bob")
	for i, child := range children {
		f.state("carol", space, "m.space.child", child, object{"via": []string{"localhost"}, "suggested": i == 0})
	}
}

// invitations wait for an answer.
func (f *filler) invitations() {
	f.ago(5 * time.Hour)
	for _, guest := range []string{"alice", "bob"} {
		f.call("erin", "POST", "/createRoom", object{"name": "Book club", "topic": "One book a month, no homework",
			"invite": []string{id(guest)}})
	}
}
