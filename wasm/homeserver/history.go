package homeserver

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// historyLimit is longer than others: the server may ask other servers.
const historyLimit = 90 * time.Second

// Direction is where to read from a token.
type Direction string

const (
	Back    Direction = "b"
	Forward Direction = "f"
)

// MessagesParams are those of /messages. From "" starts at the end of the
// room, or at its beginning for Forward.
type MessagesParams struct {
	From, To string
	Dir      Direction
	Limit    int
	// Filter is a room event filter as JSON.
	Filter scan.Value
}

// Messages is a piece of a room's history, as the server sent it.
type Messages struct {
	// Start and End are tokens; End is "" where there is nothing further.
	Start, End string
	// Chunk is an array of events in the direction that was asked for, State
	// one of the members that they need.
	Chunk, State scan.Value
}

// Messages reads a room's history.
func (c *Client) Messages(ctx context.Context, room event.RoomID, p MessagesParams) (Messages, error) {
	const name = "load messages"
	var q Query
	q.SetIf("from", p.From)
	q.SetIf("to", p.To)
	q.Set("dir", string(p.Dir))
	q.SetInt("limit", p.Limit)
	q.SetIf("filter", string(p.Filter))
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V3("rooms", string(room), "messages"), Query: q, Limit: historyLimit})
	if err != nil {
		return Messages{}, err
	}
	m := Messages{body.Get("start").Text(), body.Get("end").Text(), body.Get("chunk"), body.Get("state")}
	if m.Chunk.Kind() != scan.Array {
		return Messages{}, notMatrix(name, 200, "no chunk")
	}
	return m, nil
}

// Context is an event with what stands around it.
type Context struct {
	Event scan.Value
	// Before is newest first, After oldest first; State holds the room's state
	// after the last of them.
	Before, After, State scan.Value
	Start, End           string
}

// Context reads an event and up to limit events around it.
func (c *Client) Context(ctx context.Context, room event.RoomID, id event.EventID, limit int, filter scan.Value) (Context, error) {
	const name = "load context"
	var q Query
	q.SetInt("limit", limit)
	q.SetIf("filter", string(filter))
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V3("rooms", string(room), "context", string(id)), Query: q, Limit: historyLimit})
	if err != nil {
		return Context{}, err
	}
	if body.Get("event").Kind() != scan.Object {
		return Context{}, notMatrix(name, 200, "no event")
	}
	return Context{
		Event: body.Get("event"), Before: body.Get("events_before"), After: body.Get("events_after"),
		State: body.Get("state"), Start: body.Get("start").Text(), End: body.Get("end").Text(),
	}, nil
}

// Event reads one event.
func (c *Client) Event(ctx context.Context, room event.RoomID, id event.EventID) (scan.Value, error) {
	return c.Do(ctx, Call{Name: "load event", Method: "GET", Path: V3("rooms", string(room), "event", string(id))})
}
