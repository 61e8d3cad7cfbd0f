package e2ee_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// plain is what is in a file.
func (n *tenant) plain(file []byte, phrase string) []scan.Value {
	n.Helper()
	b, err := keyexport.Decrypt(n.Context(), slices.Clone(file), phrase, quickly)
	if err != nil {
		n.Fatal(err)
	}
	return slices.Collect(scan.Value(b).Items())
}

// TestFile: what one device exports, of the rooms that were chosen, another
// imports; a garbled session costs itself alone.
func TestFile(t *testing.T) {
	h := newHouse(t, 70)
	phone, bob := h.register("alice"), h.register("bob")
	h.settle()
	names := phone.learn(450)
	var told []int
	one := func(room event.RoomID) bool { return room == "!1:house" }
	file, err := phone.machine.Export(t.Context(), one, func(n int) { told = append(told, n) }, "sesame", quickly)
	if err != nil || !slices.IsSorted(told) || told[len(told)-1] != 150 {
		t.Fatalf("%v, told %v", err, told)
	}
	if _, err := bob.machine.ReadExport(t.Context(), slices.Clone(file), "sesam", quickly); !errors.Is(err, keyexport.ErrPassphrase) {
		t.Errorf("another passphrase: %v", err)
	}
	keys, err := bob.machine.ReadExport(t.Context(), file, "sesame", quickly)
	if err != nil || keys.Len() != 150 {
		t.Fatal(keys.Len(), err)
	}
	if so := bob.take(keys); so.Better != 150 || so.Garbled != 0 || bob.has(names) != 150 {
		t.Errorf("%+v, has %d", so, bob.has(names))
	}
	all := phone.plain(phone.export(), "sesame")
	list := []string{`{}`, `null`, `"x"`, `[]`, strings.Replace(string(all[0]), all[0].Get("session_id").Text(), all[1].Get("session_id").Text(), 1),
		strings.Replace(string(all[2]), "m.megolm", "m.megolmx", 1), string(all[3])}
	if so := bob.take(e2ee.KeysOf(scan.Value("[" + strings.Join(list, ",") + "]"))); so.Done != 7 || so.Garbled != 6 {
		t.Errorf("%+v", so)
	}
}

func (n *tenant) export() []byte {
	n.Helper()
	file, err := n.machine.Export(n.Context(), func(event.RoomID) bool { return true }, func(int) {}, "sesame", quickly)
	if err != nil {
		n.Fatal(err)
	}
	return file
}

// TestExportEnds when nobody wants it any more.
func TestExportEnds(t *testing.T) {
	h := newHouse(t, 71)
	phone := h.register("alice")
	h.settle()
	phone.learn(450)
	ctx, cancel := context.WithCancel(t.Context())
	pages := 0
	_, err := phone.machine.Export(ctx, func(event.RoomID) bool { return true }, func(int) { pages++; cancel() }, "x", quickly)
	if !errors.Is(err, context.Canceled) || pages != 1 {
		t.Errorf("%v after %d pages", err, pages)
	}
}

// TestImportOverAndOver: taking in a part again, because the commit did not hold
// or did, changes nothing.
func TestImportOverAndOver(t *testing.T) {
	h := newHouse(t, 72)
	phone := h.register("alice")
	phone.setup("")
	h.mishaps = true
	names := phone.learn(950)
	h.mishaps = false
	h.settle()
	if s := phone.status().Backup; phone.has(names) != 950 || s.Saved != 950 || s.Unsaved != 0 || phone.deaths == 0 {
		t.Errorf("has %d, backup %+v, %d deaths", phone.has(names), s, phone.deaths)
	}
}
