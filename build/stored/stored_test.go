package stored_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/stored"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/table"
)

// S-11: TestStoredFixtures opens every database that an earlier version left, and
// expects of it what that version showed.
func TestStoredFixtures(t *testing.T) {
	for _, name := range stored.Names() {
		t.Run(name, func(t *testing.T) {
			dump, want, err := stored.Fixture(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := stored.Shows(t.Context(), lay(t, dump))
			if err != nil {
				t.Fatal(err)
			}
			differ(t, got, want)
		})
	}
}

// unplayed are the stores of encryption, which the account has nothing of yet.
var unplayed = []storage.Store{
	table.Crypto, table.Devices, table.Peers, table.ToDevices, table.Inbound, table.Indices, table.Outbound, table.Shares, table.Waiting, table.Unsaved,
}

// TestFixtureIsWhole: a store that no record is in would test nothing.
func TestFixtureIsWhole(t *testing.T) {
	for _, name := range stored.Names() {
		dump, _, err := stored.Fixture(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range dump.Schema.Stores {
			if len(dump.Records[s]) == 0 && !slices.Contains(unplayed, s) {
				t.Errorf("%s has nothing in store %s", name, s)
			}
		}
	}
}

func differ(t *testing.T, got, want string) {
	t.Helper()
	g, w := lines(got), lines(want)
	for i := range max(len(g), len(w)) {
		if at(g, i) != at(w, i) {
			t.Fatalf("line %d is  %s\nand was     %s", i+1, at(g, i), at(w, i))
		}
	}
}

func lines(s string) []string { return strings.Split(s, "\n") }

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(the end)"
}
