package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ErrPlain says that the account has no encryption machine.
var ErrPlain = errors.New("no encryption in this session")

// StartCrypto opens the encryption machine of the session, and makes the keys of
// a device that has none. It must be called once a session, before turns that
// ask for it. Keys that cannot be read are ErrLost: nothing may be done in the
// name of a device whose keys are gone.
func (l *Ledger) StartCrypto(ctx context.Context, p e2ee.Platform, s *table.Session) error {
	m, err := e2ee.Open(ctx, l.db, p, s.UserID, s.DeviceID)
	if errors.Is(err, table.ErrGarbled) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.crypto = m
	l.mu.Unlock()
	switch {
	case m.Ready():
		return nil
	case s.Keyed:
		return fmt.Errorf("%w: the device's keys", ErrLost)
	}
	return l.Update(ctx, func(_ context.Context, t *Turn) error {
		keyed := *s
		keyed.Keyed = true
		t.SetSession(&keyed)
		return t.Crypto().Create()
	})
}

// Crypto returns the encryption machine, nil where there is none.
func (l *Ledger) Crypto() *e2ee.Machine {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.crypto
}

// Crypto returns what the encryption machine does in this turn, nil where there
// is no machine. It is one part of the turn's commit.
func (t *Turn) Crypto() *e2ee.Work {
	if t.crypto == nil {
		if m := t.ledger.Crypto(); m != nil {
			t.crypto = m.Begin()
		}
	}
	return t.crypto
}
