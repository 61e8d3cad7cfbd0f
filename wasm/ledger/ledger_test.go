package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// open opens a ledger, where somebody is signed in.
func open(t *testing.T, disk *mem.Disk) *ledger.Ledger {
	t.Helper()
	unpack := func(*ledger.Turn, *table.Room, scan.Value, bool) error { return nil }
	l, err := openKnown(t, disk, ledger.Known{Unpack: unpack})
	if err != nil {
		t.Fatal(err)
	}
	if l.Session() == nil {
		update(t, l, func(turn *ledger.Turn) { turn.SetSession(&table.Session{UserID: "@me:x", DeviceID: "D"}) })
	}
	return l
}

func openKnown(t *testing.T, disk *mem.Disk, k ledger.Known) (*ledger.Ledger, error) {
	t.Helper()
	db, err := mem.Open(t.Context(), disk, table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Open(t.Context(), db, k)
}

func update(t *testing.T, l *ledger.Ledger, fn func(*ledger.Turn)) {
	t.Helper()
	err := l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error { fn(turn); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// picture is all that a ledger has in memory.
func picture(l *ledger.Ledger) map[string]any {
	p := map[string]any{"next": l.NextBatch(), "session": l.Session(), "filter": l.Filter()}
	for _, r := range l.Rooms() {
		p["room "+string(r.ID)] = *r
	}
	for _, o := range l.Outbox("") {
		p["out "+string(o.TxnID)] = *o
	}
	for n := range txns {
		if gone := l.Departed(txn(n)); gone != nil {
			p["gone "+string(gone.TxnID)] = *gone
		}
	}
	return p
}

// txns is how many transaction ids a random ledger uses: more than it remembers.
const txns = 300

func txn(n int) event.TxnID { return event.TxnID(fmt.Sprint("t", n)) }

var errFault = errors.New("fault")

// TestMemoryIsWhatIsStored takes random turns, some of which fail in fn or at
// the commit: memory must always be what a fresh start reads, listeners must
// hear of exactly the turns that were committed, and sequence numbers must not
// be used twice.
func TestMemoryIsWhatIsStored(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		disk := mem.NewDisk()
		l := open(t, disk)
		heard, committed := 0, 0
		listen := func(*ledger.Change) { heard++ }
		nothing := func(context.Context) error { return nil }
		if _, err := l.Watch(t.Context(), nothing, listen); err != nil {
			t.Fatal(err)
		}
		for step := range 120 {
			fate := r.IntN(10)
			if fate == 0 {
				disk.OnCommit(1, mem.Fault{Err: errFault})
			}
			err := l.Update(t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
				randomTurn(turn, r, step)
				if fate == 1 {
					return errFault
				}
				return nil
			})
			switch {
			case err == nil:
				committed++
			case !errors.Is(err, errFault):
				t.Fatal(err)
			}
			if heard != committed {
				t.Fatalf("%d turns were committed, listeners heard of %d", committed, heard)
			}
			if r.IntN(15) > 0 {
				continue
			}
			before := picture(l)
			disk.Kill()
			l = open(t, disk)
			if after := picture(l); !reflect.DeepEqual(before, after) {
				t.Fatalf("seed %d step %d: memory\n%+v\nstored\n%+v", seed, step, before, after)
			}
			if _, err := l.Watch(t.Context(), nothing, listen); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func randomTurn(turn *ledger.Turn, r *rand.Rand, step int) {
	for range 1 + r.IntN(3) {
		id := event.RoomID(fmt.Sprintf("!%d", r.IntN(6)))
		switch r.IntN(9) {
		case 0:
			turn.RemoveRoom(id)
		case 1:
			turn.SetNextBatch(fmt.Sprint(step))
		case 2:
			if txn := txn(r.IntN(txns)); turn.Outgoing(txn) == nil && turn.Departed(txn) == nil {
				turn.AddOutgoing(&table.Outgoing{RoomID: id, TxnID: txn, Type: "t", Content: scan.Value(`{}`), State: api.SendQueued})
			}
		case 7:
			if o := turn.Outgoing(txn(r.IntN(txns))); o != nil {
				turn.Cancelled(o)
			}
		case 8:
			if o := turn.Outgoing(txn(r.IntN(txns))); o != nil {
				turn.Arrived(o, "$"+event.EventID(o.TxnID))
			}
		case 3:
			turn.TakeEcho(id, "", "$none")
			turn.ForgetSent(id)
		case 4:
			turn.SetSession(&table.Session{UserID: "@me:x", Token: fmt.Sprint(step)})
		default:
			room, isNew := turn.AddRoom(id)
			if section := scan.Value(`{}`); isNew && r.IntN(2) == 0 && turn.MayPack(room, section) {
				turn.Pack(room, section)
			}
			room.Membership, room.Name = event.Join, fmt.Sprint(step)
			room.Unread = r.IntN(3)
			turn.SetTyping(id, []event.UserID{"@a:x"})
		}
	}
}

// TestOutboxKeepsItsOrder over changes and restarts.
func TestOutboxKeepsItsOrder(t *testing.T) {
	disk := mem.NewDisk()
	l := open(t, disk)
	add := func(txn event.TxnID) {
		update(t, l, func(turn *ledger.Turn) {
			turn.AddOutgoing(&table.Outgoing{RoomID: "!r", TxnID: txn, Type: "t", Content: scan.Value(`{}`)})
		})
	}
	add("a")
	add("b")
	add("c")
	update(t, l, func(turn *ledger.Turn) { turn.Cancelled(turn.Outgoing("a")) })
	changed := *l.Outgoing("b")
	changed.State = api.SendFailed
	update(t, l, func(turn *ledger.Turn) { turn.ReplaceOutgoing(&changed) })
	disk.Kill()
	l = open(t, disk)
	add("d")
	var order []event.TxnID
	for _, o := range l.Outbox("!r") {
		order = append(order, o.TxnID)
	}
	if !slices.Equal(order, []event.TxnID{"b", "c", "d"}) || l.Outgoing("b").State != api.SendFailed {
		t.Errorf("%v, b is %s", order, l.Outgoing("b").State)
	}
}

func member(n int, name string) *event.Event {
	key := fmt.Sprintf("@user%d:x", n)
	raw := fmt.Sprintf(`{"event_id":"$%d","type":"m.room.member","state_key":%q,"sender":%q,"content":{"membership":"join","displayname":%q}}`, n, key, key, name)
	return &event.Event{ID: event.EventID(fmt.Sprintf("$%d", n)), Type: event.RoomMember, StateKey: &key, Sender: event.UserID(key), Raw: scan.Value(raw)}
}

// TestStateGrows puts more members into a room than its pages hold, all at
// once and one by one: pages double, and nothing is lost.
func TestStateGrows(t *testing.T) {
	l := open(t, mem.NewDisk())
	const total = 3000
	set := func(from, to int) {
		err := l.Update(t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
			room, _ := turn.AddRoom("!big")
			for n := from; n < to; n++ {
				turn.NeedState(room, event.RoomMember, fmt.Sprintf("@user%d:x", n))
			}
			if err := turn.Fetch(ctx); err != nil {
				return err
			}
			for n := from; n < to; n++ {
				turn.State(room).Set(member(n, fmt.Sprint("name ", n)))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(0, 2000)
	for n := 2000; n < total; n += 50 {
		set(n, n+50)
	}
	room := l.Room("!big")
	if room.Pages < 8 {
		t.Errorf("%d pages", room.Pages)
	}
	members, err := l.ReadMembers(t.Context(), room)
	if err != nil || len(members) != total {
		t.Fatalf("%d members, %v", len(members), err)
	}
	found, err := l.ReadState(t.Context(), room, ledger.StateName{Type: event.RoomMember, Key: "@user7:x"}, ledger.StateName{Type: "none"})
	if err != nil || found[0].Path("content", "displayname").Text() != "name 7" || found[1] != nil {
		t.Errorf("%s, %v", found, err)
	}
}

// TestClosed: who comes after the end is told so, and does not wait.
func TestClosed(t *testing.T) {
	l := open(t, mem.NewDisk())
	nothing := func(context.Context) error { return nil }
	started, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 3)
	go func() {
		ended <- l.Update(t.Context(), func(context.Context, *ledger.Turn) error {
			close(started)
			<-goOn
			return nil
		})
	}()
	<-started
	go func() { ended <- l.Close(t.Context()) }()
	close(goOn)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if err := l.Update(t.Context(), func(context.Context, *ledger.Turn) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("update: %v", err)
	}
	if _, err := l.Watch(t.Context(), nothing, func(*ledger.Change) {}); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("watch: %v", err)
	}
}
