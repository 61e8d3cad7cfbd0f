package timeline_test

import (
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// After a gap the server never echoes what was sent before it: the event comes
// back with the gap, as the same item.
func TestSentEchoComesBackWithTheGap(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 1)...)...)
	w.take()
	tl := w.open(0)
	w.send("t1")
	w.sent("t1", "$e1")
	w.say(own("$e1", "t1"))
	w.say(many("b", 3)...)
	w.page = 2
	w.take()
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "closed", lines(tl.Items()), "start day1 $c $a0 ~t1 $b0 $b1 $b2")
}

func outgoing(txn string) *table.Outgoing {
	return &table.Outgoing{RoomID: room, TxnID: event.TxnID(txn), Type: "m.room.message", Content: scan.Value(`{"body":"b"}`), Created: day(1), State: api.SendQueued}
}

func (w *world) send(txn string) {
	w.t.Helper()
	w.turn(func(t *ledger.Turn) { t.AddOutgoing(outgoing(txn)) })
}

func (w *world) sent(txn, id string) {
	w.t.Helper()
	w.turn(func(t *ledger.Turn) {
		if o := t.Outgoing(event.TxnID(txn)); o != nil {
			c := *o
			c.State, c.EventID = api.SendSent, event.EventID(id)
			t.ReplaceOutgoing(&c)
		}
	})
}

// T-3, T-4, FEATURES D-09: the key stays, and no frame has both or none.
func TestEchoBecomesEvent(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	w.send("t1")
	expect(t, "first echo", f.next(), "insert 4 ~t1?queued")
	w.send("t2")
	expect(t, "second echo", f.next(), "insert 5 ~t2?queued")
	w.sent("t1", "$e1")
	expect(t, "answer", f.next(), "set 4 ~t1?sent")
	w.say(own("$e1", "t1"))
	w.take()
	expect(t, "echo", f.next(), "set 4 ~t1")
	w.say(text("$2", "@a:x", 1), own("$e2", "t2"))
	w.take()
	expect(t, "echo before the answer", f.next(), "insert 5 $2; set 6 ~t2")
	w.sent("t2", "$e2")
	w.send("t3")
	expect(t, "third echo", f.next(), "insert 7 ~t3?queued")
	w.sent("t3", "$e3")
	expect(t, "answer", f.next(), "set 7 ~t3?sent")
	w.say(strings.Replace(own("$e3", ""), "transaction_id", "none", 1))
	w.take()
	expect(t, "echo without transaction id", f.next(), "set 7 ~t3")
	expect(t, "after a reload", lines(w.open(0).Items()), "start day1 $c $1 ~t1 $2 ~t2 ~t3")
}

func TestOneTransactionIDTwiceIsTwoItems(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), own("$1", "t"), own("$2", "t"), strings.Replace(own("$3", "t"), "@me:x", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	expect(t, "opened", lines(f.items), "start day1 $c ~t $2 $3")
	w.send("t")
	w.send("t2")
	expect(t, "an echo of what is there", f.next(), "insert 6 ~t2?queued")
}

// T-3.
func TestKeysThatLookLikeOthers(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("start", "@a:x", 1), text("~t", "@a:x", 1), text("day/$c", "@a:x", 1), text("readMarker", "@a:x", 1), own("$t", "t"))
	w.take()
	expect(t, "opened", lines(follow(t, w.open(0)).items), "start day1 $c !start !~t !day/$c !readMarker ~t")
}
