package account

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// maker makes things up.
type maker struct{ *rand.Rand }

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
	other := &maker{rand.New(rand.NewPCG(uint64(n), 2))}
	p := person{id: fmt.Sprintf("@%s.%d:%s", other.words(1), n, server), name: other.words(2)}
	if n%3 > 0 {
		p.avatar = "mxc://" + server + "/" + other.id(24)
	}
	return p
}

// event is one of a room, at ts.
func (m *maker) event(kind, sender string, ts int64, content object) object {
	return object{
		"type": kind, "sender": sender, "event_id": "$" + m.id(43), "origin_server_ts": ts,
		"content": content, "unsigned": object{"age": max(0, now-ts)},
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
