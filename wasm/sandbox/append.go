package sandbox

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// maxEvent is the largest event in bytes (Size limits).
const maxEvent = 65536

// draft is an event that has no id and no place yet.
type draft struct {
	kind    string
	key     *string
	content json.RawMessage
	redacts string
	txn     string
	device  string
}

// append gives an event its place at the end of a room. It checks nothing.
func (s *Server) append(rm *room, sender string, d draft) *event {
	e := &event{
		ID: s.eventID(rm), Type: d.kind, StateKey: d.key, Sender: sender, Content: d.content,
		TS: s.now(), Redacts: d.redacts, Txn: d.txn, Device: d.device, Pos: s.next(),
	}
	s.place(rm, e)
	return e
}

func (s *Server) place(rm *room, e *event) {
	rm.Events = append(rm.Events, e)
	rm.take(e)
	if e.Type == "m.room.member" && e.isState() {
		s.index(rm, *e.StateKey)
	}
	if e.Type == "m.room.redaction" {
		s.redact(rm, e)
	}
}

// index remembers that a user has something to do with a room.
func (s *Server) index(rm *room, user string) {
	if u := s.world.Users[user]; u != nil {
		u.rooms[rm.ID] = rm
	}
}

func (s *Server) eventID(rm *room) string {
	id := s.random(32)
	switch {
	case len(rm.Events) == 0 && has(rm.Version, immortalCreators):
		return "$" + strings.TrimPrefix(rm.ID, "!")
	case has(rm.Version, urlSafeIDs):
		return "$" + id
	case has(rm.Version, hashedIDs):
		return "$" + strings.NewReplacer("-", "+", "_", "/").Replace(id)
	}
	return "$" + id[:18] + ":" + s.opt.Name
}

// checkContent refuses what no server lets into an event: too many bytes, and
// numbers that canonical JSON has no form for.
func checkContent(rm *room, content json.RawMessage) error {
	if len(content) > maxEvent-512 {
		return fail(http.StatusRequestEntityTooLarge, "M_TOO_LARGE", "event too large")
	}
	if has(rm.Version, 6) && !canonical(content) {
		return errBadJSON("Integer out of range or a float")
	}
	return nil
}

func canonical(raw json.RawMessage) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return true
		}
		if n, ok := t.(json.Number); ok {
			i, err := strconv.ParseInt(n.String(), 10, 64)
			if err != nil || math.Abs(float64(i)) > 1<<53-1 {
				return false
			}
		}
	}
}

// redact applies a redaction event to its target, if the sender may.
func (s *Server) redact(rm *room, by *event) {
	target := rm.byID[by.Redacts]
	if target == nil || target.RedactedBy != "" || target.Type == "m.room.create" {
		return
	}
	if target.Sender != by.Sender {
		if p := rm.powers(); p.of(by.Sender) < p.redact {
			return
		}
	}
	target.Content = redacted(rm.Version, target.Type, target.Content)
	target.RedactedBy = by.ID
	if to := target.relation.Event; to != "" {
		rm.related[to] = without(rm.related[to], target)
	}
}

func without(list []*event, e *event) []*event {
	var left []*event
	for _, other := range list {
		if other != e {
			left = append(left, other)
		}
	}
	return left
}
