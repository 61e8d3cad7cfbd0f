package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Clients tell each other whether our user wants a backup of keys (MSC4287). A
// server may write anything there, so it decides only whether one is made that
// nobody asked for; one that is there and trusted is filled.

const (
	backupWish = "m.key_backup"
	// draftBackupWish is of clients that know the draft, and says the opposite.
	draftBackupWish = "m.org.matrix.custom.backup_disabled"
)

// refusesBackup reports whether our user said that they want none.
func refusesBackup(read e2ee.AccountData) bool {
	if enabled := read(backupWish).Get("enabled"); enabled.Kind() == scan.Bool {
		return !enabled.IsTrue()
	}
	return read(draftBackupWish).Get("disabled").IsTrue()
}

// makeBackupIfWished makes a backup where there is none that this device trusts and
// can read, or anew. That our user said before that they want none counts unless
// they ask for one now, which other clients are told.
func (a *account) makeBackupIfWished(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, data *accountData, anew, asked bool) (made bool, err error) {
	refused := refusesBackup(data.get)
	if data.err != nil || refused && !asked {
		return false, data.err
	}
	if made, err = a.makeBackup(ctx, m, anew); err != nil || !made {
		return made, err
	}
	return true, a.wishBackup(ctx, server, data)
}

func (a *account) wishBackup(ctx context.Context, server *homeserver.Client, data *accountData) error {
	if !data.get(backupWish).Get("enabled").IsTrue() {
		if err := server.SetAccountData(ctx, a.ledger.Me(), "", backupWish, scan.Value(`{"enabled":true}`)); err != nil {
			return err
		}
	}
	if !data.get(draftBackupWish).Get("disabled").IsTrue() {
		return nil
	}
	return server.SetAccountData(ctx, a.ledger.Me(), "", draftBackupWish, scan.Value(`{"disabled":false}`))
}
