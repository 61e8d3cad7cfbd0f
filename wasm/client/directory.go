package client

import (
	"context"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// ordinary is how DirectoryParams call rooms without a type.
const ordinary = "room"

// Directory implements api.Client.
func (c *Client) Directory(ctx context.Context, p api.DirectoryParams) (api.DirectoryPage, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.DirectoryPage{}, err
	}
	search := homeserver.PublicRoomsParams{Server: p.Server, Search: p.Text, Since: p.From, Limit: foundLimit(p.Limit)}
	switch p.Type {
	case "":
	case ordinary:
		search.Type = new(string)
	default:
		search.Type = &p.Type
	}
	found, err := server.PublicRooms(ctx, search)
	if err != nil {
		return api.DirectoryPage{}, err
	}
	page := api.DirectoryPage{Rooms: []api.RoomPreview{}, Next: found.Next, Total: int(max(0, found.Total))}
	for raw := range found.Chunk.Items() {
		if o, ok := summary.ReadOutline(raw); ok {
			o.Merge(a.ledger.Room(o.Room.ID))
			o.AddVia(p.Server) // it has the room, since it lists it
			page.Rooms = append(page.Rooms, o.Show(a.isJoined))
		}
	}
	return page, nil
}

// defaultUsers are how many users are searched for where nobody says.
const defaultUsers = 10

// SearchUsers implements api.Client. Who has a direct chat with the user comes first,
// and who is named by their full id is found also where the server's search does not
// show them.
func (c *Client) SearchUsers(ctx context.Context, p api.SearchUsersParams) (api.FoundUsers, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.FoundUsers{}, err
	}
	text := strings.TrimSpace(p.Text)
	if p.Limit <= 0 {
		p.Limit = defaultUsers
	}
	results, limited, err := server.SearchUsers(ctx, text, foundLimit(p.Limit))
	if err != nil && !isRefusal(err) {
		return api.FoundUsers{}, err
	}
	all, named := readUsers(results, text)
	if !named && isUserID(text) {
		if profile, profileErr := server.Profile(ctx, event.UserID(text)); profileErr == nil {
			all, err = append(all, summary.Person(event.UserID(text), event.ReadProfile(profile))), nil
		}
	}
	return api.FoundUsers{Users: a.friendsFirst(all), Limited: limited}, err
}

// readUsers reads what a server found, and reports whether the user of that id is
// among them.
func readUsers(results scan.Value, id string) (all []api.Person, named bool) {
	for raw := range results.Items() {
		if found := event.UserID(raw.Get("user_id").Text()); found != "" {
			profile := event.Profile{Name: raw.Get("display_name").Text(), Avatar: raw.Get("avatar_url").Text()}
			all = append(all, summary.Person(found, profile))
			named = named || string(found) == id
		}
	}
	return all, named
}

// isUserID reports whether a text may be a whole user id.
func isUserID(text string) bool {
	name, host, _ := strings.Cut(text, ":")
	return len(name) > 1 && name[0] == '@' && host != "" && len(text) <= 255
}

// friendsFirst puts those first with whom the user has a direct chat.
func (a *account) friendsFirst(all []api.Person) []api.Person {
	friends := map[event.UserID]bool{}
	for _, r := range a.ledger.Rooms() {
		if r.Membership == event.Join && r.Direct != "" {
			friends[r.Direct] = true
		}
	}
	sorted := make([]api.Person, 0, len(all))
	for _, first := range []bool{true, false} {
		for _, p := range all {
			if friends[p.ID] == first {
				sorted = append(sorted, p)
			}
		}
	}
	return sorted
}

// Report implements api.Client.
func (c *Client) Report(ctx context.Context, p api.ReportParams) error {
	_, server, err := c.signedIn()
	if err != nil {
		return err
	}
	switch {
	case p.UserID != "" && p.RoomID == "" && p.EventID == "":
		return server.ReportUser(ctx, p.UserID, p.Reason)
	case p.UserID != "" || p.RoomID == "":
		return errBadParams
	case p.EventID != "":
		return server.ReportEvent(ctx, p.RoomID, p.EventID, p.Reason)
	}
	return server.ReportRoom(ctx, p.RoomID, p.Reason)
}
