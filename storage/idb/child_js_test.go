package idb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall/js"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
)

// TestMain also serves the workers that tests spawn from the same program.
func TestMain(m *testing.M) {
	name := os.Getenv("DATABASE")
	var err error
	switch os.Getenv("CHILD") {
	case "commit":
		err = commitForEver(context.Background(), name)
	case "check":
		err = check(context.Background(), name)
	case "raise":
		err = raise(context.Background(), name)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// commitForEver writes its counter into a batch of records and says so after
// each commit. It ends with its worker.
func commitForEver(ctx context.Context, name string) error {
	db, err := idb.Open(ctx, name, schema, storage.Options{})
	if err != nil {
		return err
	}
	pad := strings.Repeat("x", 600)
	for n := 1; ; n++ {
		var b storage.Batch
		for i := range killedBatch {
			b.Put(store, storage.U32(uint32(i)), fmt.Appendf(nil, "%d %s", n, pad))
		}
		if _, err := db.Commit(ctx, &b, storage.Relaxed); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// check says which batch of commitForEver's is stored, 0 if none.
func check(ctx context.Context, name string) error {
	db, err := idb.Open(ctx, name, schema, storage.Options{})
	if err != nil {
		return err
	}
	n, err := wholeBatch(ctx, db)
	if err != nil {
		return err
	}
	fmt.Println(n)
	return db.Close(ctx)
}

// wholeBatch returns the number in all records of a batch.
func wholeBatch(ctx context.Context, db storage.DB) (n int, err error) {
	results, err := db.Read(ctx, storage.Scan(store, nil, nil, 0))
	if err != nil || len(results[0]) == 0 {
		return 0, err
	}
	if len(results[0]) != killedBatch {
		return 0, fmt.Errorf("%d records of %d", len(results[0]), killedBatch)
	}
	for i, r := range results[0] {
		number, _, _ := strings.Cut(string(r.Value), " ")
		m, err := strconv.Atoi(number)
		if err != nil || i > 0 && m != n {
			return 0, fmt.Errorf("half a batch: record %d has %q, the one before it %d", i, number, n)
		}
		n = m
	}
	return n, nil
}

// raise adds to a counter again and again, taking the database back whenever
// it was fenced, and says at last how often it succeeded.
func raise(ctx context.Context, name string) error {
	succeeded, fenced := 0, 0
	for succeeded < 100 && fenced < 30 {
		db, err := idb.Open(ctx, name, schema, storage.Options{})
		if err != nil {
			return err
		}
		for err == nil && succeeded < 100 {
			if err = raiseOnce(ctx, db); err == nil {
				succeeded++
			}
		}
		if errors.Is(err, storage.ErrFenced) {
			fenced++
		} else if err != nil {
			return err
		}
		if err := db.Close(ctx); err != nil {
			return err
		}
	}
	fmt.Println(succeeded)
	fmt.Println(fenced)
	return nil
}

func raiseOnce(ctx context.Context, db storage.DB) error {
	key := []byte("counter")
	results, err := db.Read(ctx, storage.Get(store, key))
	if err != nil {
		return err
	}
	n := 0
	if v := results[0][0].Value; v != nil {
		if n, err = strconv.Atoi(string(v)); err != nil {
			return err
		}
	}
	var b storage.Batch
	b.Put(store, key, fmt.Append(nil, n+1))
	_, err = db.Commit(ctx, &b, storage.Relaxed)
	return err
}

// child is a worker that prints numbers.
type child struct {
	worker js.Value
	lines  chan string
}

func spawn(t *testing.T, task, name string) *child {
	t.Helper()
	c := &child{lines: make(chan string, 10_000)}
	rest := ""
	listen := function(t, func(args []js.Value) any {
		if failed := args[1].String(); failed != "" {
			c.lines <- "failed " + failed
		}
		lines := strings.Split(rest+args[0].String(), "\n")
		for _, line := range lines[:len(lines)-1] {
			c.lines <- line
		}
		rest = lines[len(lines)-1]
		return nil
	})
	c.worker = control(t).Call("spawn", map[string]any{"CHILD": task, "DATABASE": name}, listen)
	t.Cleanup(func() { c.worker.Call("terminate") })
	return c
}

// number waits for the next one.
func (c *child) number(t *testing.T) int {
	t.Helper()
	line := <-c.lines
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("child says %q", line)
	}
	return n
}

// kill ends the worker at once and returns the last number that it said.
func (c *child) kill() (last int) {
	c.worker.Call("terminate")
	for {
		select {
		case line := <-c.lines:
			last, _ = strconv.Atoi(line)
		default:
			return last
		}
	}
}
