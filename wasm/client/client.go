// Package client puts the core together and implements api.Client.
//
// Its law: it holds no logic that a lower package could hold. It owns the
// lives of all others: who is opened when, who runs, who ends; and it is the
// only place that turns Go errors into the codes of the API.
//
// It does not touch the browser: what differs between platforms comes in.
package client

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// Platform is what differs between the browser and a native program.
type Platform struct {
	// OpenDatabase opens or makes the database of that name. persistent is
	// false where it lives in memory only.
	OpenDatabase func(ctx context.Context, name string, schema storage.Schema) (db Database, persistent bool, err error)
	// Keys returns what the database of that name is sealed with, and makes it
	// where there is none; nil where no database is persistent. It is called
	// beside OpenDatabase. seal.ErrKey: what there was is lost. ErrKeys, and any
	// other error: it cannot be had now.
	Keys func(ctx context.Context, name string) (seal.Keys, error)
	// DeleteDatabase removes it with all that is in it, and its keys.
	DeleteDatabase func(ctx context.Context, name string) error
	Network        homeserver.Network
	Clock          Clock
	// PBKDF2 makes keys of passphrases; nil for one in Go.
	PBKDF2 passphrase.PBKDF2
}

// Database is a storage.DB that tells when it was closed from outside.
type Database interface {
	storage.DB
	Closed() <-chan struct{}
	// Reason says why, once it is closed.
	Reason() error
}

// Clock is time as the core needs it.
type Clock interface {
	Now() time.Time
	// After returns a channel that receives once after d.
	After(d time.Duration) <-chan time.Time
	// Jitter returns a random share of d.
	Jitter(d time.Duration) time.Duration
}

// Client is the core; its pages call it, see Attach. Use New.
type Client struct {
	platform Platform
	ctx      context.Context // the program's life
	session  *view.Value[api.Session]
	storage  *view.Value[api.StorageStatus]
	fatal    chan error
	pages    pages
	volatile seal.Keys // of what lives in memory

	// turn lets one of Open, login and logout run at a time.
	turn sync.Mutex
	// before is the database that was here before, if that is known. It belongs
	// to whoever has the turn.
	before table.DatabaseID

	mu      sync.Mutex // guards what follows
	params  api.OpenParams
	account *account // nil before Open, after a logout, and where storage was lost
	lost    *lost    // nil unless storage was lost
}

// New returns a core that lives until ctx ends.
func New(ctx context.Context, p Platform) *Client {
	c := &Client{
		platform: p, ctx: ctx, fatal: make(chan error, 1), pages: pages{said: map[*Page]*api.PageState{}},
		session: view.NewValue(api.Session{State: api.Restoring, Sync: api.SyncStopped}, sameSession),
		storage: view.NewValue(api.StorageStatus{}, sameStorage),
	}
	_, _ = rand.Read(c.volatile.Data[:]) // it never fails
	_, _ = rand.Read(c.volatile.View[:])
	return c
}

// Fatal receives an error after which only a new start of the program helps,
// such as a database that does not answer.
func (c *Client) Fatal() <-chan error { return c.fatal }

// Close ends the session's work and closes the database.
func (c *Client) Close(ctx context.Context) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	a := c.take()
	c.mu.Lock()
	c.params, c.lost = api.OpenParams{}, nil
	c.mu.Unlock()
	if a == nil {
		return nil
	}
	a.stop()
	return a.ledger.Close(ctx)
}

// take removes the account, so that no call finds it any more.
func (c *Client) take() *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.account
	c.account = nil
	return a
}

// opened returns the account's open database.
func (c *Client) opened() (*account, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.account != nil:
		return c.account, nil
	case c.params.Store != "":
		return nil, errSignedOut
	}
	return nil, errNotOpen
}

// inhabited returns the account if it is somebody's, or errSignedOut: whoever
// signs out has no database, and nobody shall notice whether there is one.
func (c *Client) inhabited() (*account, error) {
	a, err := c.opened()
	if err == nil && a.ledger.Session() == nil {
		return nil, errSignedOut
	}
	return a, err
}

// signedIn returns the account and its server, or errSignedOut.
func (c *Client) signedIn() (*account, *homeserver.Client, error) {
	a, err := c.opened()
	if err != nil {
		return nil, nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server == nil {
		return nil, nil, errSignedOut
	}
	return a, a.server, nil
}

func sameSession(a, b api.Session) bool {
	sameProgress := a.Progress == b.Progress || a.Progress != nil && b.Progress != nil && *a.Progress == *b.Progress
	return sameProgress && sameError(a.Error, b.Error) &&
		a.State == b.State && a.Sync == b.Sync && a.UserID == b.UserID && a.DeviceID == b.DeviceID && a.Homeserver == b.Homeserver
}

func sameStorage(a, b api.StorageStatus) bool {
	sameLost := a.Lost == b.Lost || a.Lost != nil && b.Lost != nil && *a.Lost == *b.Lost
	return sameLost && sameError(a.Error, b.Error) && a.Open == b.Open && a.Full == b.Full &&
		a.InMemory == b.InMemory && a.Protected == b.Protected && a.Sentinel == b.Sentinel
}

func sameError(a, b *api.Error) bool { return a == b || a != nil && b != nil && *a == *b }
