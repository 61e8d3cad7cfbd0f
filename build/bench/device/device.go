// Package device is the encryption of one device as the core has it, and nothing
// else of the core: each call is a turn of the ledger, whose commit is part of it,
// over a store that is sealed. It is what the bench measures, and who others are
// that write to it.
package device

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Device is one device. It serves one caller at a time.
type Device struct {
	ledger *ledger.Ledger
	// asked are the requests that Do gave out, by their numbers.
	asked map[int64]e2ee.Request
}

// Open opens a device's database, which is new, and makes the device's keys.
func Open(ctx context.Context, raw storage.DB, random io.Reader, user event.UserID, id event.DeviceID) (*Device, error) {
	var keys seal.Keys
	for _, key := range []*[seal.KeySize]byte{&keys.Data, &keys.View} {
		if _, err := io.ReadFull(random, key[:]); err != nil {
			return nil, err
		}
	}
	db, err := table.Open(ctx, raw, keys, random)
	if err != nil {
		return nil, err
	}
	l, err := ledger.Open(ctx, db, ledger.Known{Now: time.Now()})
	if err != nil {
		return nil, err
	}
	session := &table.Session{Homeserver: "http://bench", UserID: user, DeviceID: id, Token: "bench"}
	d := &Device{ledger: l, asked: map[int64]e2ee.Request{}}
	return d, l.StartCrypto(ctx, e2ee.Platform{Random: random, Now: time.Now}, session)
}

func (d *Device) work(ctx context.Context, fn func(context.Context, *e2ee.Work) error) error {
	return d.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error { return fn(ctx, t.Crypto()) })
}

// Outgoing is what the device wants of the server.
func (d *Device) Outgoing() []e2ee.Request { return d.ledger.Crypto().Outgoing() }

// Answered takes the server's answer; nil is that there is nothing.
func (d *Device) Answered(ctx context.Context, r *e2ee.Request, answer scan.Value) error {
	return d.work(ctx, func(ctx context.Context, w *e2ee.Work) error {
		if answer == nil {
			return w.Refused(ctx, r, "M_NOT_FOUND")
		}
		return w.Answered(ctx, r, answer)
	})
}

// Receive takes a sync response's part.
func (d *Device) Receive(ctx context.Context, p e2ee.SyncPart) error {
	return d.work(ctx, func(ctx context.Context, w *e2ee.Work) error { return w.Receive(ctx, p) })
}

// Share shares a room's key, and reports whether everybody has it.
func (d *Device) Share(ctx context.Context, room e2ee.RoomKeys) (done bool, err error) {
	err = d.work(ctx, func(ctx context.Context, w *e2ee.Work) error {
		wait, err := w.Share(ctx, room)
		done = wait.Done()
		return err
	})
	return done, err
}

// Encrypt returns the content of an encrypted event, or e2ee.ErrNeedsKeys.
func (d *Device) Encrypt(ctx context.Context, room event.RoomID, kind string, content scan.Value) (sealed scan.Value, err error) {
	err = d.work(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
		sealed, err = w.Encrypt(ctx, room, kind, content)
		return err
	})
	return sealed, err
}

// Decrypt opens events of one room, as they are taken in.
func (d *Device) Decrypt(ctx context.Context, room event.RoomID, events []event.Event) (opened []scan.Value, err error) {
	return opened, d.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		if err := t.Decrypt(ctx, map[event.RoomID][]event.Event{room: events}); err != nil {
			return err
		}
		plains := t.Plains(room)
		for i := range events {
			p := plains[events[i].ID]
			if p == nil || p.Failure != "" {
				return fmt.Errorf("%s cannot be decrypted", events[i].ID)
			}
			opened = append(opened, p.Event.Raw)
		}
		return nil
	})
}

// Import takes in a file of keys whose passphrase had one round, and returns how
// many keys were in it.
func (d *Device) Import(ctx context.Context, file []byte, phrase string) (int, error) {
	keys, err := d.ledger.Crypto().ReadExport(ctx, file, phrase, OneRound)
	if err != nil {
		return 0, err
	}
	var taken e2ee.Taken
	for taken.Done < keys.Len() {
		err := d.work(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
			taken, err = w.TakeKeys(ctx, keys, taken)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return taken.Better, nil
}

// OneRound makes a key of a passphrase without the work: what that takes is of
// the browser's making, and not compared.
func OneRound(ctx context.Context, phrase string, salt []byte, _, size int) ([]byte, error) {
	return passphrase.InGo(ctx, phrase, salt, 1, size)
}
