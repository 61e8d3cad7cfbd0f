package verification_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

const room = event.RoomID("!r:x")

// world is a server with devices, each of which has a queue of what it will
// hear.
type world struct {
	testing.TB
	now     time.Time
	rnd     *rand.Rand
	random  *rand.ChaCha8
	devices []*device
	events  int
	ids     map[event.TxnID]event.EventID // of what was sent to the room
	log     []v.Send                      // all that was ever sent
	ended   []v.Verification              // how all ended
}

// device is a device, with what it knows of keys.
type device struct {
	*v.Requests
	w       *world
	own     v.Own
	known   map[string]v.Key
	trusts  bool
	inbox   []v.Event
	changed []v.ID
	change  func(*v.Event) // what it hears, if not nil
}

func newWorld(t testing.TB, seed uint64) *world {
	source := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})
	return &world{TB: t, now: time.UnixMilli(1_700_000_000_000), random: source, rnd: rand.New(source), ids: map[event.TxnID]event.EventID{}}
}

func key(b byte) (k v.Key) {
	for i := range k {
		k[i] = b
	}
	return k
}

// add makes a device, whose key has its number in each byte.
func (w *world) add(user event.UserID, id event.DeviceID, trusts bool) *device {
	w.Helper()
	d := &device{w: w, own: v.Own{User: user, Device: id, Key: key(byte(len(w.devices) + 1))}, known: map[string]v.Key{}, trusts: trusts}
	var err error
	if d.Requests, err = v.New(d.own, d, func() time.Time { return w.now }, w.random); err != nil {
		w.Fatal(err)
	}
	w.devices = append(w.devices, d)
	for _, a := range w.devices {
		for _, b := range w.devices {
			a.known[string(b.own.User)+" "+string(b.own.Device)] = b.own.Key
			a.known[string(b.own.User)] = master(b.own.User)
		}
	}
	return d
}

// master returns a user's master key.
func master(user event.UserID) v.Key { return key(user[1] | 0x80) }

func (d *device) Device(user event.UserID, id event.DeviceID) (v.Key, bool) {
	k, ok := d.known[string(user)+" "+string(id)]
	return k, ok
}

func (d *device) Master(user event.UserID) (v.Key, bool) {
	k, ok := d.known[string(user)]
	return k, ok
}

func (d *device) Trusted() bool { return d.trusts }

// do sends what a call gave, and fails the test if it gave an error.
func (d *device) do(step v.Step, err error) {
	d.w.Helper()
	if err != nil {
		d.w.Fatalf("%s: %v", d.own.Device, err)
	}
	d.send(step)
}

func (d *device) send(step v.Step) {
	d.w.Helper()
	d.changed = append(d.changed, step.Changed...)
	for _, s := range step.Sends {
		d.w.check(s)
		d.w.log = append(d.w.log, s)
		d.w.route(d, s)
	}
}

func (w *world) route(from *device, s v.Send) {
	e := v.Event{Type: s.Type, Sender: from.own.User, Room: s.Room, Content: s.Content}
	if s.Room == "" {
		for _, d := range w.devices {
			if d.own.User == s.User && (slices.Contains(s.Devices, d.own.Device) || s.Devices[0] == "*") {
				d.inbox = append(d.inbox, e)
			}
		}
		return
	}
	w.events++
	e.ID, e.TS = event.EventID(fmt.Sprint("$", w.events)), w.now.UnixMilli()
	w.ids[s.ID] = e.ID
	for _, d := range w.devices {
		heard := e
		if d == from {
			heard.Txn = s.ID
		}
		d.inbox = append(d.inbox, heard)
	}
}

var events = sync.OnceValues(conformance.LoadEvents)

// check fails if a message is none, or not as the spec's schemas have it.
func (w *world) check(s v.Send) {
	w.Helper()
	if s.ID == "" || s.Type == "" || !scan.Valid(s.Content) || s.Content.Kind() != scan.Object || (s.Room == "") == (s.User == "") || (s.Room == "") != (len(s.Devices) > 0) {
		w.Fatalf("sent %+v %s", s, s.Content)
	}
	if rules, err := events(); err == nil {
		if err := rules.CheckContent(s.Type, nil, s.Content); err != nil {
			w.Fatalf("sent %s %s: %v", s.Type, s.Content, err)
		}
	}
	for _, old := range w.log {
		if old.ID == s.ID {
			w.Fatalf("%s is the id of two messages", s.ID)
		}
	}
}

// hear lets d hear the first n messages of its queue.
func (d *device) hear(n int) {
	d.w.Helper()
	for range min(n, len(d.inbox)) {
		e := d.inbox[0]
		d.inbox = d.inbox[1:]
		if d.change != nil {
			d.change(&e)
		}
		d.send(d.Receive(e))
	}
}

// run delivers all, until nothing is left to be heard.
func (w *world) run() {
	w.Helper()
	for busy := true; busy; {
		busy = false
		for _, d := range w.devices {
			busy = busy || len(d.inbox) > 0
			d.hear(len(d.inbox))
		}
	}
}

// ask begins a verification between two devices, in a room unless they are one
// user's.
func (d *device) ask(other *device, can v.Methods) v.ID {
	d.w.Helper()
	var id v.ID
	var step v.Step
	var err error
	if d.own.User == other.own.User {
		var devices []event.DeviceID
		for _, all := range d.w.devices {
			if all.own.User == other.own.User {
				devices = append(devices, all.own.Device)
			}
		}
		id, step, err = d.AskDevices(other.own.User, devices, can)
	} else {
		id, step, err = d.AskInRoom(other.own.User, room, can)
	}
	d.do(step, err)
	return id
}

// only returns the one verification that d shows which has not ended, or the
// last one that has.
func (d *device) only() v.Verification {
	d.w.Helper()
	all := d.All()
	if len(all) == 0 {
		d.w.Fatalf("%s shows nothing", d.own.Device)
	}
	open := slices.DeleteFunc(slices.Clone(all), func(v v.Verification) bool { return v.Phase.Ended() })
	if len(open) > 1 {
		d.w.Fatalf("%s shows %d", d.own.Device, len(open))
	}
	return append(open, all[len(all)-1])[0]
}

func (d *device) is(phase v.Phase) v.Verification {
	d.w.Helper()
	now := d.only()
	if now.Phase != phase {
		d.w.Fatalf("%s is in phase %d %q, want %d", d.own.Device, now.Phase, now.Code, phase)
	}
	return now
}

func (d *device) cancelled(code v.Code, ours bool) {
	d.w.Helper()
	if now := d.is(v.Cancelled); now.Code != code || now.Ours != ours {
		d.w.Fatalf("%s was cancelled with %q by us: %v, want %q, %v", d.own.Device, now.Code, now.Ours, code, ours)
	}
}

// proven checks what d has proven, where nil is nothing.
func (d *device) proven(device, master *v.Key) {
	d.w.Helper()
	now := d.is(v.Done)
	for _, k := range []struct{ got, want *v.Key }{{now.Proven.Device, device}, {now.Proven.Master, master}} {
		if (k.got == nil) != (k.want == nil) || k.got != nil && *k.got != *k.want {
			d.w.Errorf("%s has proven %v, want %v", d.own.Device, k.got, k.want)
		}
	}
}

func keyName(k v.Key) event.DeviceID { return event.DeviceID(unpadded.Encode(k[:])) }
