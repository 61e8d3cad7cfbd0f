package account

import "fmt"

// room is one room on its way into a response.
type room struct {
	*maker
	id                string
	people            []person // those who speak lately, the owner first
	direct, encrypted bool
	made, last        int64
}

func (m *maker) room(i int) *room {
	r := &room{
		maker: m, id: fmt.Sprintf("!%s:%s", m.id(18), server),
		direct: i%6 == 0, encrypted: i%3 == 0, last: m.recently(),
	}
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

// section is the room's part of the response.
func (r *room) section() object {
	return object{
		"summary":              r.summary(),
		"state":                object{"events": r.roomState()},
		"timeline":             object{"events": r.timeline(), "limited": true, "prev_batch": "t" + r.maker.id(30)},
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
	return object{"m.heroes": heroes, "m.joined_member_count": len(r.people) + r.IntN(200), "m.invited_member_count": r.IntN(3)}
}

func (r *room) roomState() []object {
	owner := r.people[len(r.people)-1].id
	state := func(kind string, content object) object { return r.state(kind, "", owner, r.made, content) }
	out := []object{
		state("m.room.create", object{"creator": owner, "room_version": "10"}),
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
	for _, p := range r.people {
		content := object{"membership": "join", "displayname": p.name}
		if p.avatar != "" {
			content["avatar_url"] = p.avatar
		}
		out = append(out, r.state("m.room.member", p.id, p.id, r.made, content))
	}
	return out
}

// timeline is up to twenty messages, oldest first.
func (r *room) timeline() []object {
	var out []object
	ts := r.last
	for range 3 + r.IntN(18) {
		out = append(out, r.message(r.people[r.IntN(len(r.people))], ts))
		ts -= int64(r.ExpFloat64() * 3_600_000)
	}
	return reversed(out)
}

func (r *room) message(from person, ts int64) object {
	switch n := r.IntN(20); {
	case r.encrypted:
		return r.event("m.room.encrypted", from.id, ts, object{
			"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": r.maker.id(300 + r.IntN(300)),
			"sender_key": r.maker.id(43), "device_id": r.maker.id(10), "session_id": r.maker.id(43),
		})
	case n == 0:
		return r.event("m.reaction", from.id, ts, object{"m.relates_to": object{"rel_type": "m.annotation", "event_id": "$" + r.maker.id(43), "key": "👍"}})
	case n == 1:
		return r.event("m.room.message", from.id, ts, object{
			"msgtype": "m.image", "body": r.words(1) + ".jpg", "url": "mxc://" + server + "/" + r.maker.id(24),
			"info": object{"mimetype": "image/jpeg", "w": 1920, "h": 1080, "size": r.IntN(900_000)},
		})
	case n == 2:
		text := r.words(12)
		return r.event("m.room.message", from.id, ts, object{
			"msgtype": "m.text", "body": text, "format": "org.matrix.custom.html", "formatted_body": "<p>" + text + " <b>&amp; more</b></p>",
			"m.relates_to": object{"m.in_reply_to": object{"event_id": "$" + r.maker.id(43)}},
		})
	}
	return r.event("m.room.message", from.id, ts, object{"msgtype": "m.text", "body": r.words(2 + r.IntN(20))})
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
