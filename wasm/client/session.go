package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// databasePrefix begins the names of all databases.
const databasePrefix = "alcove:"

// Open implements api.Client.
func (c *Client) Open(ctx context.Context, p api.OpenParams) (api.Session, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if p.Store == "" {
		return api.Session{}, errBadParams
	}
	if _, err := c.opened(); !errors.Is(err, errNotOpen) {
		return c.openAgain(p)
	}
	c.session.Set(api.Session{State: api.SignedOut, Sync: api.SyncStopped})
	known := table.ParseSentinel(p.Sentinel)
	a, err := c.openAccount(ctx, databasePrefix+p.Store, known)
	if isLost(err) {
		c.lose(p, known, err)
		return c.session.Get(), nil
	}
	if err != nil {
		c.storage.Set(api.StorageStatus{Error: Explain(err)})
		return api.Session{}, err
	}
	c.mu.Lock()
	c.params, c.account = p, a
	c.mu.Unlock()
	return c.session.Get(), nil
}

// openAgain is Open where another page, or this one before it asked again,
// opened the same store already.
func (c *Client) openAgain(p api.OpenParams) (api.Session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Store != c.params.Store {
		return api.Session{}, errOpen
	}
	c.params = p // the zone that it knows may be newer
	return c.session.Get(), nil
}

// Session implements api.Client.
func (c *Client) Session(context.Context) (api.Stream[api.Session], error) {
	return c.session.Subscribe(), nil
}

// homeserverOr returns the server that a call names, else that of the stored
// session, else the default.
func (c *Client) homeserverOr(named string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if named == "" && c.account != nil {
		if known := c.account.ledger.Session(); known != nil {
			named = known.Homeserver
		}
	}
	if named == "" && c.lost != nil && c.lost.known != nil {
		named = c.lost.known.Homeserver
	}
	if named == "" {
		named = c.params.Homeserver
	}
	if named == "" {
		return "", homeserver.ErrPrompt
	}
	return named, nil
}

// LoginFlows implements api.Client.
func (c *Client) LoginFlows(ctx context.Context, p api.LoginFlowsParams) (api.LoginFlows, error) {
	server, err := c.discover(ctx, p.Homeserver)
	if err != nil {
		return api.LoginFlows{}, err
	}
	flows, err := server.LoginFlows(ctx)
	if err != nil {
		return api.LoginFlows{}, err
	}
	out := api.LoginFlows{Homeserver: server.BaseURL(), Flows: []api.LoginFlow{}}
	for _, f := range flows {
		out.Flows = append(out.Flows, api.LoginFlow{Type: f.Type})
	}
	return out, nil
}

func (c *Client) discover(ctx context.Context, named string) (*homeserver.Client, error) {
	named, err := c.homeserverOr(named)
	if err != nil {
		return nil, err
	}
	found, err := c.platform.Network.Discover(ctx, named)
	if err != nil {
		return nil, err
	}
	return c.platform.Network.Client(found.BaseURL, "")
}

// LoginPassword implements api.Client.
func (c *Client) LoginPassword(ctx context.Context, p api.LoginPasswordParams) (api.Session, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	device, err := c.deviceFor(p)
	if err != nil {
		return api.Session{}, err
	}
	server, err := c.discover(ctx, p.Homeserver)
	if err != nil {
		return api.Session{}, err
	}
	granted, err := server.LoginPassword(ctx, homeserver.Password{
		User: p.User, Password: p.Password, DeviceName: p.DeviceName, DeviceID: device,
	})
	if err != nil {
		return api.Session{}, explainLogin(err)
	}
	s, err := c.begin(ctx, server, granted)
	if err != nil {
		_ = c.revoke(c.ctx, server.WithToken(granted.Token))
	}
	return s, err
}

// deviceFor returns the device to sign in to, "" for a new one.
func (c *Client) deviceFor(p api.LoginPasswordParams) (event.DeviceID, error) {
	a, err := c.opened()
	if errors.Is(err, errNotOpen) {
		return "", err
	}
	if a == nil {
		if c.isLost() {
			return "", nil // its keys are gone
		}
		return p.DeviceID, nil
	}
	switch known := a.ledger.Session(); {
	case known == nil || p.DeviceID != "":
		return p.DeviceID, signedInError(known)
	default:
		return known.DeviceID, signedInError(known)
	}
}

