// Package account makes up an account, for benchmarks: its first /sync, the
// traffic after that and the history of its rooms. The same seed gives the same
// bytes.
//
// Its proportions are those of a real account with members loaded lazily: a few
// busy rooms, many quiet ones, one in six direct, one in fifty a space; replies,
// reactions, edits and pictures among the messages; tags and receipts. A third
// of the rooms are encrypted, unless the account is Clear.
package account

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// The account's owner, and the token that the first response ends with.
const (
	User      = "@ada:bench.example"
	Device    = "BENCHDEVICE"
	NextBatch = "s1000_bench"
	server    = "bench.example"
)

// now is when the account was last used, in milliseconds.
const now = 1_780_000_000_000

type object = map[string]any

// Plan says which account to make up.
type Plan struct {
	Seed  uint64
	Rooms int
	// Clear leaves encryption out: what there is to compare without keys.
	Clear bool
}

// Account is an account made up.
type Account struct {
	plan   Plan
	rooms  []*room
	byID   map[string]*room
	herald *room // where the markers stand
	first  []byte
	Listed int // rooms that are no spaces
}

// Sync returns a response to the first /sync of an account with that many rooms.
func Sync(seed uint64, rooms int) []byte {
	return New(Plan{Seed: seed, Rooms: rooms}).First()
}

// New makes an account up.
func New(p Plan) *Account {
	a := &Account{plan: p, byID: map[string]*room{}}
	m := &maker{Rand: rand.New(rand.NewPCG(p.Seed, 1))}
	join := object{}
	for i := range p.Rooms {
		r := m.room(i, !p.Clear && i%3 == 0)
		a.rooms, a.byID[r.id] = append(a.rooms, r), r
		if !r.space {
			a.Listed++
		}
	}
	for i, r := range a.rooms {
		if r.space {
			r.children = a.rooms[i+1 : min(i+perSpace, len(a.rooms))]
		}
		join[r.id] = r.section()
	}
	a.findHerald()
	a.first = marshal(object{
		"next_batch":                       NextBatch,
		"rooms":                            object{"join": join},
		"account_data":                     object{"events": []object{{"type": "m.direct", "content": a.directs()}}},
		"presence":                         object{"events": []object{}},
		"to_device":                        object{"events": []object{}},
		"device_lists":                     object{"changed": []string{}, "left": []string{}},
		"device_one_time_keys_count":       object{"signed_curve25519": 50},
		"device_unused_fallback_key_types": []string{"signed_curve25519"},
	})
	return a
}

// First is the response to the first /sync.
func (a *Account) First() []byte { return a.first }

func (a *Account) directs() map[string][]string {
	directs := map[string][]string{}
	for _, r := range a.rooms {
		if r.direct {
			directs[r.people[1].id] = append(directs[r.people[1].id], r.id)
		}
	}
	return directs
}

func marshal(o object) []byte {
	body, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Errorf("marshal what is made here: %w", err))
	}
	return body
}
