package account

import "fmt"

// perSpace is how many rooms follow a space, most of them in it.
const perSpace = 50

// room is one room of an account.
type room struct {
	*maker
	id                       string
	people                   []person // those who speak lately, the owner first
	direct, encrypted, space bool
	children                 []*room
	made, last               int64
	oldest                   int64 // when the first response's timeline begins
}

func (m *maker) room(i int, encrypted bool) *room {
	r := &room{
		maker: m, id: fmt.Sprintf("!%s:%s", m.id(18), server),
		space: i%perSpace == 5, last: m.recently(),
	}
	r.direct, r.encrypted = !r.space && i%6 == 0, !r.space && encrypted
	r.made = r.last - int64(m.IntN(400))*86_400_000
	r.people = []person{{id: User, name: "Ada"}}
	others := 1
	if !r.direct {
		others = 2 + m.IntN(6)
	}
	for range others {
		r.people = append(r.people, m.person())
	}
	return r
}

// section is the room's part of the first response.
func (r *room) section() object {
	timeline, limited := r.timeline()
	return object{
		"summary":              r.summary(),
		"state":                object{"events": append(r.roomState(), r.members()...)},
		"timeline":             object{"events": timeline, "limited": limited, "prev_batch": historyToken(0)},
		"ephemeral":            object{"events": r.receipts()},
		"account_data":         object{"events": r.accountData()},
		"unread_notifications": object{"notification_count": max(0, r.IntN(8)-5), "highlight_count": 0},
	}
}

func (r *room) summary() object {
	heroes := []string{}
	for _, p := range r.people[1:min(len(r.people), 6)] {
		heroes = append(heroes, p.id)
	}
	joined := len(r.people)
	if !r.direct {
		joined += r.IntN(200)
	}
	return object{"m.heroes": heroes, "m.joined_member_count": joined, "m.invited_member_count": r.IntN(3)}
}

func (r *room) roomState() []object {
	owner := r.people[len(r.people)-1].id
	state := func(kind string, content object) object { return r.state(kind, "", owner, r.made, content) }
	create := object{"creator": owner, "room_version": "10"}
	if r.space {
		create["type"] = "m.space"
	}
	out := []object{
		state("m.room.create", create),
		state("m.room.power_levels", object{
			"users": object{owner: 100, User: 50}, "events": object{"m.room.name": 50, "m.room.power_levels": 100, "m.room.history_visibility": 100},
			"ban": 50, "kick": 50, "redact": 50, "invite": 0, "events_default": 0, "state_default": 50, "users_default": 0,
		}),
		state("m.room.join_rules", object{"join_rule": "invite"}),
		state("m.room.history_visibility", object{"history_visibility": "shared"}),
		state("m.room.guest_access", object{"guest_access": "can_join"}),
	}
	if r.encrypted {
		out = append(out, state("m.room.encryption", object{"algorithm": "m.megolm.v1.aes-sha2"}))
	}
	if !r.direct {
		out = append(out,
			state("m.room.name", object{"name": r.words(2)}),
			state("m.room.topic", object{"topic": r.words(8)}),
			state("m.room.avatar", object{"url": "mxc://" + server + "/" + r.maker.id(24)}))
	}
	for _, child := range r.children {
		if r.IntN(3) > 0 {
			out = append(out, r.state("m.space.child", child.id, owner, r.made, object{"via": []string{server}}))
		}
	}
	return out
}

// members are those of the people who speak.
func (r *room) members() (out []object) {
	for _, p := range r.people {
		content := object{"membership": "join", "displayname": p.name}
		if p.avatar != "" {
			content["avatar_url"] = p.avatar
		}
		out = append(out, r.state("m.room.member", p.id, p.id, r.made, content))
	}
	return out
}

func (r *room) receipts() []object {
	content := object{}
	for _, p := range r.people {
		content["$"+r.maker.id(43)] = object{"m.read": object{p.id: object{"ts": r.last}}}
	}
	return []object{{"type": "m.receipt", "content": content}}
}

func (r *room) accountData() []object {
	out := []object{{"type": "m.fully_read", "content": object{"event_id": "$" + r.maker.id(43)}}}
	if r.IntN(20) == 0 {
		out = append(out, object{"type": "m.tag", "content": object{"tags": object{"m.favourite": object{"order": r.Float64()}}}})
	}
	return out
}
