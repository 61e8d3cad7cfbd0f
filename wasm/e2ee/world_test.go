package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// world is devices around one key server, under a clock of its own.
type world struct {
	testing.TB
	server  *keyServer
	devices []*device
	now     time.Time
	random  *rand.ChaCha8
}

func newWorld(t testing.TB, seed uint64) *world {
	return &world{
		TB: t, server: newKeyServer(t), now: time.UnixMilli(1_700_000_000_000),
		random: rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)}),
	}
}

// device is one machine on a disk of its own, started again whenever it died.
type device struct {
	*world
	address
	disk    *mem.Disk
	db      *storage.Conn
	machine *e2ee.Machine
	// opened is what was committed as opened, bodies what was sent under a
	// transaction id.
	opened []e2ee.Opened
	heard  []e2ee.Message // of others than the machine
	bodies map[string]string
	deaths int
}

func (w *world) device(user, name string) *device {
	d := &device{world: w, address: address{user, name}, disk: mem.NewDisk(), bodies: map[string]string{}}
	w.server.changed[d.address] = map[string]bool{}
	w.devices = append(w.devices, d)
	d.start()
	return d
}

// start opens the disk, and makes keys where there are none.
func (d *device) start() {
	d.Helper()
	ctx := d.Context()
	var err error
	if d.db, err = mem.Open(ctx, d.disk, table.Schema(), storage.Options{}); err != nil {
		d.Fatal(err)
	}
	p := e2ee.Platform{Random: d.random, Now: func() time.Time { return d.now }}
	if d.machine, err = e2ee.Open(ctx, d.db, p, event.UserID(d.user), event.DeviceID(d.name())); err != nil {
		d.Fatal(err)
	}
	if !d.machine.Ready() {
		d.work(func(_ context.Context, w *e2ee.Work) error { return w.Create() })
	}
}

func (d *device) name() string { return d.address.device }

// work does a piece of work and commits it. It reports false if the device died
// over it, and is up again.
func (d *device) work(fn func(context.Context, *e2ee.Work) error) bool {
	d.Helper()
	w := d.machine.Begin()
	err := fn(d.Context(), w)
	if err == nil {
		_, err = store(d.Context(), d.TB, d.db, w)
	}
	if errors.Is(err, storage.ErrClosed) {
		d.deaths++
		d.start()
		return false
	}
	if err != nil {
		d.Fatal(err)
	}
	d.heard = append(d.heard, w.Committed().Messages...)
	remembers(d.Context(), d.TB, d.machine, d.db)
	d.opened = append(d.opened, w.Opened()...)
	return true
}

// ask brings one request to the server, and back what it says. A device that
// dies over the answer asks again.
func (d *device) ask() bool {
	d.Helper()
	all := d.machine.Outgoing()
	if len(all) == 0 {
		return false
	}
	r := all[d.random.Uint64()%uint64(len(all))]
	if r.Kind == e2ee.SendDevices {
		if known, sent := d.bodies[r.Path[2]]; sent && known != string(r.Body) {
			d.Errorf("two messages under one transaction id")
		}
		d.bodies[r.Path[2]] = string(r.Body)
	}
	answer := d.server.do(d.address, &r)
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.Answered(ctx, &r, answer) })
	return true
}

// sync takes in what the server has; it has it again if the device died.
func (d *device) sync() {
	d.Helper()
	p := d.server.sync(d.address, true)
	if d.work(func(ctx context.Context, w *e2ee.Work) error { return w.Receive(ctx, p) }) {
		d.server.sync(d.address, false)
	}
}

// settle lets everybody sync and ask until nobody has anything to say.
func (w *world) settle() {
	w.Helper()
	for range 200 {
		busy := false
		for _, d := range w.devices {
			before := len(w.server.inbox[d.address]) + len(w.server.changed[d.address])
			d.sync()
			for d.ask() {
				busy = true
			}
			busy = busy || before > 0
		}
		if !busy {
			return
		}
	}
	w.Fatal("they never come to rest")
}

// write sends a text to all devices of a user.
func (d *device) write(to *device, text string) {
	d.Helper()
	content := scan.Value(fmt.Sprintf(`{"text":%q}`, text))
	for range 50 {
		done := false
		whole := d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			done, err = w.Write(ctx, event.UserID(to.user), "test", content)
			return err
		})
		if done && whole {
			return
		}
		for d.ask() {
		}
	}
	d.Fatal("it never can be written")
}

// tryToWrite is write to somebody who may not be reached.
func (d *device) tryToWrite(to *device, text string) {
	d.Helper()
	content := scan.Value(fmt.Sprintf(`{"text":%q}`, text))
	for range 5 {
		d.work(func(ctx context.Context, w *e2ee.Work) error {
			_, _ = w.Write(ctx, event.UserID(to.user), "test", content)
			return nil
		})
		for d.ask() {
		}
	}
}

// texts are what a device opened.
func (d *device) texts() (all []string) {
	for _, o := range d.opened {
		if o.Kind == "test" {
			all = append(all, string(o.Sender)+": "+scan.Value(o.Content).Get("text").Text())
		}
	}
	return all
}
