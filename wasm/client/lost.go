package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
)

// lost is an account whose database is gone, or cannot be read. What is left of
// it stays until somebody signs in or says that it may go: it is evidence.
type lost struct {
	// known is who it was, nil where nobody remembers.
	known *table.Sentinel
}

// isLost reports that what is stored, if anything, can never be read again.
func isLost(err error) bool {
	return errors.Is(err, ledger.ErrLost) || errors.Is(err, seal.ErrKey) || errors.Is(err, table.ErrGarbled)
}

// lose shows that storage was lost.
func (c *Client) lose(p api.OpenParams, known *table.Sentinel, why error) {
	c.mu.Lock()
	c.params, c.lost = p, &lost{known}
	c.mu.Unlock()
	told := Explain(fmt.Errorf("%w: %w", ledger.ErrLost, why))
	s := api.Session{State: api.StorageLost, Sync: api.SyncStopped, Error: told}
	if known != nil {
		c.before, s.UserID, s.Homeserver = known.Database, known.UserID, known.Homeserver
	}
	since := c.platform.Clock.Now().UnixMilli()
	c.storage.Set(api.StorageStatus{Sentinel: p.Sentinel, Lost: &api.Lost{Account: true, Since: since}, Error: told})
	c.session.Set(s)
}

func (c *Client) isLost() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost != nil
}

// wasLost reports that the keys of a device were lost.
func (c *Client) wasLost(device event.DeviceID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost != nil && c.lost.known != nil && c.lost.known.DeviceID == device
}

// clean returns the open account, or makes an empty database for one.
func (c *Client) clean(ctx context.Context) (*account, error) {
	if a, err := c.opened(); err == nil {
		return a, nil
	}
	c.mu.Lock()
	name := databasePrefix + c.params.Store
	c.mu.Unlock()
	if c.isLost() {
		if err := c.platform.DeleteDatabase(ctx, name); err != nil {
			return nil, err
		}
	}
	a, err := c.openAccount(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.account, c.lost = a, nil
	return a, nil
}

// forgetLost takes away what is left of an account that was lost.
func (c *Client) forgetLost(ctx context.Context) error {
	c.mu.Lock()
	name := databasePrefix + c.params.Store
	c.mu.Unlock()
	if err := c.platform.DeleteDatabase(ctx, name); err != nil {
		return err
	}
	c.mu.Lock()
	c.lost = nil
	c.mu.Unlock()
	c.storage.Set(api.StorageStatus{Open: true})
	c.session.Set(api.Session{State: api.SignedOut, Sync: api.SyncStopped})
	return nil
}

// storageStatus is the state of an open database.
func (a *account) storageStatus() api.StorageStatus {
	s := a.status
	if known := a.ledger.Sentinel(); known != nil && !s.InMemory {
		s.Sentinel = known.Encode()
	}
	if l := a.ledger.Lost(); l != (table.Loss{}) {
		s.Lost = &api.Lost{Rooms: l.Rooms, Unsent: l.Unsent, Since: l.At}
	}
	return s
}
