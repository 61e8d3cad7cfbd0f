package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// about is an event that names others.
func about(room event.RoomID, txn event.TxnID, kind string, targets ...string) table.Outgoing {
	return table.Outgoing{RoomID: room, TxnID: txn, Type: kind, Content: scan.Value(naming(kind, targets...))}
}

func naming(kind string, targets ...string) string {
	switch {
	case kind == event.RoomRedaction:
		return redaction(targets[0], "why")
	case len(targets) == 0:
		return `{"body":"alone"}`
	case len(targets) == 2:
		return fmt.Sprintf(`{"body":"~","m.relates_to":{"rel_type":"m.thread","event_id":%q,"m.in_reply_to":{"event_id":%q}}}`, targets[0], targets[1])
	}
	return fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":"~"}}`, targets[0])
}

// written is an event as it was asked for: what it names is own events.
type written struct {
	room    event.RoomID
	txn     event.TxnID
	kind    string
	targets []event.TxnID
}

// TestDependents writes about what is not sent yet, and takes some
// of it back, on a bad network, while the core is killed or the power cut and
// echoes come before and after answers: each thing goes out once, in order, with
// the ids of what it names, or not at all where that was cancelled (FEATURES A.7,
// 7-17, D-09).
func TestDependents(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { dependents(t, seed) }) })
	}
}

type play struct {
	*core
	t         *testing.T
	r         *rand.Rand
	s         *server
	disk      *mem.Disk
	all       []written
	added     map[event.TxnID]table.Outgoing
	cancelled map[event.TxnID]bool
}

func dependents(t *testing.T, seed uint64) {
	p := &play{
		t: t, r: rand.New(rand.NewPCG(seed, 3)), disk: mem.NewDisk(),
		s:     &server{rand: rand.New(rand.NewPCG(seed, 4)), byTxn: map[event.TxnID]int{}},
		added: map[event.TxnID]table.Outgoing{}, cancelled: map[event.TxnID]bool{},
	}
	p.core = start(t, p.disk, p.s)
	p.join()
	for n := range 40 {
		p.write(n)
		time.Sleep(time.Duration(p.r.IntN(3000)) * time.Millisecond)
		switch p.r.IntN(8) {
		case 0, 1:
			p.take(p.s)
		case 2:
			p.restart()
		case 3:
			p.outbox.Wake()
		case 4:
			p.cancel()
		}
	}
	p.s.mu.Lock()
	p.s.calm = true
	p.s.mu.Unlock()
	for range 50 {
		time.Sleep(2 * time.Minute)
		p.take(p.s)
	}
	p.compare()
	p.restart()
	p.compare()
	p.stop()
}

func (p *play) restart() {
	end := p.disk.Kill
	if p.r.IntN(2) == 0 {
		end = p.disk.PowerLoss
	}
	end()
	p.stop()
	p.core = start(p.t, p.disk, p.s)
}

// write adds an event about up to two own ones of its room, named by key.
func (p *play) write(n int) {
	w := written{room: rooms[p.r.IntN(len(rooms))], txn: event.TxnID(fmt.Sprintf("t%d", n)), kind: event.RoomMessage}
	var keys []string
	dead := false
	for range p.r.IntN(3) {
		if len(p.all) == 0 {
			break
		}
		target := p.all[p.r.IntN(len(p.all))]
		if target.room == w.room {
			w.targets = append(w.targets, target.txn)
			keys = append(keys, table.EchoKey(target.txn))
			dead = dead || p.cancelled[target.txn]
		}
	}
	if len(keys) == 1 {
		w.kind = []string{event.Reaction, event.RoomRedaction}[p.r.IntN(2)]
	}
	out := about(w.room, w.txn, w.kind, keys...)
	err := p.outbox.Add(p.t.Context(), out)
	if dead {
		check(p.t, err, outbox.ErrTarget)
		return
	}
	check(p.t, err, nil)
	p.all = append(p.all, w)
	p.added[w.txn] = out
	if p.r.IntN(3) == 0 {
		check(p.t, p.outbox.Add(p.t.Context(), out), nil)
	}
}

