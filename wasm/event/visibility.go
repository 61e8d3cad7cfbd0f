package event

import "github.com/alcove-chat/alcove/wasm/scan"

// ForLater reports whether a room lets those who come later read what is written
// now, by the content of its m.room.history_visibility (spec: room history
// visibility).
func ForLater(content scan.Value) bool {
	switch content.Get("history_visibility").Text() {
	case "", "shared", "world_readable":
		return true
	}
	return false
}
