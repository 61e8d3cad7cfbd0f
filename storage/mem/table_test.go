package mem

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

// Enough records to split and empty many blocks, checked against a map.
func TestTableOfManyBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var table table
	model := map[string]string{}
	for step := range 30_000 {
		key := fmt.Sprintf("%05d", r.IntN(6000))
		record := storage.Record{Key: []byte(key)}
		if growing := step < 20_000; growing == (r.IntN(4) > 0) {
			record.Value = []byte(fmt.Sprint(step))
		}
		before := table.set(record)
		if old, found := model[key]; found != (before.Value != nil) || string(before.Value) != old {
			t.Fatalf("step %d: %s was %q, want %q", step, key, before.Value, old)
		}
		delete(model, key)
		if record.Value != nil {
			model[key] = string(record.Value)
		}
	}
	if len(table.blocks) < 3 {
		t.Fatalf("%d blocks", len(table.blocks))
	}
	compare(t, &table, model)
}

func compare(t *testing.T, table *table, model map[string]string) {
	t.Helper()
	var want, got []string
	for k, v := range model {
		want = append(want, k+"="+v)
	}
	slices.Sort(want)
	table.scan(nil, nil, func(r storage.Record) bool {
		got = append(got, string(r.Key)+"="+string(r.Value))
		return true
	})
	if !slices.Equal(got, want) {
		t.Fatalf("%d records differ from the model's %d", len(got), len(want))
	}
	for _, block := range table.blocks {
		if len(block) == 0 || len(block) > blockSize {
			t.Fatalf("a block of %d", len(block))
		}
	}
}
