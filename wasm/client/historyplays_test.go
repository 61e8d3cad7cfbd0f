//go:build !js

package client_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// Two people with identities, and a room of one of them, in which was written
// before the other came.

func mySecrets(s *stage) {
	s.meetFriend()
	s.secretsOf(s.me)
}

func friendsSecrets(s *stage) {
	s.meetFriend()
	s.secretsOf(s.friend)
	s.friend.act(s.room, s.me, api.ActionInvite)
	s.me.until(s.room, func(r api.Room) bool { return r.Membership == event.Invite })
}

func (s *stage) meetFriend() {
	s.friend = s.keyed("friend")
	for _, u := range []*user{s.friend, s.me} {
		u.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
		u.setUp()
		u.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityVerified })
	}
}

func (s *stage) secretsOf(writer *user) {
	s.room = writer.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true, Invite: []event.UserID{s.other.id()}})
	s.other.post("join/"+escape(s.room), "{}")
	writer.says(s.room, "before")
	writer.saved()
}

func inviteFriend(s *stage) (any, error) {
	return nil, s.me.SetMembership(s.ctx, api.SetMembershipParams{RoomID: s.room, UserID: s.friend.id(), Action: api.ActionInvite})
}

func readByFriend(s *stage) string {
	s.friend.until(s.room, func(r api.Room) bool { return r.Membership == event.Invite })
	s.friend.join(s.room)
	return fmt.Sprint(read(s.ctx, s.friend, s.room))
}

// joinAndRead goes on until the keys are here: taking them is no call's work.
func joinAndRead(s *stage) (any, error) {
	ref, err := joinStage(s)
	if err != nil {
		return ref, err
	}
	return ref, read(s.ctx, s.me, s.room)
}

// read waits until the user can read what was written before.
func read(ctx context.Context, u *user, room event.RoomID) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	view := u.view()
	stream, err := u.Timeline(ctx, api.TimelineParams{View: view, RoomID: room})
	if err != nil {
		return err
	}
	defer stream.Close()
	if _, err := u.Paginate(ctx, api.PaginateParams{View: view, Limit: 50}); err != nil {
		return err
	}
	for {
		update, err := stream.Next(ctx)
		if err != nil {
			return err
		}
		for _, op := range update.Ops {
			if op.Item != nil {
				op.Items = append(op.Items, *op.Item)
			}
			if slices.Contains(bodies(op.Items), "before") {
				return nil
			}
		}
	}
}
