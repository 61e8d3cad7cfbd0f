package sandbox

import (
	"encoding/json"
	"slices"
)

// mainThread is the thread id of what is in no thread.
const mainThread = "main"

// received is a receipt of one user: how far one kind, in one thread, has come.
type received struct {
	Kind   string `json:"kind"`
	Thread string `json:"thread,omitempty"` // "" counts for all threads
	Event  string `json:"event"`
	TS     int64  `json:"ts"`
	Pos    int64  `json:"pos"`
}

func putReceipt(c *call) (any, error) {
	var in struct {
		Thread *string `json:"thread_id"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	at, err := c.inside()
	if err != nil {
		return nil, err
	}
	thread := ""
	if in.Thread != nil {
		if thread = *in.Thread; thread == "" {
			return nil, errInvalid("thread_id must be a non-empty string")
		}
	}
	switch kind := c.vars["kind"]; kind {
	case "m.read", "m.read.private":
		return nil, c.s.receive(at, c.user, kind, c.vars["event"], thread)
	case "m.fully_read":
		if thread != "" {
			return nil, errInvalid("thread_id is not compatible with m.fully_read")
		}
		c.s.fullyRead(at, c.user, c.vars["event"])
		return nil, nil
	}
	return nil, errUnknown("Receipt type must be one of m.read, m.read.private, m.fully_read")
}

func readMarkers(c *call) (any, error) {
	var in struct {
		Full    string `json:"m.fully_read"`
		Read    string `json:"m.read"`
		Private string `json:"m.read.private"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	rm, err := c.inside()
	if err != nil {
		return nil, err
	}
	if in.Full != "" {
		c.s.fullyRead(rm, c.user, in.Full)
	}
	for kind, id := range map[string]string{"m.read": in.Read, "m.read.private": in.Private} {
		if id != "" {
			if err := c.s.receive(rm, c.user, kind, id, ""); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// inside returns the room of the path if the user is joined to it.
func (c *call) inside() (*room, error) {
	rm, err := c.room()
	if err == nil && rm.membership(c.user.ID) != "join" {
		return nil, errForbidden("User " + c.user.ID + " not in room " + rm.ID)
	}
	return rm, err
}

// receive stores a receipt; one that points back is let be.
func (s *Server) receive(rm *room, u *user, kind, id, thread string) error {
	e := rm.byID[id]
	if e == nil {
		return errNotFound("Unknown event " + id)
	}
	mine := rm.Receipts[u.ID]
	if mine == nil {
		mine = map[string]*received{}
		rm.Receipts[u.ID] = mine
	}
	slot := kind + " " + thread
	if old := mine[slot]; old != nil && rm.byID[old.Event] != nil && rm.byID[old.Event].Pos >= e.Pos {
		return nil
	}
	rm.receipts = s.next()
	mine[slot] = &received{Kind: kind, Thread: thread, Event: id, TS: s.now(), Pos: rm.receipts}
	return nil
}

func (s *Server) fullyRead(rm *room, u *user, id string) {
	s.setRoomData(u, rm.ID, "m.fully_read", must(map[string]string{"event_id": id}))
}

// receiptsSince is the content of m.receipt: event → kind → user → receipt.
// A private receipt is told to its owner alone.
func (rm *room) receiptsSince(since int64, me string) json.RawMessage {
	type users = map[string]map[string]any
	out := map[string]map[string]users{}
	for user, mine := range rm.Receipts {
		slots := sorted(mine)
		slices.Reverse(slots) // of two on one event, the unthreaded one comes last and wins
		for _, slot := range slots {
			r := mine[slot]
			if r.Pos <= since || r.Kind == "m.read.private" && user != me {
				continue
			}
			if out[r.Event] == nil {
				out[r.Event] = map[string]users{}
			}
			if out[r.Event][r.Kind] == nil {
				out[r.Event][r.Kind] = users{}
			}
			entry := map[string]any{"ts": r.TS}
			if r.Thread != "" {
				entry["thread_id"] = r.Thread
			}
			out[r.Event][r.Kind][user] = entry
		}
	}
	if len(out) == 0 {
		return nil
	}
	return must(out)
}
