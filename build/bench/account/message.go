package account

// timeline is up to twenty messages, oldest first, and whether there are more.
func (r *room) timeline() (out []object, limited bool) {
	if r.space {
		r.oldest = r.made
		return []object{}, false
	}
	count := 3 + r.IntN(18)
	times := make([]int64, count)
	for i, ts := 0, r.last; i < count; i++ {
		times[i] = ts
		ts -= int64(r.ExpFloat64() * 3_600_000)
	}
	reversed(times)
	for _, ts := range times {
		out = append(out, r.message(r.people[r.IntN(len(r.people))], ts, out))
	}
	r.oldest = times[0]
	return out, count > 5
}

// message is one of the kinds that people send, most of them text. What relates
// to another message does so to one of those before it.
func (r *room) message(from person, ts int64, before []object) object {
	kind := r.IntN(20)
	switch {
	case r.encrypted:
		return r.event("m.room.encrypted", from.id, ts, object{
			"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": r.maker.id(300 + r.IntN(300)),
			"sender_key": r.maker.id(43), "device_id": r.maker.id(10), "session_id": r.maker.id(43),
		})
	case kind == 1:
		return r.event("m.room.message", from.id, ts, object{
			"msgtype": "m.image", "body": r.words(1) + ".jpg", "url": "mxc://" + server + "/" + r.maker.id(24),
			"info": object{"mimetype": "image/jpeg", "w": 1920, "h": 1080, "size": r.IntN(900_000)},
		})
	case kind < 5 && len(before) > 0:
		return r.related(kind, from, ts, before[r.IntN(len(before))])
	}
	return r.event("m.room.message", from.id, ts, text(r.words(2+r.IntN(20))))
}

// related is a reaction, a reply or an edit.
func (r *room) related(kind int, from person, ts int64, to object) object {
	id := to["event_id"]
	body := r.words(12)
	switch {
	case kind == 0:
		return r.event("m.reaction", from.id, ts, object{"m.relates_to": object{"rel_type": "m.annotation", "event_id": id, "key": "👍"}})
	case kind == 3 && to["type"] == "m.room.message":
		edit := text("* " + body)
		edit["m.new_content"] = text(body)
		edit["m.relates_to"] = object{"rel_type": "m.replace", "event_id": id}
		return r.event("m.room.message", to["sender"].(string), ts, edit)
	}
	reply := text(body)
	reply["format"], reply["formatted_body"] = "org.matrix.custom.html", "<p>"+body+" <b>&amp; more</b></p>"
	reply["m.relates_to"] = object{"m.in_reply_to": object{"event_id": id}}
	return r.event("m.room.message", from.id, ts, reply)
}

func text(body string) object { return object{"msgtype": "m.text", "body": body} }
