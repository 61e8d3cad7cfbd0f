//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// encryptedRoom: what is written there is read by whom it is for, and by no
// server (FEATURES B-27).
func encryptedRoom(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	atAlice, atBob := alice.timeline(room), bob.timeline(room)
	var want []string
	for i := range 3 {
		for _, u := range []*user{alice, bob} {
			text := fmt.Sprint(u.name, " ", i)
			u.say(room, text)
			want = append(want, text)
			atAlice.reads(want...)
			atBob.reads(want...)
		}
	}
	for _, i := range atBob.items {
		if i.Event != nil && i.Event.Type == event.RoomMessage && i.Event.Send == nil && (i.Event.Crypto == nil || i.Event.Crypto.State != api.CryptoDecrypted) {
			w.t.Errorf("%s is shown as %+v", i.Event.ID, i.Event.Crypto)
		}
	}
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == want[len(want)-1] })
	stored := alice.ask("GET", "rooms/"+escape(room)+"/messages?dir=b&limit=100", "").Get("chunk")
	sealed := 0
	for e := range stored.Items() {
		switch e.Get("type").Text() {
		case event.RoomMessage:
			w.t.Errorf("the server can read %s", e)
		case event.RoomEncrypted:
			sealed++
		}
	}
	if sealed != len(want) {
		w.t.Errorf("the server has %d encrypted messages", sealed)
	}
}

// keyed makes a user whose device others can find: whoever writes before the server
// has its keys leaves it out.
func (w *world) keyed(name string) *user {
	u := w.user(name)
	u.status(func(s api.EncryptionStatus) bool { return s.Identity != api.IdentityUnknown })
	u.findable()
	return u
}

// findable waits until the server has the device's keys.
func (u *user) findable() {
	u.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		found := u.ask("POST", "keys/query", fmt.Sprintf(`{"device_keys":{%q:[]}}`, u.id()))
		if found.Path("device_keys", string(u.id()), string(u.session.DeviceID)).Exists() {
			return
		}
	}
	u.t.Fatal("nobody can find the device")
}

// saved waits until the user's backup has a key: the status may yet be of before
// there was one to save.
func (u *user) saved() {
	u.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if u.ask("GET", "room_keys/version", "").Get("count").Int() > 0 {
			return
		}
	}
	u.t.Fatal("no key was saved")
}

// encryptedRestarts: keys are not lost with a core, nor with a device that comes
// later to the room.
func encryptedRestarts(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	alice.say(room, "one")
	bob.timeline(room).reads("one")
	bob.close()
	alice.say(room, "two")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "two" })
	bob.start()
	atBob := bob.timeline(room)
	atBob.reads("one", "two")
	second := w.device(bob.name)
	atSecond := second.timeline(room)
	atSecond.until(func(items []api.TimelineItem) bool { return slices.ContainsFunc(items, isMissing) })
	// Whoever writes before the server told them of the new device leaves it out.
	for i, read := 3, false; !read; i++ {
		if i > 20 {
			w.t.Fatal("the second device gets no keys")
		}
		bob.say(room, fmt.Sprint(i))
		atSecond.until(func(items []api.TimelineItem) bool {
			read = slices.Contains(bodies(items), fmt.Sprint(i))
			return read || missing(items) == i
		})
	}
}

func missing(items []api.TimelineItem) (n int) {
	for _, i := range items {
		if isMissing(i) {
			n++
		}
	}
	return n
}

func isMissing(i api.TimelineItem) bool {
	return i.Event != nil && i.Event.Crypto != nil && i.Event.Crypto.Reason == api.KeyMissing
}
