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

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const me event.UserID = "@me:x"

// TestOnceAndInOrder adds messages while answers are lost, late or refused for
// a while, echoes come before and after answers, with and without transaction
// ids, and the core is killed or the power cut: in the end the server and the store have each
// message once and in order (FEATURES D-09).
func TestOnceAndInOrder(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { onceAndInOrder(t, seed) }) })
	}
}

func onceAndInOrder(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := &server{rand: rand.New(rand.NewPCG(seed, 2)), byTxn: map[event.TxnID]int{}}
	disk := mem.NewDisk()
	c := start(t, disk, s)
	c.join()
	var added []sent
	for n := range 30 {
		room := rooms[r.IntN(len(rooms))]
		if err := c.add(room, n); err != nil {
			t.Fatal(err)
		}
		added = append(added, sent{room, event.TxnID(fmt.Sprintf("t%d", n)), event.RoomMessage, fmt.Sprintf(`{"body":"%d"}`, n)})
		if r.IntN(3) == 0 { // a page repeats calls to a new core
			_ = c.add(room, n)
		}
		time.Sleep(time.Duration(r.IntN(4000)) * time.Millisecond)
		switch r.IntN(6) {
		case 0, 1:
			c.take(s)
		case 2:
			end := disk.Kill
			if r.IntN(2) == 0 {
				end = disk.PowerLoss
			}
			end()
			c.stop()
			c = start(t, disk, s)
		case 3:
			c.outbox.Wake()
		}
	}
	s.mu.Lock()
	s.calm = true
	s.mu.Unlock()
	for range 50 {
		time.Sleep(2 * time.Minute)
		c.take(s)
	}
	if left := c.ledger.Outbox(""); len(left) > 0 {
		t.Errorf("%d left in the outbox: %+v", len(left), left[0])
	}
	for _, room := range rooms {
		want := contents(added, room)
		if got := contents(s.events, room); !slices.Equal(got, want) {
			t.Errorf("server has %v\nwant %v", got, want)
		}
		if got := stored(t, c.ledger, room); !slices.Equal(got, want) {
			t.Errorf("stored %v\nwant %v", got, want)
		}
	}
	c.stop()
	disk.Kill()
	c = start(t, disk, s)
	for n, a := range added {
		check(t, c.add(a.room, n), nil)
		if got, want := c.status(a.txn), fmt.Sprintf("sent %s true", s.accept(a)); got != want {
			t.Errorf("%s after a restart: %q, want %q", a.txn, got, want)
		}
	}
	if left := c.ledger.Outbox(""); len(left) > 0 {
		t.Errorf("%s was taken in twice", left[0].TxnID)
	}
	for _, what := range s.wrong {
		t.Error(what)
	}
	c.stop()
}

func contents(events []sent, room event.RoomID) []string {
	var all []string
	for _, e := range events {
		if e.room == room {
			all = append(all, e.content)
		}
	}
	return all
}

func stored(t *testing.T, l *ledger.Ledger, room event.RoomID) []string {
	_, res, err := l.Read(context.Background(), l.Room(room), storage.ScanPrefix(table.Timeline, table.TimelinePrefix(l.Room(room).Short), 0))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, rec := range slices.Backward(res[0]) {
		_, id, _ := table.ParseTimelineKey(rec.Key)
		chunk, err := table.DecodeChunk(id, rec.Value)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range chunk.Entries {
			all = append(all, string(e.Content()))
		}
	}
	return all
}

// refusing answers with the next error of its list, then accepts.
type refusing struct {
	server
	errs []error
}

func (r *refusing) SendEvent(_ context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	r.mu.Lock()
	if len(r.errs) > 0 {
		err := r.errs[0]
		r.errs = r.errs[1:]
		r.mu.Unlock()
		return "", err
	}
	r.mu.Unlock()
	return r.accept(sent{room, txn, kind, string(content)}), nil
}

