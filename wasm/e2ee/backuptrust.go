package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func opens(private table.Key32, said scan.Value) bool {
	key, err := backup.KeyOf(private[:])
	return err == nil && key.Public() == publicOfBackup(said)
}

// backupKey returns the private key of the backup that the server has; nil if it
// is not here.
func (k *kept) backupKey() *backup.Key {
	if k.backup.Version == "" || k.secrets.Backup.IsZero() {
		return nil
	}
	key, err := backup.KeyOf(k.secrets.Backup[:])
	if err != nil || key.Public() != publicOfBackup(k.backup.Said) {
		return nil
	}
	return key
}

// judgeBackup finds out whether keys may be encrypted for the backup: this device
// has its private key, or this device or our verified identity signed it. Else it
// is one that the server made up, as far as anybody knows (FEATURES B-37).
func (w *Work) judgeBackup(me *table.UserDevices) {
	if o := w.secrets.Offered; !o.IsZero() && !w.pace.saving.look {
		s := w.changeSecrets()
		if s.Offered = (table.Key32{}); w.backup.Version != "" && opens(o, w.backup.Said) {
			s.Backup = o
			w.backupConnected()
		}
	}
	info, err := backup.ParseInfo(w.backup.Said)
	trusted := err == nil && w.backup.Version != "" && w.own != nil && (w.backupKey() != nil ||
		w.signedBackup(info, w.own.keyID(), table.Key32(w.own.signing.Public())) ||
		w.verified(w.m.user, me, me) && w.signedBackup(info, keyID(publicOf(me.Master)), publicOf(me.Master)))
	if trusted != w.backup.Trusted {
		w.changeBackup().Trusted = trusted
	}
	if !trusted {
		w.pace.saving.next = nil
	}
}

func (w *Work) signedBackup(info backup.Info, keyID string, key table.Key32) bool {
	v, err := curve25519.NewVerifier(key[:])
	return err == nil && v.Strict() && info.Check(string(w.m.user), keyID, v) == nil
}
