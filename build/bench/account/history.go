package account

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
)

// depth is how many messages a room has before its first response's timeline.
const depth = 20_000

func historyToken(n int) string { return "h" + strconv.Itoa(n) }

// Quiet is the room that the traffic leaves alone.
func (a *Account) Quiet() string { return a.rooms[len(a.rooms)-1].id }

// Messages answers a request for limit messages of a room before from, newest
// first.
func (a *Account) Messages(id, from string, limit int) ([]byte, error) {
	r, known := a.byID[id]
	digits, found := strings.CutPrefix(from, "h")
	start, err := strconv.Atoi(digits)
	if !known || !found || err != nil || start < 0 || limit <= 0 {
		return nil, fmt.Errorf("no messages of %q from %q", id, from)
	}
	chunk := []object{}
	for n := start; n < min(start+limit, depth) && !r.space; n++ {
		chunk = append(chunk, r.old(a.plan.Seed, n))
	}
	answer := object{"start": from, "chunk": chunk, "state": inRoom(r.by(&maker{rand.New(rand.NewPCG(a.plan.Seed, 3))}).members(), id)}
	if len(chunk) == limit {
		answer["end"] = historyToken(start + limit)
	}
	return marshal(answer), nil
}

// old is the n-th message before the timeline, always the same.
func (r *room) old(seed uint64, n int) object {
	m := &maker{rand.New(rand.NewPCG(seed^fingerprint(r.id), uint64(n)))}
	e := r.by(m).message(r.people[m.IntN(len(r.people))], r.oldest-int64(n+1)*120_000, nil)
	e["room_id"] = r.id
	return e
}

func inRoom(events []object, id string) []object {
	for _, e := range events {
		e["room_id"] = id
	}
	return events
}

func fingerprint(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	return h.Sum64()
}