func (c *core) states() string {
	var all []string
	for _, o := range c.ledger.Outbox("") {
		all = append(all, string(o.TxnID)+" "+string(o.State))
	}
	return strings.Join(all, ", ")
}

// TestRefused: a refusal fails the entry and holds up those behind it in its
// room, over a restart too, until it is retried or cancelled.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := &homeserver.Error{Status: 403, Errcode: homeserver.Forbidden}
		s := &refusing{server: server{byTxn: map[event.TxnID]int{}}, errs: []error{no, no}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		for n, room := range []event.RoomID{"!a", "!a", "!a"} {
			if err := c.add(room, n); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		c.stop()
		disk.Kill()
		c = start(t, disk, s)
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		check(t, c.outbox.Retry(t.Context(), "t0"), nil)
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		check(t, c.outbox.Cancel(t.Context(), "t0"), nil)
		synctest.Wait()
		if got := c.states(); got != "t1 sent, t2 sent" {
			t.Fatal(got)
		}
		check(t, c.outbox.Cancel(t.Context(), "t1"), outbox.ErrStarted)
		for range 2 {
			check(t, c.outbox.Cancel(t.Context(), "t0"), nil) // a page says it again
			check(t, c.add("!a", 0), nil)
			if got := c.status("t0"); got != "cancelled  true" {
				t.Error(got)
			}
			c.stop()
			disk.Kill()
			c = start(t, disk, s)
		}
		check(t, c.outbox.Cancel(t.Context(), "nobody"), outbox.ErrUnknown)
		check(t, c.outbox.Retry(t.Context(), "nobody"), outbox.ErrUnknown)
		check(t, c.outbox.Retry(t.Context(), "t0"), outbox.ErrUnknown)
		c.stop()
	})
}

// TestStatus follows one entry to its end.
func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}, errs: []error{homeserver.ErrUnreachable}}
		c := start(t, mem.NewDisk(), s)
		c.join()
		check(t, c.add("!a", 0), nil)
		var seen []string
		stop, err := c.outbox.Status(t.Context(), "t0", func(st api.SendStatus, done bool) {
			seen = append(seen, fmt.Sprintf("%s %s %t", st.State, st.EventID, done))
		})
		check(t, err, nil)
		time.Sleep(time.Minute)
		stop()
		got := slices.Compact(seen)
		if want := []string{"queued  false", "sending  false", "queued  false", "sending  false", "sent $0 true"}; !slices.Equal(got, want) && !slices.Equal(got, want[1:]) && !slices.Equal(got, want[2:]) {
			t.Errorf("%q", got)
		}
		_, err = c.outbox.Status(t.Context(), "nobody", func(api.SendStatus, bool) {})
		check(t, err, outbox.ErrUnknown)
		c.stop()
	})
}

// TestStatusAfterwards asks about an event whose echo has taken it out of the
// outbox already, as a page does that is slower than the server.
func TestStatusAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, mem.NewDisk(), &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}})
		c.join()
		check(t, c.add("!a", 0), nil)
		synctest.Wait()
		check(t, c.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			turn.TakeEcho("!a", "t0", "$0")
			return nil
		}), nil)
		if got := c.status("t0"); got != "sent $0 true" {
			t.Error(got)
		}
		other := table.Outgoing{RoomID: "!a", TxnID: "t0", Type: "t", Content: scan.Value(`{}`)}
		check(t, c.outbox.Add(t.Context(), other), outbox.ErrReused)
		c.stop()
	})
}

// killed before and after every commit on its way, a message goes out
// once, and whoever asks the next core hears that it was sent, and as what.
func TestSentOverADeath(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for n := 1; n <= 6; n++ {
			t.Run(fmt.Sprint(n, applied), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { sentOverADeath(t, n, applied) })
			})
		}
	}
}

