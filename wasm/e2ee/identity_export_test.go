package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
)

// Secret returns a secret of this device.
func (m *Machine) Secret(ctx context.Context, name string) (string, error) {
	w := m.Begin()
	err := w.fetchMe(ctx)
	return w.secret(name), err
}

// MarkUnsaved lets the backup lack a session.
func (w *Work) MarkUnsaved(n SessionName) { w.markUnsaved(n) }

// WantKey asks the backup for a session.
func (w *Work) WantKey(n SessionName) { w.wantKey(n) }

// KeysOf are the sessions of a list, as in a file.
func KeysOf(list scan.Value) *Keys {
	all, _ := keysOfFile(list)
	return all
}

// Key is the vault's.
func (v *Vault) Key() secretstorage.Key { return v.key }

// HaveBackup lets the server have a backup of that key, which the device has.
func (w *Work) HaveBackup(ctx context.Context, key *backup.Key) error {
	w.changeSecrets().Offered = key.Private()
	return w.backupFound(ctx, scan.Value(`{"version":"1",`+string(backup.NewInfo(key.Public()).Content())[1:]))
}

// FetchAll is the request for the whole backup.
func (m *Machine) FetchAll() *Request {
	r, _ := m.FetchBackup("")
	return r
}

// TrustOf returns how far a device is trusted that came with those keys.
func (w *Work) TrustOf(ctx context.Context, user event.UserID, id event.DeviceID, keys scan.Value) (Trust, error) {
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return TrustUnknown, err
	}
	d, ok := parseDevice(user, id, keys)
	if !ok {
		return TrustUnknown, ErrOtherKey
	}
	return w.trust(user, &d), nil
}

// Requests returns how many secrets this device asked for, and others of it.
func (m *Machine) Requests() (asked, asking int) {
	k := m.present()
	return len(k.secrets.Asked), len(k.secrets.Asking)
}

// Await lets an event wait for a session.
func (w *Work) Await(n SessionName, id event.EventID) { w.await(n, id) }
