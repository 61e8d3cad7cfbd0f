// Package account makes up an account's first /sync, for benchmarks: the same
// seed gives the same bytes.
//
// Its proportions are those of a real account with members loaded lazily: a few
// busy rooms, many quiet ones, a third encrypted, one in six direct.
package account

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
)

// The account's owner, and the token that the response ends with.
const (
	User      = "@ada:bench.example"
	Device    = "BENCHDEVICE"
	NextBatch = "s1000_bench"
	server    = "bench.example"
)

// now is when the account was last used, in milliseconds.
const now = 1_780_000_000_000

type object = map[string]any

// maker makes one account up.
type maker struct {
	*rand.Rand
	events int
}

// Sync returns a response to the first /sync of an account with that many rooms.
func Sync(seed uint64, rooms int) []byte {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
	join, directs := object{}, map[string][]string{}
	for i := range rooms {
		r := m.room(i)
		join[r.id] = r.section()
		if r.direct {
			directs[r.people[1].id] = append(directs[r.people[1].id], r.id)
		}
	}
	body, err := json.Marshal(object{
		"next_batch":                       NextBatch,
		"rooms":                            object{"join": join},
		"account_data":                     object{"events": []object{{"type": "m.direct", "content": directs}}},
		"presence":                         object{"events": []object{}},
		"to_device":                        object{"events": []object{}},
		"device_lists":                     object{"changed": []string{}, "left": []string{}},
		"device_one_time_keys_count":       object{"signed_curve25519": 50},
		"device_unused_fallback_key_types": []string{"signed_curve25519"},
	})
	if err != nil {
		panic(err) // all of it is made here
	}
	return body
}

// id makes an id of that length up.
func (m *maker) id(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[m.IntN(len(letters))]
	}
	return string(out)
}

// words are n made-up words.
func (m *maker) words(n int) string {
	const letters = "eeeeettaaooinshrdlcumwfgypbvk"
	var out []byte
	for i := range n {
		if i > 0 {
			out = append(out, ' ')
		}
		for range 2 + m.IntN(7) {
			out = append(out, letters[m.IntN(len(letters))])
		}
	}
	return string(out)
}

type person struct{ id, name, avatar string }

// person is someone from a town of 3,000, so that rooms share people.
func (m *maker) person() person {
	n := m.IntN(3000)
	other := &maker{Rand: rand.New(rand.NewPCG(uint64(n), 2))}
	p := person{id: fmt.Sprintf("@%s.%d:%s", other.words(1), n, server), name: other.words(2)}
	if n%3 > 0 {
		p.avatar = "mxc://" + server + "/" + other.id(24)
	}
	return p
}

// event is one of a room, at ts.
func (m *maker) event(kind, sender string, ts int64, content object) object {
	m.events++
	return object{
		"type": kind, "sender": sender, "event_id": "$" + m.id(43), "origin_server_ts": ts,
		"content": content, "unsigned": object{"age": now - ts},
	}
}

func (m *maker) state(kind, key, sender string, ts int64, content object) object {
	e := m.event(kind, sender, ts, content)
	e["state_key"] = key
	return e
}

// recently is a time before the last one: half of the rooms were used in the
// last two weeks.
func (m *maker) recently() int64 {
	const day = 86_400_000
	days := 14 * m.ExpFloat64()
	return now - int64(days*day)
}

func reversed[T any](list []T) []T {
	slices.Reverse(list)
	return list
}
