package e2ee_test

import (
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
)

// TestKillAtEveryStepOfARoom: a device may die at any commit of a conversation, before or
// after it reached the disk. No message is lost to anybody, none is shown twice
// or as another, and no index of a session is used twice (G-4).
func TestKillAtEveryStepOfARoom(t *testing.T) {
	for _, victim := range []string{"A", "B"} {
		for _, applied := range []bool{false, true} {
			n := 1
			for converse(t, victim, n, applied) {
				n++
			}
			t.Logf("%s died at each of %d commits, applied %v", victim, n-1, applied)
		}
	}
}

// converse has a device die at its nth commit, and reports whether it came that
// far.
func converse(t *testing.T, victim string, n int, applied bool) bool {
	what := fmt.Sprintf("%s at %d, applied %v", victim, n, applied)
	w := newWorld(t, uint64(n))
	alice, bob, carol := w.device("@alice:a", "A"), w.device("@bob:b", "B"), w.device("@carol:c", "C")
	dying := map[string]*device{"A": alice, "B": bob}[victim]
	dying.disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
	r := w.room("!r", alice, bob)
	var texts []string
	say := func(d *device, text string) {
		texts = append(texts, text)
		d.say(r, text)
		bob.read(r, r.log...)
	}
	w.settle()
	say(alice, "one")
	say(bob, "two")
	w.settle()
	r.users = append(r.users, "@carol:c")
	say(alice, "three")
	r.leave("@carol:c")
	say(alice, "four")
	alice.rotate(r)
	say(alice, "five")
	w.settle()
	say(bob, "six")
	w.settle()
	for _, d := range []*device{alice, bob} {
		expect(t, what+": "+d.name(), fmt.Sprint(allTold(d.read(r, r.log...))), fmt.Sprint(texts))
		expect(t, what+": woken", len(d.woken(r)), 0)
	}
	for i, p := range carol.read(r, r.log...) {
		if (p.Failure == "") != (i == 2) {
			t.Errorf("%s: carol reads %q of what is not for her", what, told(p))
		}
	}
	seen := map[string]bool{}
	for _, p := range alice.peek(r, r.log...) {
		index := fmt.Sprint(p.Session, p.Index)
		if seen[index] {
			t.Errorf("%s: two messages of index %s", what, index)
		}
		seen[index] = true
	}
	return dying.deaths > 0
}
