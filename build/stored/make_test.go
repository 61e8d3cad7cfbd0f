//go:build !js

package stored_test

import (
	"flag"
	"os"
	"testing"

	"github.com/alcove-chat/alcove/build/stored"
	"github.com/alcove-chat/alcove/storage/mem"
)

var name = flag.String("make", "", "add a fixture of this name, made by the present code")

// TestMake plays the account with the present code, also where no fixture is
// to be made of it.
func TestMake(t *testing.T) {
	disk := mem.NewDisk()
	if err := stored.Live(t.Context(), from(disk)); err != nil {
		t.Fatal(err)
	}
	dump := taken(t, disk)
	shows, err := stored.Shows(t.Context(), from(disk))
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{".dump": dump.Encode(), ".shows": []byte(shows)} {
		if *name != "" {
			add(t, "testdata/"+*name+file, content)
		}
	}
}

// add never writes over a fixture.
func add(t *testing.T, file string, content []byte) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
