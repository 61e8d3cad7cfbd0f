package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// takeIdentity takes what a query said of a user's cross-signing keys.
func (w *Work) takeIdentity(user event.UserID, before, after *table.UserDevices, body scan.Value) {
}
