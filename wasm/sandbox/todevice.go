package sandbox

import (
	"encoding/json"
	"strconv"
	"strings"
)

// toDevice is one message that waits for a device.
type toDevice struct {
	Pos   int64 `json:"pos"`
	Event plain `json:"event"`
}

func sendToDevice(c *call) (any, error) {
	return c.once(func() (any, error) {
		var in struct {
			Messages map[string]map[string]json.RawMessage `json:"messages"`
		}
		if err := c.json(&in); err != nil {
			return nil, err
		}
		if in.Messages == nil {
			return nil, errMissing("messages")
		}
		for user, byDevice := range in.Messages {
			for id, content := range byDevice {
				c.post(user, id, content)
			}
		}
		return struct{}{}, nil
	})
}

// post puts a message into the inbox of a device, or of all of a user's.
func (c *call) post(user, id string, content json.RawMessage) {
	u := c.s.world.Users[user]
	if u == nil {
		return
	}
	for _, d := range u.Devices {
		if d.ID == id || id == "*" {
			e := plain{Type: c.vars["type"], Sender: c.user.ID, Content: content}
			d.Inbox = append(d.Inbox, &toDevice{c.s.next(), e})
		}
	}
}

// confirm forgets the messages that the device has: those up to its token.
func (d *device) confirm(upTo int64) {
	for len(d.Inbox) > 0 && d.Inbox[0].Pos <= upTo {
		d.Inbox = d.Inbox[1:]
	}
}

// maxToDevice is how many messages a sync carries, as the specification
// recommends; the next sync goes on from there.
const maxToDevice = 100

// inbox adds messages to the answer, and to its token up to where, if that is
// not all.
func (y *syncing) inbox() *eventList {
	inbox := y.c.device.Inbox
	if len(inbox) > maxToDevice {
		inbox = inbox[:maxToDevice]
		y.answer.NextBatch += "_" + strconv.FormatInt(inbox[maxToDevice-1].Pos, 10)
	}
	var out []any
	for _, m := range inbox {
		out = append(out, m.Event)
	}
	return list(out)
}

// delivered is the place up to which a sync's token says that messages came:
// that of the token, unless it names an earlier one.
func delivered(token string, pos int64) int64 {
	_, earlier, split := strings.Cut(token, "_")
	if n, err := strconv.ParseInt(earlier, 10, 64); split && err == nil {
		return min(n, pos)
	}
	return pos
}
