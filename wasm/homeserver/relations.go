package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// RelationsParams say which relations of an event to list, newest first.
type RelationsParams struct {
	// Relation is a relation type, "" for all. Type is an event type, as the
	// server sees it, "" for all; it needs Relation.
	Relation, Type string
	From           string
	Limit          int
	// Recurse also lists what relates to those.
	Recurse bool
}

// Relations is a page of what relates to an event.
type Relations struct {
	// Chunk is an array of events.
	Chunk scan.Value
	// Next is the token of the next page, or "".
	Next string
}

// Relations lists what relates to an event (FEATURES A.7).
func (c *Client) Relations(ctx context.Context, room event.RoomID, id event.EventID, p RelationsParams) (Relations, error) {
	const name = "load relations"
	path := V1("rooms", string(room), "relations", string(id))
	if p.Relation != "" {
		path = append(path, p.Relation)
	}
	if p.Type != "" {
		path = append(path, p.Type)
	}
	var q Query
	q.SetIf("from", p.From)
	q.SetInt("limit", p.Limit)
	if p.Recurse {
		q.Set("recurse", "true")
	}
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: path, Query: q, Limit: historyLimit})
	if err != nil {
		return Relations{}, err
	}
	if body.Get("chunk").Kind() != scan.Array {
		return Relations{}, notMatrix(name, 200, "no chunk")
	}
	return Relations{Chunk: body.Get("chunk"), Next: body.Get("next_batch").Text()}, nil
}
