package e2ee_test

import (
	"fmt"
	"testing"
)

func TestRoom(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob, phone := w.device("@alice:a", "A"), w.device("@bob:b", "B"), w.device("@bob:b", "P")
	w.settle()
	r := w.room("!r", alice, bob, phone)
	for i := range 3 {
		alice.say(r, fmt.Sprint("a", i))
		bob.say(r, fmt.Sprint("b", i))
		w.settle()
	}
	for _, d := range w.devices {
		expect(t, d.name(), fmt.Sprint(allTold(d.read(r, r.log...))), "[a0 b0 a1 b1 a2 b2]")
	}
}