func signedInError(known *table.Session) error {
	if known != nil && !known.Ended {
		return errSignedIn
	}
	return nil
}

// begin stores a session that the server granted and starts to work. A session
// that cannot be stored or belongs to somebody else is ended again; so is one
// of another device, for which transaction ids and keys in the store mean
// nothing (FEATURES 2-07, 7-10), and one of a device whose keys were lost.
func (c *Client) begin(ctx context.Context, server *homeserver.Client, granted homeserver.Session) (api.Session, error) {
	if c.wasLost(granted.DeviceID) {
		return api.Session{}, homeserver.ErrOtherDevice
	}
	a, err := c.clean(ctx)
	if err != nil {
		return api.Session{}, err
	}
	base := c.platform.Network.Moved(ctx, server.BaseURL(), granted.BaseURL)
	s := &table.Session{Homeserver: base, UserID: granted.UserID, DeviceID: granted.DeviceID, Token: granted.Token}
	err = a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		known := a.ledger.Session()
		if known != nil && (known.UserID != s.UserID || known.DeviceID != s.DeviceID) {
			return homeserver.ErrOtherDevice
		}
		if known == nil {
			t.SetReplaces(c.before)
		} else {
			s.Keyed = known.Keyed
		}
		t.SetSession(s)
		return nil
	})
	if err != nil {
		return api.Session{}, err
	}
	if err := a.start(s); err != nil {
		return api.Session{}, err
	}
	c.storage.Set(a.storageStatus())
	return c.session.Get(), nil
}

// Logout implements api.Client.
func (c *Client) Logout(ctx context.Context, p api.LogoutParams) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.isLost() {
		return c.forgetLost(context.WithoutCancel(ctx))
	}
	a, err := c.opened()
	if err != nil {
		return err
	}
	ends := a.ledger.Session()
	if ends == nil && a.ledger.Farewell() != nil {
		a.farewell() // a logout that was cut off, and is asked for again
		return nil
	}
	if ends == nil {
		return errSignedOut
	}
	if !a.closeDoor(p.Force) {
		return errUnsent
	}
	if ends.Ended {
		ends = nil // the server ended it
	}
	return c.remove(context.WithoutCancel(ctx), a, ends, nil)
}

// closeDoor ends the taking in of messages, unless some wait to be sent.
func (a *account) closeDoor(force bool) bool {
	a.door.Lock()
	defer a.door.Unlock()
	a.closed = force || !a.unsent()
	return a.closed
}

// erase is what a session ends with that nobody logged out of.
func (c *Client) erase(a *account, why *api.Error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if now, err := c.opened(); err != nil || now != a {
		return
	}
	_ = c.remove(c.ctx, a, nil, why)
}

// remove ends the account's work and takes away all that is stored of it. All
// of it is gone when one commit is done, and the database itself after that
// (S-14). The page forgets its sentinel before, or it would take a logout that
// was cut off for a loss. If there is a session that the server has to be told
// of, what that takes stays until it knows: whoever logs out may close the page
// at once.
func (c *Client) remove(ctx context.Context, a *account, ends *table.Session, why *api.Error) error {
	c.storage.Update(func(s api.StorageStatus) api.StorageStatus { s.Sentinel, s.Lost = "", nil; return s })
	c.take()
	a.stop()
	erased := a.ledger.Erase(ctx, ends)
	c.before = a.ledger.DatabaseID()
	c.session.Set(api.Session{State: api.SignedOut, Sync: api.SyncStopped, Error: why})
	if ends != nil {
		_ = c.revokeStored(c.ctx, ends)
	}
	_ = a.ledger.End(ctx)
	deleted := c.platform.DeleteDatabase(ctx, a.name)
	if erased != nil && deleted != nil {
		c.mu.Lock()
		c.lost = &lost{} // whoever signs in next must find it empty
		c.mu.Unlock()
		c.storage.Set(api.StorageStatus{Error: Explain(deleted)})
		return deleted
	}
	c.storage.Set(a.status)
	return nil
}
