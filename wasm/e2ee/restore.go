package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// FetchBackup is the request for all sessions of a room in the backup, or of all
// rooms for ""; ErrNoSecret if the backup's key is not here. What comes is for
// KeysOfBackup.
func (m *Machine) FetchBackup(room event.RoomID) (*Request, error) {
	k := m.present()
	if k.backupKey() == nil {
		return nil, ErrNoSecret
	}
	r := &Request{Kind: FetchKeys, Method: "GET", Path: []string{"room_keys", "keys"}, Version: k.backup.Version}
	if room != "" {
		r.Path = append(r.Path, string(room))
	}
	return r, nil
}

// BackupKeyComing reports whether the backup's key may still come by itself: the
// server was not asked yet which backup it has, or a verified device of our user
// may bring the key.
func (m *Machine) BackupKeyComing(ctx context.Context) (bool, error) {
	w := m.Begin()
	if err := w.fetchMe(ctx); err != nil {
		return false, err
	}
	return w.pace.saving.look || w.backup.Version != "" && len(w.verifiedDevices()) > 0, nil
}

// KeysOfBackup returns what came for a request of FetchBackup.
func (m *Machine) KeysOfBackup(r *Request, body scan.Value) (*Keys, error) {
	k := m.present()
	key := k.backupKey()
	if key == nil || r.Version != k.backup.Version {
		return nil, ErrNoSecret
	}
	all := &Keys{}
	if len(r.Path) == 3 {
		all.addRoom(event.RoomID(r.Path[2]), body)
	}
	for room, sessions := range body.Get("rooms").Members() {
		all.addRoom(event.RoomID(room.Text()), sessions)
	}
	all.open = func(one parcel) (roomKey, bool) { return readBackedUp(key, one.name, one.content, true) }
	return all, nil
}

func (k *Keys) addRoom(room event.RoomID, body scan.Value) {
	for session, content := range body.Get("sessions").Members() {
		k.parcels = append(k.parcels, parcel{name: SessionName{room, session.Text()}, content: content})
	}
}

// Keys are sessions on their way in, of a backup or a file, none of them looked
// at yet.
type Keys struct {
	parcels []parcel
	open    func(parcel) (roomKey, bool)
	refuse  func(parcel) (refusal, bool)
}

type parcel struct {
	name    SessionName // "" in a file, which says it inside
	content scan.Value
	refused bool // it says why a session is not there
}

// Len returns how many there are.
func (k *Keys) Len() int { return len(k.parcels) }

// maxTaken is how many sessions are taken in at once.
const maxTaken = 100

// Taken says how far Keys were taken in.
type Taken struct {
	// Done are through, of which Better decrypt more than before and Garbled were
	// of no use.
	Done, Better, Garbled int
}

// TakeKeys takes in the next of keys, after those that are through, and returns
// how far that is once it is committed. Whoever has enough just stops.
func (w *Work) TakeKeys(ctx context.Context, keys *Keys, t Taken) (Taken, error) {
	part := keys.parcels[min(t.Done, keys.Len()):min(t.Done+maxTaken, keys.Len())]
	all, refusals := keys.read(part)
	garbled := len(part) - len(all) - len(refusals)
	better, err := w.importKeys(ctx, all)
	if err != nil {
		return t, err
	}
	w.refusals = append(w.refusals, refusals...)
	if err := w.noteRefusals(ctx); err != nil {
		return t, err
	}
	t.Done, t.Better, t.Garbled = t.Done+len(part), t.Better+better, t.Garbled+garbled
	return t, w.prepareBackup(ctx)
}

func (k *Keys) read(part []parcel) (all []roomKey, refusals []refusal) {
	for _, one := range part {
		if one.refused {
			if r, ok := k.refuse(one); ok {
				refusals = append(refusals, r)
			}
		} else if key, ok := k.open(one); ok {
			all = append(all, key)
		}
	}
	return all, refusals
}
