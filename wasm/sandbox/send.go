package sandbox

import (
	"encoding/json"
	"net/http"
)

// once runs a request that carries a transaction id at most once a device and
// path; a retry gets the first answer (Transaction identifiers).
func (c *call) once(do func() (any, error)) (any, error) {
	key := c.r.URL.EscapedPath()
	if answer, done := c.device.Txns[key]; done {
		return answer, nil
	}
	answer, err := do()
	if err == nil {
		c.device.Txns[key] = answer
	}
	return answer, err
}

// room returns the room of the path, whatever the user has to do with it.
func (c *call) room() (*room, error) {
	if rm := c.s.world.Rooms[c.vars["room"]]; rm != nil {
		return rm, nil
	}
	return nil, errForbidden("User " + c.user.ID + " not in room " + c.vars["room"])
}

func sendEvent(c *call) (any, error) {
	return c.once(func() (any, error) {
		content, err := c.object()
		if err != nil {
			return nil, err
		}
		if c.vars["type"] == "m.room.redaction" {
			return c.redaction(readRedacts(content), content)
		}
		return c.send(draft{kind: c.vars["type"], content: content})
	})
}

func (c *call) send(d draft) (any, error) {
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	if err := checkContent(rm, d.content); err != nil {
		return nil, err
	}
	if err := c.s.authorise(rm, c.user.ID, d.kind, d.key, d.content); err != nil {
		return nil, err
	}
	if err := duplicate(rm, c.user.ID, d); err != nil {
		return nil, err
	}
	d.txn, d.device = c.vars["txn"], c.device.ID
	return map[string]string{"event_id": c.s.append(rm, c.user.ID, d).ID}, nil
}

// duplicate refuses a second reaction of the same kind by one user.
func duplicate(rm *room, sender string, d draft) error {
	r := readRelation(d.content)
	if r.Kind != "m.annotation" {
		return nil
	}
	for _, e := range rm.related[r.Event] {
		if e.Sender == sender && e.Type == d.kind && e.relation == r {
			return fail(http.StatusBadRequest, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice")
		}
	}
	return nil
}

func readRedacts(content json.RawMessage) string {
	var c struct {
		Redacts string `json:"redacts"`
	}
	_ = json.Unmarshal(content, &c)
	return c.Redacts
}

func redactEvent(c *call) (any, error) {
	return c.once(func() (any, error) {
		content, err := c.object()
		if err != nil {
			return nil, err
		}
		return c.redaction(c.vars["event"], content)
	})
}

// redaction sends m.room.redaction, in the form of the room's version.
func (c *call) redaction(target string, content json.RawMessage) (any, error) {
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	e := rm.byID[target]
	if p := rm.powers(); e != nil && e.Sender != c.user.ID && p.of(c.user.ID) < p.redact {
		return nil, errForbidden("You don't have permission to redact events")
	}
	if has(rm.Version, redactsInContent) {
		var all map[string]json.RawMessage
		_ = json.Unmarshal(content, &all)
		all["redacts"] = must(target)
		content = must(all)
	}
	return c.send(draft{kind: "m.room.redaction", content: content, redacts: target})
}

func setState(c *call) (any, error) {
	content, err := c.object()
	if err != nil {
		return nil, err
	}
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	kind, key := c.vars["type"], c.vars["key"]
	if kind == "m.room.member" {
		return c.sendMember(rm, key, content)
	}
	if kind == "m.room.power_levels" && has(rm.Version, wholeLevels) && !levelsAreNumbers(content) {
		return nil, errBadJSON("Power levels must be integers")
	}
	if kind == "m.room.canonical_alias" {
		if err := c.s.checkAliases(rm, content); err != nil {
			return nil, err
		}
	}
	if old := rm.state(kind, key); old != nil && old.Sender == c.user.ID && same(old.Content, content) {
		return map[string]string{"event_id": old.ID}, nil
	}
	return c.send(draft{kind: kind, key: &key, content: content})
}

// same compares two JSON objects by value.
func same(a, b json.RawMessage) bool {
	var x, y map[string]json.RawMessage
	_ = json.Unmarshal(a, &x)
	_ = json.Unmarshal(b, &y)
	return string(must(x)) == string(must(y))
}

// sendMember is a state request for m.room.member: a membership change, or a
// new name or avatar in one room.
func (c *call) sendMember(rm *room, target string, content json.RawMessage) (any, error) {
	var all map[string]json.RawMessage
	var want string
	_ = json.Unmarshal(content, &all)
	if json.Unmarshal(all["membership"], &want) != nil {
		return nil, errBadJSON("membership is missing")
	}
	if err := c.s.authoriseMember(rm, c.user.ID, target, want); err != nil {
		return nil, err
	}
	if want == "join" && target != c.user.ID {
		return nil, errForbidden("Cannot force another user to join.")
	}
	e := c.s.append(rm, c.user.ID, draft{kind: "m.room.member", key: &target, content: content, device: c.device.ID})
	return map[string]string{"event_id": e.ID}, nil
}
