package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Threads lists the roots of a room's threads, the one with the latest message first
// (FEATURES A.7).
func (c *Client) Threads(ctx context.Context, room event.RoomID, participated bool, from string, limit int) (Relations, error) {
	const name = "load threads"
	var q Query
	if participated {
		q.Set("include", "participated")
	}
	q.SetIf("from", from)
	q.SetInt("limit", limit)
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V1("rooms", string(room), "threads"), Query: q, Limit: historyLimit})
	if err != nil {
		return Relations{}, err
	}
	if body.Get("chunk").Kind() != scan.Array {
		return Relations{}, notMatrix(name, 200, "no chunk")
	}
	return Relations{Chunk: body.Get("chunk"), Next: body.Get("next_batch").Text()}, nil
}

// EventAt finds the event of a room that is nearest to a time, in one direction.
func (c *Client) EventAt(ctx context.Context, room event.RoomID, ts int64, dir Direction) (event.EventID, int64, error) {
	const name = "find event"
	var q Query
	q.SetInt("ts", int(ts))
	q.Set("dir", string(dir))
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V1("rooms", string(room), "timestamp_to_event"), Query: q, Limit: historyLimit})
	if err != nil {
		return "", 0, err
	}
	id := event.EventID(body.Get("event_id").Text())
	if id == "" {
		return "", 0, notMatrix(name, 200, "no event id")
	}
	return id, body.Get("origin_server_ts").Int(), nil
}

// Search looks for words in a room, newest first. It returns the events, and the
// token of the next page or "".
func (c *Client) Search(ctx context.Context, room event.RoomID, text, from string, limit int) (events []scan.Value, next string, err error) {
	const name = "search"
	var filter, category, categories, body scan.Builder
	filter.Int("limit", int64(limit)).Texts("rooms", []string{string(room)})
	category.Text("search_term", text).Text("order_by", "recent").Raw("filter", filter.Done())
	categories.Raw("room_events", category.Done())
	var q Query
	q.SetIf("next_batch", from)
	answer, err := c.Do(ctx, Call{
		Name: name, Method: "POST", Path: V3("search"), Query: q, Limit: historyLimit, Repeatable: true,
		Body: body.Raw("search_categories", categories.Done()).Done(),
	})
	if err != nil {
		return nil, "", err
	}
	found := answer.Path("search_categories", "room_events")
	for hit := range found.Get("results").Items() {
		events = append(events, hit.Get("result"))
	}
	return events, found.Get("next_batch").Text(), nil
}
