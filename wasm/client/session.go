package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
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
	if _, err := c.opened(); err == nil {
		return c.openAgain(p)
	}
	c.session.Set(api.Session{State: api.SignedOut, Sync: api.SyncStopped})
	a, err := c.openAccount(ctx, databasePrefix+p.Store)
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
	a, err := c.opened()
	if err != nil {
		return api.Session{}, err
	}
	known := a.ledger.Session()
	if known != nil && !known.Ended {
		return api.Session{}, errSignedIn
	}
	device := p.DeviceID
	if known != nil && device == "" {
		device = known.DeviceID
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
	return c.begin(ctx, a, server, granted)
}

// begin stores a session that the server granted and starts to work. A session
// that cannot be stored or belongs to somebody else is ended again; so is one
// of another device, for which transaction ids and keys in the store mean
// nothing (FEATURES 2-07, 7-10).
func (c *Client) begin(ctx context.Context, a *account, server *homeserver.Client, granted homeserver.Session) (api.Session, error) {
	base := c.platform.Network.Moved(ctx, server.BaseURL(), granted.BaseURL)
	s := &table.Session{Homeserver: base, UserID: granted.UserID, DeviceID: granted.DeviceID, Token: granted.Token}
	err := a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		if known := a.ledger.Session(); known != nil && (known.UserID != s.UserID || known.DeviceID != s.DeviceID) {
			return homeserver.ErrOtherDevice
		}
		t.SetSession(s)
		return nil
	})
	if err == nil {
		err = a.start(s)
	}
	if err != nil {
		c.revoke(server.WithToken(granted.Token))
		return api.Session{}, err
	}
	return c.session.Get(), nil
}

// logoutPatience is how long a logout waits for the server.
const logoutPatience = 5 * time.Second

// revoke ends a session on the server, as far as it can be reached.
func (c *Client) revoke(server *homeserver.Client) {
	ctx, cancel := context.WithTimeout(c.ctx, logoutPatience)
	defer cancel()
	_ = server.Once().Logout(ctx)
}

// Logout implements api.Client.
func (c *Client) Logout(ctx context.Context, p api.LogoutParams) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	a, err := c.opened()
	if err != nil {
		return err
	}
	if a.ledger.Session() == nil {
		return errSignedOut
	}
	if !a.closeDoor(p.Force) {
		return errUnsent
	}
	a.mu.Lock()
	server := a.server
	if server != nil {
		a.quit() // or the loops would take the void token for a soft logout
	}
	a.mu.Unlock()
	if server != nil {
		c.revoke(server)
	}
	return c.replace(context.WithoutCancel(ctx), a, nil)
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
	_ = c.replace(c.ctx, a, why)
}

// replace deletes the account's database and opens a new, empty one. The page
// hears of it when it can sign in again.
func (c *Client) replace(ctx context.Context, a *account, why *api.Error) error {
	c.take()
	a.stop()
	fresh, err := c.renew(ctx, a)
	if err != nil {
		c.storage.Set(api.StorageStatus{Error: Explain(err)})
		defer c.end(err) // without a database nobody could sign in
	}
	c.mu.Lock()
	c.account = fresh
	c.mu.Unlock()
	c.session.Set(api.Session{State: api.SignedOut, Sync: api.SyncStopped, Error: why})
	return err
}

func (c *Client) renew(ctx context.Context, a *account) (*account, error) {
	if err := a.ledger.Close(ctx); err != nil {
		return nil, err
	}
	if err := c.platform.DeleteDatabase(ctx, a.name); err != nil {
		return nil, err
	}
	return c.openAccount(ctx, a.name)
}
