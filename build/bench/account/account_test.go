package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

func TestTheSameSeedMakesTheSame(t *testing.T) {
	all := func(seed uint64) []byte {
		a := New(Plan{Seed: seed, Rooms: 60})
		history, err := a.Messages(a.Quiet(), historyToken(100), 50)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Join([][]byte{a.First(), a.Next(1, 50), a.Next(2, 1), history}, nil)
	}
	if !bytes.Equal(all(1), all(1)) {
		t.Error("the same seed gave another account")
	}
	if bytes.Equal(all(1), all(2)) {
		t.Error("another seed gave the same account")
	}
}

func TestSizeIsThatOfARealAccount(t *testing.T) {
	if size := len(Sync(1, 1000)); size < 7<<20 || size > 12<<20 {
		t.Errorf("1,000 rooms have %d bytes", size)
	}
}

// wire is what the tests read of a response.
type wire struct {
	NextBatch string `json:"next_batch"`
	Rooms     struct {
		Join map[string]struct {
			State, Timeline struct{ Events []wireEvent }
		}
	}
	Chunk, State []wireEvent
	End          string
}

type wireEvent struct {
	EventID  string  `json:"event_id"`
	RoomID   string  `json:"room_id"`
	StateKey *string `json:"state_key"`
	Type     string
	Sender   string
	TS       int64 `json:"origin_server_ts"`
	Content  struct {
		Body   string
		Type   string
		Relate struct {
			EventID string `json:"event_id"`
		} `json:"m.relates_to"`
	}
}

func read(t *testing.T, body []byte) (w wire) {
	t.Helper()
	if err := json.Unmarshal(body, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFirstResponseIsOneThatAServerCouldGive(t *testing.T) {
	a := New(Plan{Seed: 1, Rooms: 300, Clear: true})
	first := read(t, a.First())
	kinds, seen, spaces := map[string]int{}, map[string]bool{}, 0
	for id, room := range first.Rooms.Join {
		members, last := map[string]bool{}, int64(0)
		for _, e := range room.State.Events {
			if e.StateKey == nil {
				t.Errorf("%s: %s in the state has no key", id, e.Type)
			}
			if e.Type == "m.room.member" {
				members[*e.StateKey] = true
			}
			if e.Content.Type == "m.space" {
				spaces++
			}
		}
		for _, e := range append(room.State.Events, room.Timeline.Events...) {
			kinds[e.Type]++
			if seen[e.EventID] {
				t.Errorf("%s is there twice", e.EventID)
			}
			seen[e.EventID] = true
		}
		for _, e := range room.Timeline.Events {
			if !members[e.Sender] {
				t.Errorf("%s: %s speaks and is no member", id, e.Sender)
			}
			if e.TS < last {
				t.Errorf("%s: %s is older than what stands before it", id, e.EventID)
			}
			if target := e.Content.Relate.EventID; target != "" && !seen[target] {
				t.Errorf("%s: %s relates to what is not there", id, e.EventID)
			}
			last = e.TS
		}
	}
	for _, kind := range []string{"m.room.create", "m.room.name", "m.room.message", "m.reaction", "m.space.child"} {
		if kinds[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	if kinds["m.room.encryption"] > 0 || len(first.Rooms.Join) != 300 || a.Listed != 300-spaces {
		t.Errorf("%d rooms, %d listed, %d spaces, %v", len(first.Rooms.Join), a.Listed, spaces, kinds)
	}
}

func TestEachResponseFollowsTheOneBefore(t *testing.T) {
	a := New(Plan{Seed: 1, Rooms: 300, Clear: true})
	newest := int64(now)
	for n, events := range []int{1, 50, 500, 3} {
		next := read(t, a.Next(n+1, events))
		if position, known := Position(next.NextBatch); !known || position != n+1 {
			t.Errorf("%q is not the token after response %d", next.NextBatch, n+1)
		}
		count, top := 0, wireEvent{}
		for id, room := range next.Rooms.Join {
			if a.byID[id] == nil || id == a.Quiet() || len(room.Timeline.Events) > most {
				t.Errorf("%d events in %s", len(room.Timeline.Events), id)
			}
			for _, e := range room.Timeline.Events {
				count++
				if e.TS > top.TS {
					top = e
				}
				if e.TS <= newest {
					t.Errorf("response %d has an event older than the response before", n+1)
				}
			}
		}
		if count != events || top.Content.Body != Marker(n+1) {
			t.Errorf("response %d has %d events, the newest says %q", n+1, count, top.Content.Body)
		}
		newest = top.TS
	}
}

func TestHistoryIsReadInPages(t *testing.T) {
	a := New(Plan{Seed: 1, Rooms: 60, Clear: true})
	page := func(from string, limit int) wire {
		body, err := a.Messages(a.Quiet(), from, limit)
		if err != nil {
			t.Fatal(err)
		}
		return read(t, body)
	}
	whole, first := page(historyToken(0), 100), page(historyToken(0), 60)
	second := page(first.End, 40)
	if got := append(first.Chunk, second.Chunk...); fmt.Sprint(got) != fmt.Sprint(whole.Chunk) {
		t.Error("two pages are not what one is")
	}
	for i, e := range whole.Chunk {
		if e.RoomID != a.Quiet() || i > 0 && e.TS >= whole.Chunk[i-1].TS {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if end := page(historyToken(depth-10), 50); len(end.Chunk) != 10 || end.End != "" {
		t.Errorf("the last page has %d messages and ends with %q", len(end.Chunk), end.End)
	}
	for _, from := range []string{"", "h-1", "hx", NextBatch} {
		if _, err := a.Messages(a.Quiet(), from, 10); err == nil {
			t.Errorf("%q is taken for a place", from)
		}
	}
}
