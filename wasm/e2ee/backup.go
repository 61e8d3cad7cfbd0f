package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// saving is what is known of the backup for this run. What it points to is
// replaced, not changed.
type saving struct {
	// look: it is to be asked what the server has.
	look bool
	// refused: the server takes no keys, or no new backup, and gave no reason that
	// would pass.
	refused bool
	// next is the upload under way, limit how many sessions one may have, 0 for as
	// many as one ever has.
	next  *Request
	seq   uint64
	limit int
	// clean: nothing is marked.
	clean bool
	// wanted are sessions to fetch; fill says that waiting events may want more.
	wanted []SessionName
	fill   bool
	// absent are sessions that the backup does not have.
	absent map[SessionName]bool
}

// maxBackupInfo bounds what a server may say of a backup.
const maxBackupInfo = 64 << 10

// LookForBackup asks the server again what backup it has: another device may have
// made one.
func (w *Work) LookForBackup() { w.pace.saving.look = true }

func (k *kept) lookBackup() *Request {
	if !k.pace.saving.look {
		return nil
	}
	return &Request{Kind: LookBackup, Method: "GET", Path: []string{"room_keys", "version"}}
}

// NewBackup makes a backup with a key of its own, in place of one that the server
// may have. It is in force once the server has it.
func (w *Work) NewBackup() error {
	if w.secrets.NewBackup.IsZero() {
		key, err := backup.NewKey(w.m.Random)
		if err != nil {
			return err
		}
		w.changeSecrets().NewBackup = key.Private()
	}
	// It may be there already: then its answer was lost.
	w.pace.saving.look, w.pace.saving.refused = true, false
	return nil
}

// createBackup says which key the backup has, signed by the device and, where it
// is here, the master key.
func (k *kept) createBackup() *Request {
	s := k.secrets
	if k.pace.saving.look || k.pace.saving.refused || s.NewBackup.IsZero() {
		return nil
	}
	key, err := backup.KeyOf(s.NewBackup[:])
	if err != nil {
		return nil
	}
	info, err := backup.NewInfo(key.Public()).Sign(string(k.own.user), k.own.keyID(), k.own.signing)
	if err != nil {
		return nil
	}
	if master, err := curve25519.NewSigningKey(s.Keys.Master.Seed[:]); err == nil && !s.Keys.Master.Seed.IsZero() {
		if info, err = info.Sign(string(k.own.user), keyID(s.Keys.Master.Public), master); err != nil {
			return nil
		}
	}
	return &Request{Kind: CreateBackup, Method: "POST", Path: []string{"room_keys", "version"}, Body: info.Content()}
}

// backupCreated takes the version of a new backup.
func (w *Work) backupCreated(ctx context.Context, r *Request, body scan.Value) error {
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	if version := body.Get("version").Text(); version != "" {
		w.replaceBackup(version, r.Body)
	}
	w.judgeBackup(w.me())
	return w.prepareBackup(ctx)
}

// backupFound takes what backup the server has.
func (w *Work) backupFound(ctx context.Context, body scan.Value) error {
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	version, count := body.Get("version").Text(), body.Get("count").Int()
	w.pace.saving.look, w.pace.saving.refused = false, false
	switch was := w.backup; {
	case version == "" || len(body) > maxBackupInfo:
		w.backupGone()
	case version != was.Version || publicOfBackup(body) != publicOfBackup(was.Said):
		w.replaceBackup(version, body)
	default:
		w.changeBackup().Said = body.Clone() // signatures may have come to it
	}
	if w.backup.Version != "" && w.backup.Count != count {
		w.changeBackup().Count = count
	}
	w.judgeBackup(w.me())
	return w.prepareBackup(ctx)
}

func publicOfBackup(said scan.Value) backup.PublicKey {
	info, err := backup.ParseInfo(said)
	if err != nil {
		return backup.PublicKey{}
	}
	return info.Public
}

// replaceBackup begins with another version: nothing is in it, as far as is
// known. A key that waited for it is the one that is used from now on.
func (w *Work) replaceBackup(version string, said scan.Value) {
	b := w.changeBackup()
	*b = table.KeyBackup{Version: version, Said: said.Clone(), Former: b.Former || b.Version != ""}
	w.pace.saving = saving{seq: w.pace.saving.seq + 1}
	for _, waits := range []*table.Key32{&w.secrets.NewBackup, &w.secrets.Offered} {
		if !waits.IsZero() && opens(*waits, said) {
			w.changeSecrets().Backup = *waits
		}
	}
	if s := w.secrets; s.NewBackup == s.Backup && !s.Backup.IsZero() {
		w.changeSecrets().NewBackup = table.Key32{}
	}
	w.backupConnected()
}

// backupGone takes note that the server has no backup.
func (w *Work) backupGone() {
	b := w.changeBackup()
	*b = table.KeyBackup{Former: b.Former || b.Version != ""}
	w.pace.saving = saving{seq: w.pace.saving.seq + 1}
}

// backupConnected lets what waits for keys ask the backup, from the start.
func (w *Work) backupConnected() { w.pace.saving.absent, w.pace.saving.fill = nil, true }

// DeleteBackup is the request that deletes the backup; nil if there is none.
func (m *Machine) DeleteBackup() *Request {
	k := m.present()
	if k.backup.Version == "" {
		return nil
	}
	return &Request{Kind: DeleteBackup, Method: "DELETE", Path: []string{"room_keys", "version", k.backup.Version}}
}

// Reasons that a server gives.
const (
	notFound     = "M_NOT_FOUND"
	wrongVersion = "M_WRONG_ROOM_KEYS_VERSION"
	tooLarge     = "M_TOO_LARGE"
)

// backupRefused takes note that the server will not take a request. Whoever finds
// another backup than it knew looks again, and uploads nothing until then.
func (w *Work) backupRefused(r *Request, errcode string) {
	p := &w.pace.saving
	switch {
	case r.Kind == LookBackup && errcode == notFound, r.Kind == DeleteBackup && errcode == notFound:
		w.backupGone()
	case r.Kind == LookBackup:
		p.look, p.refused = false, true
	case r.Kind == CreateBackup:
		p.refused = true
	case r.Kind == DeleteBackup:
	case errcode == wrongVersion, r.Kind == SaveKeys && errcode == notFound:
		p.look, p.next = true, nil
	case r.Kind == FetchKey:
		w.lack(r.fetched)
	default:
		w.saveLess(r, errcode)
	}
}
