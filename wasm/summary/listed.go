package summary

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Listed returns a room as lists show it.
func Listed(r *table.Room) api.Room {
	name, named := Name(r)
	room := api.Room{
		Key: string(r.ID), ID: r.ID, Membership: r.Membership, Name: name, Named: named, Avatar: Avatar(r),
		Type: r.Type, Encrypted: r.Encrypted, Direct: r.Direct,
		Unread: r.Unread, Highlights: r.Highlights, MarkedUnread: r.MarkedUnread,
		Tags: r.Tags, Last: r.Last, Recency: r.Recency, Successor: r.Successor,
	}
	if r.Inviter.ID != "" {
		inviter := Person(r.Inviter.ID, r.Inviter.Profile)
		room.Inviter = &inviter
	}
	return room
}
