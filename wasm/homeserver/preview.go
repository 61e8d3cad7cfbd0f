package homeserver

import (
	"context"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// RoomSummary describes a room by id or alias, joined or not (v1.15). via names
// servers that may know it. ErrNotFound: it is not, or it is not shown to the user.
func (c *Client) RoomSummary(ctx context.Context, room string, via []string) (scan.Value, error) {
	const name = "preview room"
	var q Query
	q.SetAll("via", via)
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V1("room_summary", room), Query: q, Limit: historyLimit})
	if err != nil {
		return nil, err
	}
	_, err = required(name, body, "room_id")
	return body, err
}

// HierarchyParams ask for a page of what is in a space. Only From may change from one
// page to the next (FEATURES 2-03).
type HierarchyParams struct {
	Suggested bool
	// Depth is how many levels below the room to look into; nil for as many as the
	// server does.
	Depth *int
	Limit int
	From  string
}

// Hierarchy is a page of rooms, each an object with the edges to its children.
type Hierarchy struct {
	Rooms scan.Value
	// Next is "" on the last page.
	Next string
}

// Hierarchy lists what is in a space, depth first, and the space itself first.
// ErrForbidden: it is not shown to the user, or it is not.
func (c *Client) Hierarchy(ctx context.Context, room event.RoomID, p HierarchyParams) (Hierarchy, error) {
	const name = "explore space"
	var q Query
	if p.Suggested {
		q.Set("suggested_only", "true")
	}
	if p.Depth != nil {
		q.Set("max_depth", strconv.Itoa(*p.Depth))
	}
	q.SetInt("limit", p.Limit)
	q.SetIf("from", p.From)
	body, err := c.Do(ctx, Call{
		Name: name, Method: "GET", Path: V1("rooms", string(room), "hierarchy"), Query: q, Limit: historyLimit,
	})
	if err != nil {
		return Hierarchy{}, err
	}
	if body.Get("rooms").Kind() != scan.Array {
		return Hierarchy{}, notMatrix(name, 200, "no rooms")
	}
	return Hierarchy{body.Get("rooms"), body.Get("next_batch").Text()}, nil
}

// SearchUsers searches the users that the server knows, best first.
func (c *Client) SearchUsers(ctx context.Context, term string, limit int) (found scan.Value, limited bool, err error) {
	const name = "search users"
	var b scan.Builder
	b.Text("search_term", term)
	if limit > 0 {
		b.Int("limit", int64(limit))
	}
	body, err := c.Do(ctx, Call{
		Name: name, Method: "POST", Path: V3("user_directory", "search"), Body: b.Done(), Repeatable: true, Limit: historyLimit,
	})
	if err != nil {
		return nil, false, err
	}
	if body.Get("results").Kind() != scan.Array {
		return nil, false, notMatrix(name, 200, "no results")
	}
	return body.Get("results"), body.Get("limited").IsTrue(), nil
}

// ReportEvent tells the server's administrators of an event.
func (c *Client) ReportEvent(ctx context.Context, room event.RoomID, id event.EventID, reason string) error {
	return c.report(ctx, V3("rooms", string(room), "report", string(id)), reason)
}

// ReportRoom tells them of a room (v1.13).
func (c *Client) ReportRoom(ctx context.Context, room event.RoomID, reason string) error {
	return c.report(ctx, V3("rooms", string(room), "report"), reason)
}

// ReportUser tells them of a user (v1.14).
func (c *Client) ReportUser(ctx context.Context, user event.UserID, reason string) error {
	return c.report(ctx, V3("users", string(user), "report"), reason)
}

func (c *Client) report(ctx context.Context, path []string, reason string) error {
	var b scan.Builder
	_, err := c.Do(ctx, Call{Name: "report", Method: "POST", Path: path, Body: b.Text("reason", reason).Done()})
	return err
}
