//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// memberships: whatever becomes of a membership, the core shows it as the server has
// it, whether it was there when that happened or comes back later. What is over stays
// in the list of what was left if the core saw the user in it (FEATURES 2-44, B-17,
// D-25).
func memberships(w *world) {
	alice, bob := w.hand(w.register("alice")), w.user("bob")
	hand := w.hand(bob.name)
	for what, c := range map[string]struct {
		steps string // the last ones also happen while bob's core is away
		want  event.Membership
	}{
		"asks to come in":           {"knock", event.Knock},
		"takes that back":           {"knock leave", event.Leave},
		"is not let in":             {"knock kick", event.Leave},
		"is let in":                 {"knock invite", event.Invite},
		"is barred for asking":      {"knock ban", event.Ban},
		"asks though invited":       {"invite knock", event.Invite},
		"declines":                  {"invite leave", event.Leave},
		"is not wanted any more":    {"invite kick", event.Leave},
		"comes":                     {"invite join", event.Join},
		"goes":                      {"invite join leave", event.Leave},
		"is thrown out":             {"invite join kick", event.Leave},
		"is barred":                 {"invite join ban", event.Ban},
		"is thrown out and invited": {"invite join kick invite", event.Invite},
		"is thrown out and asks":    {"invite join kick knock", event.Knock},
		"is barred and forgiven":    {"invite join ban unban", event.Leave},
		"is forgiven and invited":   {"invite join ban unban invite", event.Invite},
		"forgets, and is invited":   {"invite join leave forget invite", event.Invite},
		"declines, and is invited":  {"invite leave invite", event.Invite},
		"goes, and declines":        {"invite join leave invite leave", event.Leave},
	} {
		for away := range min(3, len(strings.Fields(c.steps))+1) {
			room := event.RoomID(alice.post("createRoom", `{"initial_state":[{"type":"m.room.join_rules","state_key":"","content":{"join_rule":"knock"}}]}`).Get("room_id").Text())
			steps, seen := strings.Fields(c.steps), false // that bob is in it
			shows := func(now event.Membership) {
				if seen = seen || now == event.Join; !seen && (now == event.Leave || now == event.Ban) {
					bob.forgot(room)
				} else {
					bob.stands(room, now)
				}
			}
			for i, step := range steps {
				if away > 0 && i == len(steps)-away {
					bob.close()
				}
				take(alice, hand, room, step)
				if i < len(steps)-max(away, 1) && step != "forget" {
					shows(w.membershipOf(alice, room, bob))
				}
			}
			if now := w.membershipOf(alice, room, bob); now != c.want {
				w.t.Errorf("%s, away %v: the server has %s", what, away, now)
			}
			if away > 0 {
				bob.start()
			}
			shows(c.want)
		}
	}
}

// take is one step of alice's or of bob's.
func take(alice, bob hand, room event.RoomID, step string) {
	path := "rooms/" + escape(room) + "/" + step
	switch step {
	case "knock":
		bob.ask("POST", "knock/"+escape(room), "{}") // which servers refuse who is invited
	case "join", "leave", "forget":
		bob.post(path, "{}")
	default:
		alice.post(path, fmt.Sprintf(`{"user_id":%q}`, bob.id()))
	}
}

func (w *world) membershipOf(alice hand, room event.RoomID, who *user) event.Membership {
	return event.ReadMembership(alice.has(room, event.RoomMember, event.RoomID(who.id())))
}

// stands waits until the room is in the list that it belongs to, and in no other.
func (u *user) stands(room event.RoomID, want event.Membership) {
	u.t.Helper()
	u.isIn(room, want, map[event.Membership]api.RoomKind{
		event.Join: api.KindJoined, event.Invite: api.KindInvited, event.Knock: api.KindKnocked, event.Leave: api.KindLeft, event.Ban: api.KindLeft,
	}[want])
}

// forgot waits until the room is in no list, and would be if it were still to come.
func (u *user) forgot(room event.RoomID) {
	u.t.Helper()
	u.until(u.room(api.CreateRoomParams{Preset: "private_chat"}), func(api.Room) bool { return true })
	u.isIn(room, "", "")
}

func (u *user) isIn(room event.RoomID, want event.Membership, home api.RoomKind) {
	u.t.Helper()
	for _, kind := range []api.RoomKind{api.KindJoined, api.KindInvited, api.KindKnocked, api.KindLeft} {
		list := u.rooms(api.RoomFilter{Kind: kind})
		list.until(func(all []api.Room) bool {
			at := slices.IndexFunc(all, func(r api.Room) bool { return r.ID == room })
			return at < 0 && kind != home || at >= 0 && kind == home && all[at].Membership == want
		})
		list.close()
	}
}