// cancel takes one back that may be on its way, and with it what names it.
func (p *play) cancel() {
	if len(p.all) == 0 {
		return
	}
	txn := p.all[len(p.all)-1-p.r.IntN(min(len(p.all), 6))].txn
	err := p.outbox.Cancel(p.t.Context(), txn)
	if errors.Is(err, outbox.ErrStarted) {
		return
	}
	check(p.t, err, nil)
	p.cancelled[txn] = true
	for _, w := range p.all {
		if slices.ContainsFunc(w.targets, func(txn event.TxnID) bool { return p.cancelled[txn] }) {
			p.cancelled[w.txn] = true
		}
	}
}

// compare holds what the server has against what was asked for.
func (p *play) compare() {
	p.t.Helper()
	if left := p.ledger.Outbox(""); len(left) > 0 {
		p.t.Errorf("%d left in the outbox: %+v", len(left), left[0])
	}
	// What was taken back while its answer was lost is on the server all the same.
	id := func(txn event.TxnID) string { return fmt.Sprintf("$%d", p.s.byTxn[txn]) }
	for _, room := range rooms {
		var want, got []string
		for _, w := range p.all {
			if _, there := p.s.byTxn[w.txn]; w.room != room || p.cancelled[w.txn] && !there {
				continue
			}
			var ids []string
			for _, target := range w.targets {
				ids = append(ids, id(target))
			}
			want = append(want, w.kind+naming(w.kind, ids...))
		}
		for _, e := range p.s.events {
			if e.room == room {
				got = append(got, e.kind+e.content)
			}
		}
		if !slices.Equal(got, want) {
			p.t.Errorf("the server has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for txn, out := range p.added {
		check(p.t, p.outbox.Add(p.t.Context(), out), nil) // a page asks again
		want := "sent " + id(txn) + " true"
		if p.cancelled[txn] {
			want = "cancelled  true"
		}
		if got := p.status(txn); got != want {
			p.t.Errorf("%s: %q, want %q", txn, got, want)
		}
	}
	for _, what := range p.s.wrong {
		p.t.Error(what)
	}
}

// TestDependentsOfTheFailed: they wait, over a restart too, and go with it.
func TestDependentsOfTheFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := &homeserver.Error{Status: 403, Errcode: homeserver.Forbidden}
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}, errs: []error{no, no}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		check(t, c.add("!a", 0), nil)
		check(t, c.outbox.Add(t.Context(), about("!b/c+d", "elsewhere", event.Reaction, "~t0")), outbox.ErrTarget)
		check(t, c.outbox.Add(t.Context(), about("!a", "d1", event.Reaction, "~t0")), nil)
		check(t, c.outbox.Add(t.Context(), about("!a", "d2", event.RoomRedaction, "~d1")), nil)
		check(t, c.add("!a", 1), nil)
		synctest.Wait()
		c.stop()
		disk.Kill()
		c = start(t, disk, s)
		check(t, c.outbox.Retry(t.Context(), "t0"), nil)
		synctest.Wait()
		if got := c.states(); got != "t0 failed, d1 queued, d2 queued, t1 queued" {
			t.Fatal(got)
		}
		var seen []string
		stop, err := c.outbox.Status(t.Context(), "d2", func(st api.SendStatus, done bool) {
			seen = append(seen, fmt.Sprint(st.State, done))
		})
		check(t, err, nil)
		check(t, c.outbox.Cancel(t.Context(), "t0"), nil)
		synctest.Wait()
		stop()
		if got := c.states(); got != "t1 sent" || !slices.Equal(slices.Compact(seen), []string{"queuedfalse", "cancelledtrue"}) {
			t.Errorf("%s, and d2 was %v", got, seen)
		}
		check(t, c.outbox.Add(t.Context(), about("!a", "d3", event.Reaction, "~d1")), outbox.ErrTarget)
		c.stop()
	})
}

