package ledger

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Farewell returns whose end a server may not have heard of, nil where there is
// none. It names a server and a token, and nobody.
func (l *Ledger) Farewell() *table.Session {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.farewell
}

// ForgetFarewell is to be called when the server knows.
func (l *Ledger) ForgetFarewell(ctx context.Context) error {
	err := l.Update(ctx, func(_ context.Context, t *Turn) error {
		t.batch.Delete(table.Meta, table.FarewellKey)
		return nil
	})
	if err == nil {
		l.mu.Lock()
		l.farewell = nil
		l.mu.Unlock()
	}
	return err
}

// Erase takes out all that is stored of an account, in one commit. What is to be
// told to the server of a session that ends stays (Farewell), unless that is
// nil. No turn can be taken afterwards, whatever it returns; End is to follow.
func (l *Ledger) Erase(ctx context.Context, ends *table.Session) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	close(l.closed) // and the turn is never given back
	var b storage.Batch
	dropAll(&b)
	if ends != nil {
		farewell := table.Session{Homeserver: ends.Homeserver, Token: ends.Token}
		b.Put(table.Meta, table.FarewellKey, farewell.Encode())
	}
	if _, err := l.db.Commit(ctx, &b, storage.Strict); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return nil
}

// End takes out what Erase left and closes the database.
func (l *Ledger) End(ctx context.Context) error {
	var b storage.Batch
	for _, s := range table.Schema().Stores {
		b.DeleteRange(s, nil, nil)
	}
	_, err := l.db.Commit(ctx, &b, storage.Strict)
	if closeErr := l.db.Close(ctx); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("end: %w", err)
	}
	return nil
}

// dropAll takes out what there is of an account, so that it can never turn up in
// the next one; all but the format of what is stored.
func dropAll(b *storage.Batch) {
	for _, s := range table.Schema().Stores {
		if s != table.Meta {
			b.DeleteRange(s, nil, nil)
		}
	}
	b.DeleteRange(table.Meta, nil, table.FormatKey)
	b.DeleteRange(table.Meta, append(table.FormatKey[:len(table.FormatKey):len(table.FormatKey)], 0), nil)
}
