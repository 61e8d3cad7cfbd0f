package rpc

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// EncodeRooms writes rooms as they would cross to the page, for what the page
// reads from storage before the core is up.
func EncodeRooms(rooms []api.Room) scan.Value { return encodeAll(rooms, writeRoom) }

// EncodeItems writes timeline items likewise.
func EncodeItems(items []api.TimelineItem) scan.Value { return encodeAll(items, writeTimelineItem) }

func encodeAll[T any](all []T, write func(*writer, *T)) scan.Value {
	w := &writer{}
	w.openList()
	for i := range all {
		w.item()
		write(w, &all[i])
	}
	w.closeList()
	return w.buf
}