// people write on where they may not react or redact, but what is about a
// reaction that was refused waits for it.
func TestRefusedReaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := &homeserver.Error{Status: 403, Errcode: homeserver.Forbidden}
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}, rand: newRand()}, errs: []error{no}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		check(t, c.outbox.Add(t.Context(), about("!a", "r", event.Reaction, "$e")), nil)
		check(t, c.outbox.Add(t.Context(), about("!a", "undo", event.RoomRedaction, "~r")), nil)
		check(t, c.outbox.Add(t.Context(), about("!a", "reply", event.RoomMessage, "~r", "~r")), nil)
		check(t, c.add("!a", 1), nil)
		for range 2 {
			time.Sleep(time.Minute)
			if got := c.states(); got != "r failed, undo queued, reply queued, t1 sent" {
				t.Fatal(got)
			}
			c.stop()
			disk.Kill()
			s.errs = []error{no}
			c = start(t, disk, s)
			check(t, c.outbox.Retry(t.Context(), "r"), nil)
		}
		time.Sleep(time.Minute)
		check(t, c.outbox.Retry(t.Context(), "r"), nil)
		time.Sleep(time.Minute)
		if got := c.states(); got != "r sent, undo sent, reply sent, t1 sent" {
			t.Error(got)
		}
		c.stop()
	})
}

// TestDependentOfTheGarbled: nobody can send what its record does not tell, and
// what somebody wrote about it is kept for them.
func TestDependentOfTheGarbled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}, errs: []error{homeserver.ErrUnreachable}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		check(t, c.add("!a", 0), nil)
		check(t, c.outbox.Add(t.Context(), about("!a", "d", event.RoomMessage, "~t0", "~t0")), nil)
		synctest.Wait()
		seq := c.ledger.Outgoing("t0").Seq
		c.stop()
		check(t, c.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			turn.Put(table.Outbox, table.OutgoingKey(seq), []byte{0})
			return nil
		}), nil)
		disk.Kill()
		c = start(t, disk, s)
		synctest.Wait()
		if got := c.states(); got != "d failed" || len(s.events) > 0 {
			t.Errorf("%s, sent %v", got, s.events)
		}
		check(t, c.outbox.Cancel(t.Context(), "d"), nil)
		check(t, c.add("!a", 1), nil)
		synctest.Wait()
		if got := c.states(); got != "t1 sent" {
			t.Error(got)
		}
		c.stop()
	})
}

// killed before and after every commit on its way, what
// is written about a message names the message's id.
func TestDependentOverADeath(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for n := 1; n <= 9; n++ {
			t.Run(fmt.Sprint(n, applied), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { dependentOverADeath(t, n, applied) })
			})
		}
	}
}

func dependentOverADeath(t *testing.T, n int, applied bool) {
	s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}}
	disk := mem.NewDisk()
	c := start(t, disk, s)
	c.join()
	disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
	reply := about("!a", "d", event.RoomMessage, "~t0", "~t0")
	for range 2 {
		_ = c.add("!a", 0)
		_ = c.outbox.Add(t.Context(), reply)
		synctest.Wait()
		c.take(&s.server)
		synctest.Wait()
	}
	for range 2 {
		c.stop()
		disk.Kill()
		c = start(t, disk, s)
		check(t, c.add("!a", 0), nil)
		check(t, c.outbox.Add(t.Context(), reply), nil)
		synctest.Wait()
		c.take(&s.server)
		synctest.Wait()
		if got := c.status("d"); got != "sent $1 true" {
			t.Error(got)
		}
	}
	want := naming(event.RoomMessage, "$0", "$0")
	if left := c.ledger.Outbox(""); len(left) != 0 || len(s.events) != 2 || s.events[1].content != want {
		t.Errorf("the server has %v, the outbox %v", s.events, left)
	}
	for _, what := range s.wrong {
		t.Error(what)
	}
	c.stop()
}
