package e2ee

import (
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Curve is the identity of a device to Olm.
type Curve = olm.PublicKey

// SessionName names a Megolm session: an id is the room's own.
type SessionName struct {
	Room    event.RoomID
	Session string
}

// Work is one piece of the machine's work, from what was stored to what is to
// be stored. One exists at a time; see the package's laws.
type Work struct {
	m *Machine
	kept
	batch   storage.Batch // what is no shelf's
	changed keptChanges

	// others are Olm messages that are not the machine's own.
	others []*opened

	// unsaved are sessions that were marked for the backup, saved those whose mark
	// is taken away.
	unsaved []SessionName
	saved   map[SessionName]bool

	users shelf[event.UserID, *table.UserDevices]
	peers shelf[Curve, *table.Peer]
	rooms
	news News
}

// keptChanges says which records of what is kept are to be written.
type keptChanges struct{ account, tracker, secrets, backup bool }

// News is what a Work found out that others have to act on.
type News struct {
	// Devices are users of whom devices or identity changed.
	Devices map[event.UserID]bool
	// Keys are sessions that can decrypt more than before.
	Keys map[SessionName]bool
	// Refused are sessions of which it is now known why they do not come.
	Refused map[SessionName]bool
	// Messages are to this device, and of others than the machine, in the order in
	// which they came.
	Messages []Message
}

// Begin starts a Work.
func (m *Machine) Begin() *Work {
	w := &Work{m: m, kept: m.present(), news: News{Devices: map[event.UserID]bool{}, Keys: map[SessionName]bool{}, Refused: map[SessionName]bool{}}}
	w.users = shelf[event.UserID, *table.UserDevices]{
		store: table.Devices, key: func(u event.UserID) []byte { return []byte(u) },
		decode: table.DecodeUserDevices, encode: (*table.UserDevices).Encode, memory: &m.memory.users,
	}
	w.peers = shelf[Curve, *table.Peer]{
		store: table.Peers, key: func(c Curve) []byte { return c[:] },
		decode: table.DecodePeer, encode: (*table.Peer).Encode,
	}
	w.rooms = beginRooms(m.memory)
	w.waiting = w.waiting.begin()
	return w
}

// notes are about messages that are stored themselves, and no more lasting than
// those: which event had which index, and which events wait.
func (w *Work) notes() []keeper { return []keeper{&w.indices, &w.waiting} }

// keys are what nobody gives back to who lost it.
func (w *Work) keys() []keeper { return append(w.rooms.keys(), &w.users, &w.peers) }

func (w *Work) keepers() []keeper { return append(w.keys(), w.notes()...) }

// Finish adds what is to be stored to the ledger's batch, and returns how that
// must be committed.
func (w *Work) Finish(b *storage.Batch) storage.Durability {
	b.Append(&w.batch)
	strict, before := slices.ContainsFunc(w.batch.Ops(), isPut), b.Len()
	if w.changed.account {
		b.Put(table.Crypto, table.OlmAccountKey, w.account.Encode())
	}
	if w.changed.tracker {
		b.Put(table.Crypto, table.TrackerKey, w.tracker.Encode())
	}
	if w.changed.secrets {
		b.Put(table.Crypto, table.SecretsKey, w.secrets.Encode())
	}
	if w.changed.backup {
		b.Put(table.Crypto, table.KeyBackupKey, w.backup.Encode())
	}
	for _, k := range w.keys() {
		k.write(b)
	}
	strict = strict || b.Len() > before
	for _, k := range w.notes() {
		k.write(b)
	}
	if strict {
		return storage.Strict
	}
	return storage.Relaxed
}

// isPut leaves out what is crossed off a list: if that comes back, it is done once
// more, with the same bytes.
func isPut(op storage.Op) bool { return op.Kind == storage.OpPut }

// Committed makes the Work the present and returns what it found out. It must
// be called after the commit of what Finish wrote, and only then.
func (w *Work) Committed() *News {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if w.changesDevices() {
		w.devicesSeen++
	}
	w.m.kept = w.kept
	for _, k := range w.keepers() {
		k.remember()
	}
	return &w.news
}

// changeAccount returns a copy of the account that will be stored.
func (w *Work) changeAccount() *table.OlmAccount {
	if !w.changed.account {
		w.account, w.changed.account = w.account.Clone(), true
	}
	return w.account
}

func (w *Work) changeTracker() *table.Tracker {
	if !w.changed.tracker {
		w.tracker, w.changed.tracker = w.tracker.Clone(), true
	}
	return w.tracker
}

func (w *Work) changeSecrets() *table.Secrets {
	if !w.changed.secrets {
		w.secrets, w.changed.secrets = w.secrets.Clone(), true
	}
	return w.secrets
}

func (w *Work) changeBackup() *table.KeyBackup {
	if !w.changed.backup {
		next := *w.backup
		w.backup, w.changed.backup = &next, true
	}
	return w.backup
}
