package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// PublicRoomsParams search the room directory.
type PublicRoomsParams struct {
	// Server is whose directory to read, "" for the user's own. Its case
	// counts.
	Server string
	Limit  int
	Since  string
	Search string
	// Type narrows to rooms of that type where it is not nil; "" are those without
	// one (v1.4).
	Type *string
}

// PublicRooms is a page of the directory, in the server's order. Only
// canonical_alias may be used to link to a room (FEATURES 2-02).
type PublicRooms struct {
	Chunk scan.Value
	// Next is "" on the last page.
	Next  string
	Total int64
}

// PublicRooms searches the room directory.
func (c *Client) PublicRooms(ctx context.Context, p PublicRoomsParams) (PublicRooms, error) {
	const name = "search rooms"
	var q Query
	q.SetIf("server", p.Server)
	var b scan.Builder
	if p.Limit > 0 {
		b.Int("limit", int64(p.Limit))
	}
	b.TextIf("since", p.Since)
	if p.Search != "" || p.Type != nil {
		b.Raw("filter", p.filter())
	}
	body, err := c.Do(ctx, Call{
		Name: name, Method: "POST", Path: V3("publicRooms"), Query: q, Body: b.Done(), Repeatable: true, Limit: historyLimit,
	})
	if err != nil {
		return PublicRooms{}, err
	}
	if body.Get("chunk").Kind() != scan.Array {
		return PublicRooms{}, notMatrix(name, 200, "no chunk")
	}
	return PublicRooms{body.Get("chunk"), body.Get("next_batch").Text(), body.Get("total_room_count_estimate").Int()}, nil
}

func (p *PublicRoomsParams) filter() scan.Value {
	var b scan.Builder
	b.TextIf("generic_search_term", p.Search)
	switch {
	case p.Type == nil:
	case *p.Type == "":
		b.Raw("room_types", scan.Value("[null]"))
	default:
		b.Texts("room_types", []string{*p.Type})
	}
	return b.Done()
}

// ResolveAlias asks which room an alias names, and servers that know it.
func (c *Client) ResolveAlias(ctx context.Context, alias string) (room event.RoomID, via []string, err error) {
	const name = "resolve alias"
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V3("directory", "room", alias), NoToken: true})
	if err != nil {
		return "", nil, err
	}
	for s := range body.Get("servers").Items() {
		if server := s.Text(); server != "" {
			via = append(via, server)
		}
	}
	id, err := required(name, body, "room_id")
	return event.RoomID(id), via, err
}

// SetAlias makes an alias of the user's server name a room.
func (c *Client) SetAlias(ctx context.Context, alias string, room event.RoomID) error {
	var b scan.Builder
	_, err := c.Do(ctx, Call{
		Name: "set alias", Method: "PUT", Path: V3("directory", "room", alias), Body: b.Text("room_id", string(room)).Done(),
	})
	return err
}

// RemoveAlias takes an alias of the user's server away.
func (c *Client) RemoveAlias(ctx context.Context, alias string) error {
	_, err := c.Do(ctx, Call{Name: "remove alias", Method: "DELETE", Path: V3("directory", "room", alias)})
	return err
}

// Aliases returns the aliases that the user's server has of a room.
func (c *Client) Aliases(ctx context.Context, room event.RoomID) ([]string, error) {
	body, err := c.Do(ctx, Call{Name: "load aliases", Method: "GET", Path: V3("rooms", string(room), "aliases")})
	all := []string{}
	for item := range body.Get("aliases").Items() {
		if alias := item.Text(); alias != "" {
			all = append(all, alias)
		}
	}
	return all, err
}

// Listed reports whether the server's directory lists a room.
func (c *Client) Listed(ctx context.Context, room event.RoomID) (bool, error) {
	body, err := c.Do(ctx, Call{Name: "look into directory", Method: "GET", Path: V3("directory", "list", "room", string(room)), NoToken: true})
	return body.Get("visibility").Text() == "public", err
}

// SetListed puts a room into the server's directory or takes it out.
func (c *Client) SetListed(ctx context.Context, room event.RoomID, listed bool) error {
	visibility := "private"
	if listed {
		visibility = "public"
	}
	var b scan.Builder
	_, err := c.Do(ctx, Call{
		Name: "list room", Method: "PUT", Path: V3("directory", "list", "room", string(room)), Body: b.Text("visibility", visibility).Done(),
	})
	return err
}
