package e2ee

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// maxSettled is of how many rooms it is remembered that everybody has the key.
const maxSettled = 50

// settled is when a Share found nothing left to do, so that the next one need not
// look at every device of every member again. It is not stored.
type settled struct {
	room RoomKeys
	// devices is how often anybody's devices, or what is thought of them, had
	// changed by then.
	devices uint64
	// until is when a device that could not be reached is tried again, in
	// milliseconds since 1970.
	until int64
}

// isSettled reports whether nothing changed since everybody had a room's key.
// That the session may be used is another matter.
func (w *Work) isSettled(room *RoomKeys) bool {
	s, there := w.settledRooms[room.ID]
	return there && s.devices == w.devicesSeen && !w.changesDevices() && w.m.Now().UnixMilli() < s.until &&
		s.room.Settings == room.Settings && slices.Equal(s.room.Members, room.Members) && !w.anyOutdated(room.Members)
}

// changesDevices reports whether the Work changes devices, or what they are judged
// by.
func (w *Work) changesDevices() bool { return w.changed.secrets || w.users.anyChanged() }

func (w *Work) anyOutdated(users []event.UserID) bool {
	return len(w.tracker.Outdated) > 0 && slices.ContainsFunc(users, func(user event.UserID) bool {
		_, outdated := w.tracker.Outdated[user]
		return outdated
	})
}

// noteSettled remembers that nothing is left to do for a room.
func (w *Work) noteSettled(room *RoomKeys) {
	if w.changesDevices() {
		return
	}
	rooms := clone(w.settledRooms)
	if len(rooms) >= maxSettled {
		clear(rooms)
	}
	copied := *room
	copied.Members = slices.Clone(room.Members)
	rooms[room.ID] = settled{copied, w.devicesSeen, w.m.Now().Add(claimPause).UnixMilli()}
	w.settledRooms = rooms
}
