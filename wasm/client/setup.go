package client

import (
	"context"
	"errors"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SetUpEncryption implements api.Client.
func (c *Client) SetUpEncryption(ctx context.Context, p api.SetUpEncryptionParams) (api.Recovery, error) {
	a, server, m, err := c.crypto()
	if err != nil {
		return api.Recovery{}, err
	}
	made, err := a.makeIdentity(ctx, server, m, p.Password, false)
	if err != nil {
		return api.Recovery{}, err
	}
	data, err := a.accountData(ctx, server)
	if err != nil {
		return api.Recovery{}, err
	}
	newBackup, err := a.makeBackupIfWished(ctx, server, m, data, false, p.Backup)
	if err != nil {
		return api.Recovery{}, err
	}
	if !made && !newBackup && e2ee.HasVault(data.get) && data.err == nil {
		return api.Recovery{}, nil
	}
	return a.makeVault(ctx, server, m, p.Passphrase)
}

// ResetEncryption implements api.Client.
func (c *Client) ResetEncryption(ctx context.Context, p api.SetUpEncryptionParams) (api.Recovery, error) {
	a, server, m, err := c.crypto()
	if err != nil {
		return api.Recovery{}, err
	}
	if _, err := a.makeIdentity(ctx, server, m, p.Password, true); err != nil {
		return api.Recovery{}, err
	}
	data, err := a.accountData(ctx, server)
	if err != nil {
		return api.Recovery{}, err
	}
	if _, err := a.makeBackupIfWished(ctx, server, m, data, true, p.Backup); err != nil {
		return api.Recovery{}, err
	}
	return a.makeVault(ctx, server, m, p.Passphrase)
}

// RecoverEncryption implements api.Client.
func (c *Client) RecoverEncryption(ctx context.Context, p api.RecoverEncryptionParams) error {
	a, server, _, err := c.crypto()
	if err != nil {
		return err
	}
	data, err := a.accountData(ctx, server)
	if err != nil {
		return err
	}
	v, err := e2ee.OpenVault(ctx, data.get, p.Secret, c.derive())
	if err = errors.Join(data.err, err); err != nil {
		return err
	}
	// Another device may have made one since this one looked.
	if err := a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error { w.LookForBackup(); return nil }); err != nil {
		return err
	}
	var got e2ee.Recovered
	err = a.whenKnown(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
		got, err = w.Recover(ctx, v, data.get)
		return errors.Join(err, data.err)
	})
	if err == nil && !got.Identity {
		return errVault
	}
	return err
}

func (c *Client) derive() passphrase.PBKDF2 {
	if d := c.platform.PBKDF2; d != nil {
		return d
	}
	return passphrase.InGo
}

// knownPatience is how long what the server has to say is waited for.
const knownPatience = 30 * time.Second

// whenKnown does something with the machine as soon as it knows what the server
// has of the account.
func (a *account) whenKnown(ctx context.Context, fn func(context.Context, *e2ee.Work) error) error {
	return a.untilHeard(ctx, func() (bool, error) {
		err := a.cryptoTurn(ctx, fn)
		if errors.Is(err, e2ee.ErrNotKnown) {
			return false, nil
		}
		return true, err
	})
}

// untilHeard calls try whenever the machine heard something, until it says that this
// is done.
func (a *account) untilHeard(ctx context.Context, try func() (done bool, err error)) error {
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Crypto != nil })
	if err != nil {
		return err
	}
	defer w.Close()
	late := a.client.platform.Clock.After(knownPatience)
	for {
		if done, err := try(); done || err != nil {
			return err
		}
		select {
		case <-w.dirty:
		case <-late:
			return homeserver.ErrTimeout
		case <-ctx.Done():
			return ctx.Err()
		case <-a.ctx.Done():
			return errSignedOut
		}
	}
}

