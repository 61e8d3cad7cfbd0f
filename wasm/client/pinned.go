package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SetPinned implements api.Client.
func (c *Client) SetPinned(ctx context.Context, p api.SetPinnedParams) error {
	_, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.RoomID == "" || p.EventID == "" {
		return errBadParams
	}
	return refused(editState(ctx, server, p.RoomID, event.RoomPinnedEvents, "", func(now scan.Value) (scan.Value, error) {
		return withPinned(now, p), nil
	}))
}

// withPinned returns m.room.pinned_events with or without an event, nil where that is
// so already. Who is pinned last stands last.
func withPinned(now scan.Value, p api.SetPinnedParams) scan.Value {
	list, has := []string{}, false
	for item := range now.Get("pinned").Items() {
		switch id, ok := item.AsText(); {
		case !ok:
		case id == string(p.EventID):
			has = true
		default:
			list = append(list, id)
		}
	}
	if has == p.Pinned {
		return nil
	}
	if p.Pinned {
		list = append(list, string(p.EventID))
	}
	var pinned scan.Builder
	return now.With("pinned", pinned.Texts("pinned", list).Done().Get("pinned"))
}