func sentOverADeath(t *testing.T, n int, applied bool) {
	s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}}
	disk := mem.NewDisk()
	c := start(t, disk, s)
	c.join()
	disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
	for range 2 {
		_ = c.add("!a", 0)
		synctest.Wait()
		c.take(&s.server)
		synctest.Wait()
	}
	for c.ledger.Update(t.Context(), func(_ context.Context, t *ledger.Turn) error { t.SetNextBatch("1"); return nil }) == nil {
		continue // until it is dead
	}
	for range 2 {
		c.stop()
		c = start(t, disk, s)
		check(t, c.add("!a", 0), nil)
		synctest.Wait()
		if got := c.status("t0"); got != "sent $0 true" {
			t.Error(got)
		}
		check(t, c.outbox.Retry(t.Context(), "t0"), nil)
		check(t, c.outbox.Cancel(t.Context(), "t0"), outbox.ErrStarted)
		c.take(&s.server)
		synctest.Wait()
		disk.Kill()
	}
	if left := c.ledger.Outbox(""); len(left) != 0 || len(s.events) != 1 {
		t.Errorf("the server has %v, the outbox %v", s.events, left)
	}
	c.stop()
}

// TestForgetsTheOldest: what left the outbox long ago is not kept for ever.
func TestForgetsTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		const sent = table.Remembered + 10
		for n := range sent {
			check(t, c.add("!a", n), nil)
			synctest.Wait()
			c.take(&s.server)
		}
		for range 2 {
			for n := range sent {
				want := fmt.Sprintf("sent $%d true", n)
				if n < sent-table.Remembered {
					want = outbox.ErrUnknown.Error()
				}
				if got := c.status(event.TxnID(fmt.Sprintf("t%d", n))); got != want {
					t.Errorf("%d: %q, want %q", n, got, want)
				}
			}
			c.stop()
			disk.Kill()
			c = start(t, disk, s)
		}
		c.stop()
	})
}

// status is where an entry stands.
func (c *core) status(txn event.TxnID) (first string) {
	stop, err := c.outbox.Status(context.Background(), txn, func(st api.SendStatus, done bool) {
		if first == "" {
			first = fmt.Sprintf("%s %s %t", st.State, st.EventID, done)
		}
	})
	if err != nil {
		return err.Error()
	}
	stop()
	return first
}

func TestAddRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, mem.NewDisk(), &refusing{server: server{byTxn: map[event.TxnID]int{}}})
		c.join()
		big := scan.Value(`{"body":"` + strings.Repeat("x", 64<<10) + `"}`)
		for _, bad := range []struct {
			out  table.Outgoing
			want error
		}{
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`[]`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`{"a":}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", Type: "t", Content: scan.Value(`{}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`{"a":[{"b":0.5}]}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`{"a":9007199254740992}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: big}, outbox.ErrTooLarge},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: event.RoomRedaction, Content: scan.Value(`{"redacts":["$a"]}`)}, outbox.ErrInvalid},
			{about("!a", "x", event.RoomRedaction, "~nobody"), outbox.ErrTarget},
			{about("!a", "x", event.Reaction, "~x"), outbox.ErrTarget},
			{table.Outgoing{RoomID: "!none", TxnID: "x", Type: "t", Content: scan.Value(`{}`)}, outbox.ErrNoRoom},
		} {
			check(t, c.outbox.Add(t.Context(), bad.out), bad.want)
		}
		check(t, c.add("!a", 1), nil)
		check(t, c.outbox.Add(t.Context(), table.Outgoing{RoomID: "!a", TxnID: "t1", Type: "t", Content: scan.Value(`{}`)}), outbox.ErrReused)
		half := table.Outgoing{RoomID: "!a", TxnID: "t2", Type: "t", Content: scan.Value(`{"body":"\ud83d"}`)}
		check(t, c.outbox.Add(t.Context(), half), nil)
		check(t, c.outbox.Add(t.Context(), half), nil)
		if got := c.ledger.Outgoing("t2").Content; string(got) != `{"body":"\ufffd"}` {
			t.Errorf("half a character is no JSON that a server takes: %s", got)
		}
		synctest.Wait()
		c.stop()
	})
}

func check(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
