package verification_test

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// directory is what the owner knows of keys, here the same for all.
type directory map[event.DeviceID]v.Key

func (d directory) Device(_ event.UserID, id event.DeviceID) (v.Key, bool) {
	k, ok := d[id]
	return k, ok
}
func (d directory) Master(event.UserID) (v.Key, bool) { return v.Key{1}, true }
func (d directory) Trusted() bool                     { return true }

// What an owner does: it sends what each call gives, hands in what comes, lets
// the user choose and compare, and signs what is proven.
func Example() {
	keys := directory{"OLD": {2}, "NEW": {3}}
	devices := map[event.DeviceID]*v.Requests{}
	for id, key := range keys {
		r, err := v.New(v.Own{User: "@a:x", Device: id, Key: key}, keys, time.Now, rand.Reader)
		if err != nil {
			panic(err)
		}
		devices[id] = r
	}
	old, fresh := devices["OLD"], devices["NEW"]

	var send func(v.Step, error)
	send = func(step v.Step, err error) {
		if err != nil {
			panic(err)
		}
		for _, s := range step.Sends { // as the server would
			for _, to := range s.Devices {
				send(devices[to].Receive(v.Event{Type: s.Type, Sender: "@a:x", Content: s.Content}), nil)
			}
		}
	}
	id, step, err := fresh.AskDevices("@a:x", []event.DeviceID{"OLD"}, v.SAS)
	send(step, err)
	theirs := old.All()[0].ID
	send(old.Accept(theirs, v.AllMethods))
	send(fresh.StartSAS(id))

	one, _ := old.Get(theirs)
	two, _ := fresh.Get(id)
	fmt.Println("the same emoji:", fmt.Sprint(one.Emoji) == fmt.Sprint(two.Emoji))
	send(old.Confirm(theirs))
	send(fresh.Confirm(id))

	two, _ = fresh.Get(id)
	fmt.Println("done:", two.Phase == v.Done, "proven:", *two.Proven.Device == keys["OLD"])
	// Output:
	// the same emoji: true
	// done: true proven: true
}
