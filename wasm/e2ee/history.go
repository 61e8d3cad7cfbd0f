package e2ee

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Who invites somebody may hand on the keys of what the room's history visibility
// lets them read: as a file, whose place and key their devices are told (MSC4268).

const (
	bundleType = "m.room_key_bundle"
	// draftBundleType is what clients say that know the draft.
	draftBundleType = "io.element.msc4268.room_key_bundle"
)

// HistoryBundle returns what the file is to hold of a room, nil if there are no
// keys to hand on. Those that are not for who comes later are named without.
func (m *Machine) HistoryBundle(ctx context.Context, room event.RoomID) (scan.Value, error) {
	prefix := table.MegolmKey(room, "")
	keys, withheld, from := []byte{'['}, []byte{'['}, prefix
	for {
		results, err := m.reader.Read(ctx, storage.Scan(table.Inbound, from, storage.PrefixEnd(prefix), exportPage))
		if err != nil {
			return nil, err
		}
		for _, rec := range results[0] {
			keys, withheld = handOn(rec, keys, withheld)
		}
		if len(results[0]) < exportPage {
			break
		}
		from = append(slices.Clone(results[0][exportPage-1].Key), 0)
	}
	if len(keys) == 1 {
		return nil, nil
	}
	var b scan.Builder
	return b.Raw("room_keys", append(keys, ']')).Raw("withheld", append(withheld, ']')).Done(), nil
}

// handOn adds a session to one of the lists, unless it is garbled or was itself
// withheld.
func handOn(rec storage.Record, keys, withheld []byte) (_, _ []byte) {
	room, session := table.SplitMegolmKey(rec.Key)
	n := SessionName{room, session}
	s, err := table.DecodeInboundSession(rec.Value)
	if err != nil || s.Record == nil {
		return keys, withheld
	}
	if !s.Shared {
		return keys, appendItem(withheld, withheldFrom(n, Curve(s.Curve), withheldHistory))
	}
	if one, err := writeHistoric(n, s); err == nil {
		keys = appendItem(keys, one)
	}
	return keys, withheld
}

func appendItem(list []byte, item scan.Value) []byte {
	if len(list) > 1 {
		list = append(list, ',')
	}
	return append(list, item...)
}

// History is a file of a room's keys for somebody who is invited.
type History struct {
	Room event.RoomID
	User event.UserID
	// File is where it was uploaded and what opens it, an EncryptedFile.
	File scan.Value
}

// ReachForHistory gets ready to tell a user's devices where a file is, and returns
// how many there are that the user signed. Whoever waits does as for Share. It is
// a ChangedError if the user has another identity than before.
func (w *Work) ReachForHistory(ctx context.Context, user event.UserID) (devices int, wait Wait, err error) {
	all, wait, err := w.readers(ctx, user)
	return len(all), wait, err
}

// ShareHistory tells those of the devices that can be reached where the file is.
func (w *Work) ShareHistory(ctx context.Context, h History) error {
	all, _, err := w.readers(ctx, h.User)
	if err != nil {
		return err
	}
	var b scan.Builder
	letters, err := w.lettersTo(all, bundleType, b.Text("room_id", string(h.Room)).Raw("file", h.File).Done())
	if err != nil {
		return err
	}
	return w.post(event.RoomEncrypted, h.Room, letters)
}

// readers are the devices that a user signed, and what stands between them and
// this one.
func (w *Work) readers(ctx context.Context, user event.UserID) (all []target, wait Wait, err error) {
	if w.account == nil {
		return nil, wait, ErrNeedsKeys
	}
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return nil, wait, err
	}
	wait.Users = w.track([]event.UserID{user})
	if changed := w.changedUsers([]event.UserID{user}); len(changed) > 0 {
		return nil, wait, &ChangedError{changed}
	}
	for _, r := range w.recipients([]event.UserID{user}, SignedDevices) {
		if r.withheld == "" {
			all = append(all, r.target)
		}
	}
	waiting, _, err := w.reach(ctx, all)
	wait.Devices = len(waiting)
	return all, wait, err
}

// lettersTo are for those of devices that there are Olm sessions with.
func (w *Work) lettersTo(all []target, kind string, content scan.Value) (letters []letter, err error) {
	for i := range all {
		l, err := w.seal(all[i], kind, content)
		if err == nil {
			letters = append(letters, l)
		} else if err = unlessUnreachable(err); err != nil {
			return nil, err
		}
	}
	return letters, nil
}
