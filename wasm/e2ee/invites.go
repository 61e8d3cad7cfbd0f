package e2ee

import (
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Keys that somebody offers are fetched of rooms that our user went to upon an
// invite of theirs, and not for ever: nobody else may have this device download
// anything, or say whose messages are whose (MSC4268).

const (
	// inviteAge is how long after an invite was accepted its keys may come.
	inviteAge  = 24 * time.Hour
	maxInvites = 50
)

// AcceptInvite notes that our user accepts an invite. It must be committed before
// the server is told. What is known of the inviter is brought up to date.
func (w *Work) AcceptInvite(room event.RoomID, inviter event.UserID) {
	if room == "" || inviter == "" || len(room) > maxID || len(inviter) > maxID {
		return
	}
	w.setInvites(append(w.invitesBut(room), table.AcceptedInvite{Room: room, Inviter: inviter, At: w.m.Now().UnixMilli()}))
	w.outdate(inviter)
}

// EndInvite forgets that our user accepted an invite, and what was offered with
// it: the keys are here, or not to be had.
func (w *Work) EndInvite(room event.RoomID) {
	w.setInvites(w.invitesBut(room))
	w.DropBundles(room)
}

// invitesBut returns a copy of the list without that of a room and old ones.
func (w *Work) invitesBut(room event.RoomID) []table.AcceptedInvite {
	now := w.m.Now()
	return slices.DeleteFunc(slices.Clone(w.invites), func(i table.AcceptedInvite) bool { return i.Room == room || tooOld(&i, now) })
}

// tooOld also holds for those of another time than the clock's.
func tooOld(i *table.AcceptedInvite, now time.Time) bool {
	return now.Sub(time.UnixMilli(i.At)).Abs() > inviteAge
}

func (w *Work) setInvites(list []table.AcceptedInvite) {
	w.invites = list[max(0, len(list)-maxInvites):]
	w.batch.Put(table.Crypto, table.InvitesKey, table.EncodeInvites(w.invites))
}

// Accepted returns the invites that our user accepted not long ago, and of which
// the keys may still come.
func (m *Machine) Accepted() []table.AcceptedInvite {
	now := m.Now()
	return slices.DeleteFunc(slices.Clone(m.present().invites), func(i table.AcceptedInvite) bool { return tooOld(&i, now) })
}
