package account

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Marker is the body of the last message in the response number n after the
// first: who shows it has taken the whole response in.
func Marker(n int) string { return fmt.Sprintf("marker %d", n) }

// Token is the token that the response number n after the first ends with.
func Token(n int) string { return fmt.Sprintf("%s_%d", NextBatch, n) }

// Position is how many responses after the first one has who syncs since token.
func Position(token string) (int, bool) {
	if token == NextBatch {
		return 0, true
	}
	digits, found := strings.CutPrefix(token, NextBatch+"_")
	n, err := strconv.Atoi(digits)
	return n, found && err == nil && n > 0
}

// most is how many events a room's part of a response has at most, as the
// filter of both clients says.
const most = 20

// Next is the response number n after the first, from 1, with that many events:
// about four in each room, and receipts and typing with them. The last one is
// the marker, and newer than all before.
func (a *Account) Next(n, events int) []byte {
	m := &maker{rand.New(rand.NewPCG(a.plan.Seed, 1_000+uint64(n)))}
	ts := int64(now + 60_000*n)
	join := object{}
	for left := events - 1; left > 0; {
		r := a.busy(m)
		if _, twice := join[r.id]; twice {
			continue
		}
		count := min(left, 1+m.IntN(7), most)
		var timeline []object
		for i := range count {
			timeline = append(timeline, r.by(m).message(r.people[1+m.IntN(len(r.people)-1)], ts+int64(events-left+i), timeline))
		}
		join[r.id] = r.by(m).news(timeline)
		left -= count
	}
	a.mark(m, join, n, ts+int64(events))
	return marshal(object{
		"next_batch": Token(n), "rooms": object{"join": join},
		"device_one_time_keys_count":       object{"signed_curve25519": 50},
		"device_unused_fallback_key_types": []string{"signed_curve25519"},
	})
}

// busy is a room, more often one of the first: those are where people talk. The
// very last is left alone, so that its history can be read, and the herald.
func (a *Account) busy(m *maker) *room {
	for {
		share := m.Float64() * m.Float64()
		r := a.rooms[int(share*float64(len(a.rooms)-1))]
		if !r.space && r != a.herald {
			return r
		}
	}
}

// mark puts the marker into the herald.
func (a *Account) mark(m *maker, join object, n int, ts int64) {
	r := a.herald
	join[r.id] = r.by(m).news([]object{m.event("m.room.message", r.people[1].id, ts, text(Marker(n)))})
}

// findHerald takes the room whose id is the least: it stands on top also of a
// list for which all of a response happened at the same time.
func (a *Account) findHerald() {
	for _, r := range a.rooms[:len(a.rooms)-1] {
		if !r.space && (a.herald == nil || r.id < a.herald.id) {
			a.herald = r
		}
	}
}

// by is the room with another source of what is made up in it.
func (r *room) by(m *maker) *room {
	other := *r
	other.maker = m
	return &other
}

func (r *room) news(timeline []object) object {
	last := timeline[len(timeline)-1]
	ephemeral := []object{{"type": "m.typing", "content": object{"user_ids": []string{}}}}
	if r.IntN(2) == 0 {
		reader := object{r.people[1].id: object{"ts": last["origin_server_ts"]}}
		ephemeral = append(ephemeral, object{"type": "m.receipt", "content": object{last["event_id"].(string): object{"m.read": reader}}})
	}
	return object{
		"timeline":             object{"events": timeline, "limited": false, "prev_batch": historyToken(0)},
		"ephemeral":            object{"events": ephemeral},
		"unread_notifications": object{"notification_count": len(timeline), "highlight_count": 0},
	}
}
