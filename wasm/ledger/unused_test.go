package ledger_test

import (
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

// L-3: a database that was opened and never signed in to is empty, not lost,
// whatever opening it wrote.
func TestUnusedIsNotLost(t *testing.T) {
	disk := mem.NewDisk()
	for range 3 {
		l, err := openKnown(t, disk, ledger.Known{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		disk.Kill()
	}
}
