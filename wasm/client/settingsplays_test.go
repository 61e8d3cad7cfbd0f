//go:build !js

package client_test

import (
	"fmt"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

const tea = "#tea:localhost"

func power(of string, level int64) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		who := map[string]event.UserID{"me": s.me.id(), "other": s.other.id()}[of]
		return nil, s.me.SetPower(s.ctx, api.SetPowerParams{RoomID: s.room, UserID: who, Level: &level})
	}
}

func alias(p api.SetAliasParams) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		p.RoomID, p.Alias = s.room, tea
		return nil, s.me.SetAlias(s.ctx, p)
	}
}

// leadsOld is where whoever made the room can lose their power.
func leadsOld(s *stage) {
	s.eye = s.hand(s.me.name)
	s.room = event.RoomID(s.eye.post("createRoom", fmt.Sprintf(`{"room_version":"10","invite":[%q]}`, s.other.id())).Get("room_id").Text())
	s.me.until(s.room, func(api.Room) bool { return true })
}

// known is a room that goes by an address.
func known(s *stage) {
	alone(s)
	_, err := alias(api.SetAliasParams{Main: true})(s)
	s.me.ok(err)
}

// taken is where somebody else's room has the address.
func taken(s *stage) {
	s.other.post("createRoom", `{"room_alias_name":"tea"}`)
	alone(s)
}

func addressesOfRoom(s *stage) string {
	_, at := s.eye.ask("GET", "directory/room/"+escape(tea), "")
	all, err := s.me.RoomAddresses(s.ctx, api.RoomParams{RoomID: s.room})
	return fmt.Sprint(at.Get("room_id").Text() == string(s.room), all, err)
}
