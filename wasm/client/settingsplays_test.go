//go:build !js

package client_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
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

// mySpace is a space that the user keeps, and a room beside it.
func mySpace(s *stage) {
	s.child = s.me.room(api.CreateRoomParams{Preset: "private_chat"})
	s.room, s.eye = s.me.room(api.CreateRoomParams{Preset: "private_chat", Type: event.Space}), s.hand(s.me.name)
}

// mySpaceFilled has the room, which says so, before two that nobody is in.
func mySpaceFilled(s *stage) {
	mySpace(s)
	put := func(path, content string) {
		if status, answer := s.eye.ask("PUT", path, content); status != http.StatusOK {
			s.t.Fatalf("%d %s", status, answer)
		}
	}
	for i, id := range []event.RoomID{s.child, "!b:x", "!c:x"} {
		put("rooms/"+escape(s.room)+"/state/m.space.child/"+escape(id), fmt.Sprintf(`{"via":["x"],"order":"%d"}`, i))
	}
	put("rooms/"+escape(s.child)+"/state/m.space.parent/"+escape(s.room), `{"via":["localhost"],"canonical":true}`)
}

// mySpaces are two, of which the room is the first by its order alone.
func mySpaces(s *stage) {
	s.child, s.room = s.me.space("one"), s.me.space("other")
	if s.room < s.child {
		s.child, s.room = s.room, s.child
	}
	s.me.ask("PUT", "user/"+escape(s.me.id())+"/rooms/"+escape(s.room)+"/account_data/"+event.SpaceOrder, `{"order":"a"}`)
	s.me.spaces().until(func(all []api.Space) bool { return len(all) == 2 && all[0].ID == s.room })
}

// firstOfSpaces goes by what the server has: which orders make it so does not matter.
func firstOfSpaces(s *stage) string {
	of := func(id event.RoomID) string {
		_, content := s.hand(s.me.name).ask("GET", "user/"+escape(s.me.id())+"/rooms/"+escape(id)+"/account_data/"+event.SpaceOrder, "")
		return content.Get("order").Text()
	}
	room, child := of(s.room), of(s.child)
	return fmt.Sprint(room != "" && (child == "" || room < child), child != "" && (room == "" || child < room))
}

func pin(pinned bool) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		return nil, s.me.SetPinned(s.ctx, api.SetPinnedParams{RoomID: s.room, EventID: "$tea", Pinned: pinned})
	}
}

// pinboard has an event pinned, beside another one.
func pinboard(s *stage) {
	alone(s)
	s.me.state(s.room, event.RoomPinnedEvents, `{"pinned":["$tea","$jam"]}`)
}

func pinnedInRoom(s *stage) string {
	_, content := s.hand(s.me.name).ask("GET", "rooms/"+escape(s.room)+"/state/m.room.pinned_events/", "")
	return string(content)
}

func child(p api.SetSpaceChildParams) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		p.SpaceID, p.RoomID = s.room, s.child
		return nil, s.me.SetSpaceChild(s.ctx, p)
	}
}

func claimOfChild(s *stage) string {
	_, claim := s.eye.ask("GET", "rooms/"+escape(s.child)+"/state/m.space.parent/"+escape(s.room), "")
	return string(claim)
}

// orderOfChildren names the children as the server sorts them.
func orderOfChildren(s *stage) string {
	return fmt.Sprint(childrenOf(s.eye, s.room))
}

// childrenOf asks the server for what is in a space. Servers limit how often one may.
func childrenOf(h hand, room event.RoomID) (ids []event.RoomID) {
	status, state := 0, scan.Value(nil)
	for status, state = h.ask("GET", "/_matrix/client/v1/rooms/"+escape(room)+"/hierarchy?max_depth=1", ""); status == http.StatusTooManyRequests; {
		time.Sleep(time.Duration(state.Get("retry_after_ms").Int()) * time.Millisecond)
		status, state = h.ask("GET", "/_matrix/client/v1/rooms/"+escape(room)+"/hierarchy?max_depth=1", "")
	}
	for one := range state.Get("rooms").Items() {
		if one.Get("room_id").Text() == string(room) {
			for e := range one.Get("children_state").Items() {
				ids = append(ids, event.RoomID(e.Get("state_key").Text()))
			}
		}
	}
	return ids
}
