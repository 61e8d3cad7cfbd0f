package e2ee

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// maxWanted bounds what is fetched one by one: whoever needs more restores the
	// whole backup.
	maxWanted = 200
	// maxAbsent bounds what is remembered not to be there.
	maxAbsent = 2000
)

// wantKey asks the backup for a session that an event cannot be decrypted
// without.
func (w *Work) wantKey(n SessionName) {
	p := &w.pace.saving
	if w.backup.Version == "" || p.absent[n] || slices.Contains(p.wanted, n) {
		return
	}
	p.wanted = append(slices.Clip(p.wanted), n)
	if extra := len(p.wanted) - maxWanted; extra > 0 {
		p.wanted = p.wanted[extra:]
	}
}

// fillWanted asks for what waits since before there was a backup.
func (w *Work) fillWanted() {
	if !w.pace.saving.fill || w.backupKey() == nil {
		return
	}
	w.pace.saving.fill = false
	for n, one := range w.waiting.bySession {
		if len(one.Events) > 0 {
			w.wantKey(n)
		}
	}
}

func (k *kept) fetchKey() *Request {
	p := &k.pace.saving
	if len(p.wanted) == 0 || p.look || k.backupKey() == nil {
		return nil
	}
	n := p.wanted[len(p.wanted)-1] // who scrolls waits for the last
	return &Request{
		Kind: FetchKey, Method: "GET", Path: []string{"room_keys", "keys", string(n.Room), n.Session},
		Version: k.backup.Version, fetched: n,
	}
}

// keyFetched takes a session from the backup.
func (w *Work) keyFetched(ctx context.Context, r *Request, body scan.Value) error {
	key := w.backupKey()
	if key == nil || r.Version != w.backup.Version {
		return nil
	}
	k, ok := readBackedUp(key, r.fetched, body, true)
	if !ok {
		w.lack(r.fetched)
		return nil
	}
	w.unwant(r.fetched)
	_, err := w.importKeys(ctx, []roomKey{k})
	return err
}

// lack remembers that the backup does not have a session.
func (w *Work) lack(n SessionName) {
	w.unwant(n)
	p := &w.pace.saving
	if p.absent = clone(p.absent); len(p.absent) >= maxAbsent {
		clear(p.absent)
	}
	p.absent[n] = true
}

func (w *Work) unwant(n SessionName) {
	w.pace.saving.wanted = allBut(w.pace.saving.wanted, func(one SessionName) bool { return one == n })
}

// readBackedUp reads a session of a backup. The server says whose it is: what is
// inside has to be that session.
func readBackedUp(key *backup.Key, n SessionName, body scan.Value, saved bool) (roomKey, bool) {
	plain, err := key.Decrypt(body.Get("session_data"))
	if err != nil {
		return roomKey{}, false
	}
	v, err := scan.Parse(plain)
	if err != nil {
		return roomKey{}, false
	}
	k, ok := readExported(v, table.KeyFromBackup)
	if !ok || k.key.ID() != n.Session {
		return roomKey{}, false
	}
	k.name, k.saved = n, saved
	return k, true
}
