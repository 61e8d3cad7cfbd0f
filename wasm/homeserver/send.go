package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// sending is the group of all that puts events into rooms: servers count them
// together.
const sending = "send"

// SendEvent puts an event into a room. Doing it again with the same room,
// type and transaction id gives the same event (FEATURES 7-17).
func (c *Client) SendEvent(ctx context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	return c.put(ctx, "send event", V3("rooms", string(room), "send", kind, string(txn)), content)
}

// SendState sets a piece of a room's state.
func (c *Client) SendState(ctx context.Context, room event.RoomID, kind, stateKey string, content scan.Value) (event.EventID, error) {
	return c.put(ctx, "set state", V3("rooms", string(room), "state", kind, stateKey), content)
}

// Redact strips an event of its content.
func (c *Client) Redact(ctx context.Context, room event.RoomID, target event.EventID, txn event.TxnID, reason string) (event.EventID, error) {
	var b scan.Builder
	b.TextIf("reason", reason)
	return c.put(ctx, "redact event", V3("rooms", string(room), "redact", string(target), string(txn)), b.Done())
}

func (c *Client) put(ctx context.Context, name string, path []string, content scan.Value) (event.EventID, error) {
	body, err := c.Do(ctx, Call{Name: name, Group: sending, Method: "PUT", Path: path, Body: content})
	if err != nil {
		return "", err
	}
	id, err := required(name, body, "event_id")
	return event.EventID(id), err
}
