package client

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Errors of encryption.
var (
	errPlain    = errors.New("there is no encryption in this session")
	errIdentity = errors.New("the account has an identity that this device does not belong to")
	errVault    = errors.New("the account has no recovery that makes this device its own")
)

// crypto returns the account with its server and its encryption machine.
func (c *Client) crypto() (*account, *homeserver.Client, *e2ee.Machine, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return nil, nil, nil, err
	}
	m := a.ledger.Crypto()
	if m == nil {
		return nil, nil, nil, errPlain
	}
	return a, server, m, nil
}

// work does something with the encryption machine, in a turn.
func (a *account) cryptoTurn(ctx context.Context, fn func(context.Context, *e2ee.Work) error) error {
	return a.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		w := t.Crypto()
		if w == nil {
			return errPlain
		}
		return fn(ctx, w)
	})
}

// encryption streams api.EncryptionStatus.
type encryption struct {
	*watcher

	mu sync.Mutex // guards heard
	// heard are users of whom something was new since they were last looked at.
	heard map[event.UserID]bool

	// changed are users with another identity than before; nil until all were
	// looked at.
	changed map[event.UserID]bool
	last    api.EncryptionStatus
	told    bool
}

// Encryption implements api.Client.
func (c *Client) Encryption(ctx context.Context) (api.Stream[api.EncryptionStatus], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	s := &encryption{heard: map[event.UserID]bool{}}
	s.watcher, err = a.watch(ctx, func(c *ledger.Change) bool {
		if c.Crypto == nil {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		maps.Copy(s.heard, c.Crypto.Devices)
		return true
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// pace keeps the status from being made anew for every sync.
const statusPace = 200 * time.Millisecond

// Next implements api.Stream.
func (s *encryption) Next(ctx context.Context) (api.EncryptionStatus, error) {
	for {
		if err := s.wait(ctx); err != nil {
			return api.EncryptionStatus{}, err
		}
		status, err := s.read(ctx)
		if err != nil {
			return status, err
		}
		if !s.told || !sameStatus(&status, &s.last) {
			s.last, s.told = status, true
			return status, nil
		}
		select {
		case <-s.account.client.platform.Clock.After(statusPace):
		case <-ctx.Done():
			return api.EncryptionStatus{}, ctx.Err()
		}
	}
}

func sameStatus(a, b *api.EncryptionStatus) bool {
	x, y := *a, *b
	same := slices.Equal(x.Changed, y.Changed)
	x.Changed, y.Changed = nil, nil
	return same && x.Available == y.Available && x.Identity == y.Identity && x.Recovery == y.Recovery && x.Passphrase == y.Passphrase &&
		x.Backup == y.Backup && x.Restorable == y.Restorable && x.Unsaved == y.Unsaved && x.Fingerprint == y.Fingerprint && x.Conflict == y.Conflict
}

func (s *encryption) read(ctx context.Context) (api.EncryptionStatus, error) {
	a := s.account
	m := a.ledger.Crypto()
	if m == nil {
		return api.EncryptionStatus{Identity: api.IdentityUnknown, Backup: api.BackupUnknown}, nil
	}
	now, err := m.Status(ctx)
	if err != nil {
		return api.EncryptionStatus{}, err
	}
	kinds, err := a.readKinds(ctx)
	if err != nil {
		return api.EncryptionStatus{}, err
	}
	status := api.EncryptionStatus{
		Available: true, Identity: identityOf(&now), Recovery: kinds.vault, Passphrase: kinds.phrase, Backup: backupOf(&now.Backup),
		Restorable: now.Backup.Trusted && now.Backup.Key, Unsaved: now.Backup.Unsaved, Fingerprint: m.Fingerprint(), Conflict: now.Conflict,
	}
	if status.Backup == api.BackupNone && kinds.noBackup {
		status.Backup = api.BackupOff
	}
	if status.Backup != api.BackupOn {
		status.Unsaved = 0
	}
	status.Changed, err = s.readChanged(ctx, m)
	return status, err
}

func identityOf(s *e2ee.Status) api.IdentityState {
	switch {
	case !s.Known:
		return api.IdentityUnknown
	case s.Identity == e2ee.IdentityNone:
		return api.IdentityNone
	case s.Signed && s.Identity == e2ee.IdentityVerified:
		return api.IdentityVerified
	}
	return api.IdentityUnverified
}

func backupOf(s *e2ee.BackupStatus) api.BackupState {
	switch {
	case !s.Known:
		return api.BackupUnknown
	case s.Version == "":
		return api.BackupNone
	case s.Trusted:
		return api.BackupOn
	}
	return api.BackupUntrusted
}

// kinds are what account data says of encryption: whether there is a secret storage,
// one that opens with a passphrase, and that our user wants no backup.
type kinds struct{ vault, phrase, noBackup bool }

func (a *account) readKinds(ctx context.Context) (k kinds, err error) {
	read := func(kind string) (v scan.Value) {
		if err == nil {
			if v, err = a.ledger.ReadAccountData(ctx, nil, kind); errors.Is(err, table.ErrGarbled) {
				v, err = nil, nil
			}
		}
		return v
	}
	k = kinds{e2ee.HasVault(read), e2ee.HasPassphrase(read), refusesBackup(read)}
	return k, err
}

// readChanged looks at everybody once, and then at those of whom something is
// new.
func (s *encryption) readChanged(ctx context.Context, m *e2ee.Machine) ([]api.ChangedIdentity, error) {
	users := s.takeHeard()
	if s.changed == nil {
		s.changed = map[event.UserID]bool{}
		all, err := m.Users(ctx)
		if err != nil {
			return nil, err
		}
		for _, user := range all {
			users[user] = true
		}
	}
	states, err := m.Begin().Identities(ctx, slices.Collect(maps.Keys(users)))
	if err != nil {
		return nil, err
	}
	for user, state := range states {
		delete(s.changed, user)
		if user != s.account.ledger.Me() && state >= e2ee.IdentityChanged {
			s.changed[user] = state == e2ee.IdentityBroken
		}
	}
	var all []api.ChangedIdentity
	for user, verified := range s.changed {
		all = append(all, api.ChangedIdentity{UserID: user, Verified: verified})
	}
	order.Sort(all, func(a, b api.ChangedIdentity) int { return cmp.Compare(a.UserID, b.UserID) })
	return all, nil
}

func (s *encryption) takeHeard() map[event.UserID]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	users := s.heard
	s.heard = map[event.UserID]bool{}
	return users
}

// AcceptIdentity implements api.Client. What waited for it goes again.
func (c *Client) AcceptIdentity(ctx context.Context, p api.UserParams) error {
	a, _, _, err := c.crypto()
	if err != nil {
		return err
	}
	err = a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, p.UserID) })
	if err != nil {
		return err
	}
	return a.sendAccepted(ctx)
}

// sendAccepted has sent what waited for somebody's new identity to be accepted or
// verified.
func (a *account) sendAccepted(ctx context.Context) error {
	for _, o := range a.ledger.Outbox("") {
		if o.State == api.SendFailed && o.Error != nil && o.Error.Code == api.SendIdentityChanged {
			if err := a.outbox.Retry(ctx, o.TxnID); err != nil {
				return err
			}
		}
	}
	return nil
}
