package rpc_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
)

// any interleaving of calls, aborts, acknowledgements and commits, over slow
// and quick pages: page.take checks each frame, this the end. That no goroutine
// and no open stream is left is checked by in.
func TestInterleavings(t *testing.T) {
	seeds := 150
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			in(t, func(t *testing.T, p *page, c *core) {
				interleave(t, p, c, rand.New(rand.NewPCG(uint64(seed), 7)))
			})
		})
	}
}

var (
	moods = []string{"", "", "", "end", "fail", "panic", "panic twice", "panic at close", "none", "nil"}
	deeds = []string{"", "sleep 3ms", "sleep 1h", "stubborn 5ms", "fail x", "code room.unknown", "panic", "bounds x", "exit"}
)

func interleave(t *testing.T, p *page, c *core, rnd *rand.Rand) {
	p.hello()
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	var calls int64
	for range 200 {
		switch rnd.IntN(8) {
		case 0:
			calls++
			p.call(calls, "profile", map[string]any{"userId": pick(deeds)})
		case 1:
			calls++
			p.call(calls, "send", map[string]any{"txnId": fmt.Sprint(calls), "type": pick(deeds)})
		case 2, 3:
			calls++
			p.call(calls, "roomList", map[string]any{"view": pick(moods), "window": rnd.IntN(10)})
		case 4:
			c.commit()
		case 5:
			p.abort(rnd.Int64N(calls + 2))
		case 6:
			id := rnd.Int64N(calls + 2)
			p.ack(id, []int64{p.received(id), p.received(id), rnd.Int64N(p.received(id) + 1), 1 << 40, -1}[rnd.IntN(5)])
		case 7:
			time.Sleep(time.Duration(rnd.IntN(4)) * time.Millisecond)
		}
	}
	if rnd.IntN(2) == 0 { // a page that leaves, and one that is tidy
		for id := range calls {
			p.abort(id + 1)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
	} else {
		p.server.Close()
	}
	checkFinals(t, p, calls)
}

func checkFinals(t *testing.T, p *page, calls int64) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range calls {
		if n := p.finals[id+1]; n != 1 {
			t.Errorf("call %d got %d final answers", id+1, n)
		}
	}
	if len(p.finals) != int(calls) {
		t.Errorf("%d calls, but %d were answered", calls, len(p.finals))
	}
}

// FuzzReceive: whatever the page sends, what comes back is a frame (page.take
// checks), no call is answered more often than it was made, and the server
// still works.
func FuzzReceive(f *testing.F) {
	for _, s := range []string{
		`{"id":1,"call":"profile","params":{"userId":"panic"}}`, `{"id":1,"call":"roomList"}|{"id":1,"ack":1}|{"id":1,"abort":true}`,
		`{"id":1,"call":"send","params":{"content":{"a":[1]}}}|{"id":2,"call":"send"}`, `{"hello":"x"}`, `{"id":1}|{}|[|"`,
		`{"id":1,"call":"profile","params":{"userId":"\ud800"}}`, `{"id":9007199254740991,"call":"open","params":{"timeZone":[{"from":1e3}]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		synctest.Test(t, func(t *testing.T) {
			p := newPage(t, t.Context(), newCore())
			p.hello()
			frames := int64(0)
			for start, i := 0, 0; i <= len(data); i++ {
				if i == len(data) || data[i] == '|' {
					p.server.Receive(data[start:i:i])
					frames, start = frames+1, i+1
				}
			}
			p.server.Close()
			close(p.frames)
			finals := int64(0)
			for a := range p.frames {
				if a.final() {
					finals++
				}
				if a.Err != nil && a.Err.Code == api.Internal && a.Err.Message == "" {
					t.Error("an error without words")
				}
			}
			if finals > frames {
				t.Errorf("%d frames got %d final answers", frames, finals)
			}
		})
	})
}
