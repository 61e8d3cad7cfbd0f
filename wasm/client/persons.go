package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// maxPersons bounds what one question reads.
const maxPersons = 100

// Persons implements api.Client.
func (c *Client) Persons(ctx context.Context, p api.PersonsParams) (api.Persons, error) {
	a, err := c.inhabited()
	if err != nil {
		return api.Persons{}, err
	}
	if len(p.UserIDs) > maxPersons {
		return api.Persons{}, errBadParams
	}
	room := a.ledger.Room(p.RoomID)
	if room == nil {
		return api.Persons{}, errNoRoom
	}
	names := make([]ledger.StateName, len(p.UserIDs))
	for i, user := range p.UserIDs {
		names[i] = ledger.StateName{Type: event.RoomMember, Key: string(user)}
	}
	state, err := a.ledger.ReadState(ctx, room, names...)
	if err != nil {
		return api.Persons{}, err
	}
	out := api.Persons{People: []api.Person{}}
	for i, user := range p.UserIDs {
		out.People = append(out.People, summary.Person(user, event.ReadProfile(state[i].Get("content"))))
	}
	return out, nil
}
