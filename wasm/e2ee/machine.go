package e2ee

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Reader reads what is stored; storage.DB is one.
type Reader interface {
	Read(ctx context.Context, q ...storage.Query) ([]storage.Result, error)
}

// Platform is what the machine cannot have of its own.
type Platform struct {
	// Random must be cryptographic.
	Random io.Reader
	Now    func() time.Time
}

// Machine is the encryption of one device. What it knows changes only when a
// Work is committed.
type Machine struct {
	Platform
	reader Reader
	user   event.UserID
	device event.DeviceID

	sessions *sessions
	memory   *memory

	mu   sync.RWMutex
	kept kept
}

// kept is what is in memory all the time. It is a value: what it points to is
// never changed, but replaced.
type kept struct {
	account *table.OlmAccount // nil before there are keys
	own     *own              // of account
	server  serverKeys
	tracker *table.Tracker
	// messages are on their way to devices, in order.
	messages []*table.ToDevice
	nextSeq  uint64
	claims   claims
	waiting  waiting
	// asking are requests for room keys that wait for an Olm session.
	asking []asking
	// settledRooms have nobody left to give a key; devicesSeen counts changes of
	// anybody's devices.
	settledRooms map[event.RoomID]settled
	devicesSeen  uint64
	secrets      *table.Secrets
	backup       *table.KeyBackup
	pace         pace
	// bundles are files of room keys that are offered, the newest last.
	bundles []table.Bundle
	// invites are those that our user accepted, the newest last.
	invites []table.AcceptedInvite
}

// Open reads what the machine keeps in memory. It has no keys before Create.
func Open(ctx context.Context, r Reader, p Platform, user event.UserID, device event.DeviceID) (*Machine, error) {
	m := &Machine{Platform: p, reader: r, user: user, device: device, sessions: newSessions(), memory: newMemory()}
	results, err := r.Read(ctx,
		storage.Get(table.Crypto, table.OlmAccountKey, table.TrackerKey, table.SecretsKey, table.KeyBackupKey, table.BundlesKey, table.InvitesKey),
		storage.Scan(table.ToDevices, nil, nil, 0),
		storage.Scan(table.Waiting, nil, nil, 0),
	)
	if err != nil {
		return nil, fmt.Errorf("open encryption: %w", err)
	}
	return m, m.load(ctx, results)
}

// load takes what was stored. Lost keys are an error, because to make new ones
// for the same device is what nobody could tell from an attack; a lost list of
// whom to ask about is made anew by asking about everybody.
func (m *Machine) load(ctx context.Context, results []storage.Result) (err error) {
	k := kept{tracker: &table.Tracker{}}
	if value := results[0][0].Value; value != nil {
		if k.account, err = table.DecodeOlmAccount(value); err != nil {
			return fmt.Errorf("open encryption: %w", err)
		}
		if k.own, err = ownOf(m.user, m.device, k.account); err != nil {
			return fmt.Errorf("open encryption: %w", err)
		}
	}
	if value := results[0][1].Value; value != nil {
		if k.tracker, err = table.DecodeTracker(value); err != nil {
			known, err := m.Users(ctx)
			if err != nil {
				return err
			}
			k.tracker = everybody(known)
		}
	}
	k.loadSecrets(results[0][2].Value, results[0][3].Value)
	for _, rec := range results[1] {
		one, err := table.DecodeToDevice(rec.Value)
		if err != nil {
			continue // whoever it was for asks again, or gets a new session
		}
		k.messages = append(k.messages, one)
		k.nextSeq = max(k.nextSeq, one.Seq+1)
	}
	k.waiting.load(results[2])
	if value := results[0][4].Value; value != nil {
		k.bundles, _ = table.DecodeBundles(value) // lost offers are lost
	}
	if value := results[0][5].Value; value != nil {
		k.invites, _ = table.DecodeInvites(value)
	}
	m.kept = k
	return nil
}

// Ready reports whether the device has keys.
func (m *Machine) Ready() bool { return m.present().account != nil }

func (m *Machine) present() kept {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.kept
}