// makeIdentity gives the account an identity that is this device's, if it has
// none or is to be reset, and reports whether it did.
func (a *account) makeIdentity(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, password string, reset bool) (made bool, err error) {
	err = a.whenKnown(ctx, func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, reset) })
	if errors.Is(err, e2ee.ErrIdentityExists) {
		s, err := m.Status(ctx)
		if err == nil && !(s.Private && s.Signed) {
			err = errIdentity
		}
		return false, err
	}
	if err != nil {
		return false, err
	}
	return true, a.untilHeard(ctx, func() (bool, error) {
		s, err := m.Status(ctx)
		if err == nil && s.Making && s.Asked {
			return false, a.uploadIdentity(ctx, server, m, password)
		}
		return !s.Making, err
	})
}

// uploadIdentity uploads keys that the server wants the password for. Without it
// they are given up: nothing of them is in force.
func (a *account) uploadIdentity(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, password string) error {
	r := m.UploadIdentity(nil)
	if r == nil {
		return nil
	}
	call := homeserver.Call{Name: string(r.Kind), Method: r.Method, Path: homeserver.V3(r.Path...), Repeatable: true}
	body, err := server.WithPassword(ctx, call, a.ledger.Me(), password, func(auth scan.Value) scan.Value {
		return m.UploadIdentity(auth).Body
	})
	return errors.Join(err, a.cryptoTurn(context.WithoutCancel(ctx), func(ctx context.Context, w *e2ee.Work) error {
		switch {
		case err == nil:
			return w.Answered(ctx, r, body)
		case errors.Is(err, homeserver.ErrPassword), errors.Is(err, homeserver.ErrStages):
			w.CancelIdentity()
		}
		return nil
	}))
}

// makeBackup makes a backup where this device has none that it trusts and can
// read, and reports whether it did.
func (a *account) makeBackup(ctx context.Context, m *e2ee.Machine, anew bool) (made bool, err error) {
	var before string
	err = a.untilHeard(ctx, func() (bool, error) {
		s, err := m.Status(ctx)
		before, made = s.Backup.Version, anew || !(s.Backup.Version != "" && s.Backup.Trusted && s.Backup.Key)
		return s.Backup.Known, err
	})
	if err != nil || !made {
		return false, err
	}
	if err := a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() }); err != nil {
		return false, err
	}
	return true, a.untilHeard(ctx, func() (bool, error) {
		s, err := m.Status(ctx)
		return s.Backup.Known && s.Backup.Version != before && s.Backup.Trusted && s.Backup.Key, err
	})
}

// makeVault makes a secret storage with all secrets in it.
func (a *account) makeVault(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, phrase string) (api.Recovery, error) {
	v, opens, err := m.NewVault(ctx, phrase, a.client.derive())
	if err != nil {
		return api.Recovery{}, err
	}
	secrets, err := m.Store(ctx, v)
	if err != nil {
		return api.Recovery{}, err
	}
	for _, d := range append(secrets, opens...) {
		if err := server.SetAccountData(ctx, a.ledger.Me(), "", d.Type, d.Content); err != nil {
			return api.Recovery{}, err
		}
	}
	return api.Recovery{Key: v.RecoveryKey()}, nil
}

// accountData is the user's account data as the server has it, each read once.
type accountData struct {
	read func(kind string) (scan.Value, error)
	have map[string]scan.Value
	err  error
}

func (a *account) accountData(ctx context.Context, server *homeserver.Client) (*accountData, error) {
	d := &accountData{have: map[string]scan.Value{}}
	d.read = func(kind string) (scan.Value, error) {
		content, err := server.AccountData(ctx, a.ledger.Me(), "", kind)
		if errors.Is(err, homeserver.ErrNotFound) {
			return nil, nil
		}
		return content, err
	}
	for _, kind := range e2ee.VaultTypes(d.get) {
		d.get(kind)
	}
	return d, d.err
}

// get is e2ee.AccountData. After accountData has returned it does not wait for
// the server, so that it may be called in a turn.
func (d *accountData) get(kind string) scan.Value {
	content, known := d.have[kind]
	if known {
		return content
	}
	content, err := d.read(kind)
	d.have[kind], d.err = content, errors.Join(d.err, err)
	return content
}
