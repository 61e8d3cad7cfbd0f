package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/table"
)

// RoomKeys is what a room's keys are shared by.
type RoomKeys struct {
	ID event.RoomID
	// Members are all who may read the next message, our own user among them:
	// who joined and, where the room's history is for them, who is invited.
	Members  []event.UserID
	Settings Settings
	// Verifying says that the next message is of a verification, which those get too
	// whose identity changed. Whoever encrypts anything else shares without it first.
	Verifying bool
}

// Wait is what stands between a room's key and all who should have it. Whoever
// waits commits, asks what Outgoing says, and calls Share again; when there was
// enough of that, Encrypt works without those who are missing.
type Wait struct {
	// Users are being asked for their devices.
	Users []event.UserID
	// Devices is how many have to be asked for a key to begin a session with.
	Devices int
	// Underway says that keys have not left for the server yet.
	Underway bool
}

// Done reports whether there is nothing to wait for.
func (w Wait) Done() bool { return len(w.Users) == 0 && w.Devices == 0 && !w.Underway }

// sharing is one Share.
type sharing struct {
	room event.RoomID
	out  megolm.Outbound
	list *table.ShareList
	// shared is whether the key is for those who come later too.
	shared bool
	// listed says that list is a copy, and stored.
	listed bool
}

// Share sees to it that a room has a session that the next message may be
// encrypted with, and that everybody who should has its key, from the present
// index on. Doing it again costs little. The error is a ChangedError if somebody
// else than before may be among the members.
func (w *Work) Share(ctx context.Context, room RoomKeys) (Wait, error) {
	if w.account == nil {
		return Wait{}, ErrNeedsKeys
	}
	w.outbound.want(room.ID)
	if w.isSettled(&room) {
		err := w.fetch(ctx)
		if _, _, ok := w.outboundOf(room.ID); ok || err != nil {
			return Wait{Underway: w.underway(room.ID)}, err
		}
	}
	w.users.want(room.Members...)
	w.users.want(w.m.user)
	w.shares.want(room.ID)
	if err := w.fetch(ctx); err != nil {
		return Wait{}, err
	}
	wait := Wait{Users: w.track(room.Members)}
	changed := w.changedUsers(room.Members)
	if len(changed) > 0 && !room.Verifying {
		return wait, &ChangedError{changed}
	}
	all := w.recipients(room.Members, room.Settings.Devices)
	s, err := w.beginSharing(ctx, &room, all)
	if err != nil {
		return wait, err
	}
	if wait.Devices, err = w.give(ctx, s, all); err != nil {
		return wait, err
	}
	if len(wait.Users) == 0 && wait.Devices == 0 && len(changed) == 0 {
		w.noteSettled(&room)
	}
	wait.Underway = w.underway(room.ID)
	return wait, nil
}

// beginSharing finds the room's session, or makes one where the last may not be
// used any more.
func (w *Work) beginSharing(ctx context.Context, room *RoomKeys, all []recipient) (*sharing, error) {
	session, out, usable := w.outboundOf(room.ID)
	list, listed := w.shares.get(room.ID)
	s := &sharing{room: room.ID, out: out.Outbound, list: list, shared: room.Settings.Shared}
	if usable && listed && list.Session == out.ID() && session.Shared == s.shared && !overheard(list, all) {
		return s, nil
	}
	var err error
	s.out, s.list, err = w.newOutbound(ctx, room.ID, &room.Settings)
	s.listed = true
	return s, err
}

// overheard reports whether a device has the session that should not read on:
// its user left, it is gone, or it is not to get keys any more.
func overheard(list *table.ShareList, all []recipient) bool {
	may := map[table.Holder]bool{}
	for i := range all {
		may[all[i].holder()] = all[i].withheld == ""
	}
	for holder, withheld := range list.Devices {
		if withheld == "" && !may[holder] {
			return true
		}
	}
	return false
}

func (t *target) holder() table.Holder { return table.Holder{User: t.user, Curve: t.device.Curve} }

// note notes what a device got.
func (w *Work) note(s *sharing, to *target, withheld string) {
	if !s.listed {
		s.list, s.listed = s.list.Clone(), true
		w.shares.put(s.room, s.list)
	}
	s.list.Devices[to.holder()] = withheld
}

// lacks reports whether a device has neither the key nor heard that code.
func (s *sharing) lacks(to *target, withheld string) bool {
	told, there := s.list.Devices[to.holder()]
	return !there || told != "" && told != withheld
}
