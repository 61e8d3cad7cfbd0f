package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Status is how it stands with our user's encryption.
type Status struct {
	// Known: the server was asked for our identity.
	Known bool
	// Uploaded: the server has this device's keys; Conflict: it has others.
	Uploaded, Conflict bool

	// Identity is what is to be thought of what the server has.
	Identity IdentityState
	// Signed: our identity signed this device.
	Signed bool
	// Private: this device has all the private keys of that identity. Replaced: it
	// has some of another.
	Private, Replaced bool
	// Making: a new identity waits for the server; Asked: which wants something of
	// the user first.
	Making, Asked bool

	// Backup is the version on the server, "" for none.
	Backup BackupStatus
	// Missing are names of secrets that this device does not have.
	Missing []string
}

// BackupStatus is how it stands with the backup.
type BackupStatus struct {
	// Known: the server was asked in this run.
	Known   bool
	Version string
	// Trusted: keys are saved in it. Key: this device has its private key.
	Trusted, Key bool
	// Refused: the server would take no more.
	Refused bool
	// Saved is how many sessions the server says are in it, Unsaved how many are
	// still to come, as far as they were counted.
	Saved, Unsaved int
}

// Status returns how it stands now.
func (m *Machine) Status(ctx context.Context) (s Status, err error) {
	w := m.Begin()
	if w.account == nil {
		return s, nil
	}
	if err := w.fetchMe(ctx); err != nil {
		return s, err
	}
	me, keys := w.me(), w.secrets.Keys
	s = Status{
		Known: me.Known, Uploaded: w.account.Uploaded, Conflict: w.account.Conflict, Identity: w.identityOf(m.user),
		Making: w.secrets.New.Whole(),
	}
	s.Asked = s.Making && (w.pace.identityRefused || w.secrets.Reset)
	if d := me.Device(m.device); d != nil {
		s.Signed = d.Signed
	}
	s.Private = true
	for _, one := range []struct {
		pair   table.SigningPair
		public scan.Value
	}{{keys.Master, me.Master}, {keys.SelfSigning, me.SelfSigning}, {keys.UserSigning, me.UserSigning}} {
		ours := w.ours(&one.pair, one.public) != nil
		s.Private = s.Private && ours
		s.Replaced = s.Replaced || !ours && !one.pair.Seed.IsZero()
	}
	for _, name := range secretNames {
		if w.secret(name) == "" {
			s.Missing = append(s.Missing, name)
		}
	}
	s.Backup, err = w.backupStatus(ctx)
	return s, err
}

// maxCounted bounds what is counted of what is still to be saved.
const maxCounted = 10_000

func (w *Work) backupStatus(ctx context.Context) (BackupStatus, error) {
	b := BackupStatus{
		Known: !w.pace.saving.look, Version: w.backup.Version, Trusted: w.backup.Trusted, Key: w.backupKey() != nil,
		Refused: w.pace.saving.refused, Saved: int(w.backup.Count),
	}
	queries := []storage.Query{storage.Scan(table.Unsaved, nil, nil, maxCounted)}
	if !w.backup.Whole {
		queries = append(queries, storage.Scan(table.Inbound, w.backup.Cursor, nil, maxCounted))
	}
	results, err := w.m.reader.Read(ctx, queries...)
	for _, found := range results {
		b.Unsaved += len(found)
	}
	return b, err
}

// Uploaded reports whether the server has this device's keys, so that others can
// know it.
func (m *Machine) Uploaded() bool {
	k := m.present()
	return k.account != nil && k.account.Uploaded
}

// Fingerprint is the device's Ed25519 key, for people to compare.
func (m *Machine) Fingerprint() string {
	if k := m.present(); k.own != nil {
		return k.own.ed25519()
	}
	return ""
}
