package storagetest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

func all(limit int) storage.Query { return storage.Scan(events, nil, nil, limit) }

func testOrder(t *testing.T, d Database) {
	db := d.open(t)
	keys := [][]byte{
		{0}, {0, 0}, {0, 0xFF}, {1}, {'a'}, {'a', 0}, {'a', 'b'}, {0x7F}, {0x80}, {0x80, 0}, {0xFE, 0xFF}, {0xFF}, {0xFF, 0}, {0xFF, 0xFF},
	}
	var b storage.Batch
	for _, i := range []int{9, 3, 13, 0, 7, 1, 12, 2, 4, 6, 5, 8, 11, 10} {
		b.Put(events, keys[i], keys[i])
	}
	commit(t, db, &b)
	var got [][]byte
	for _, r := range read(t, db, all(0))[0] {
		if !bytes.Equal(r.Key, r.Value) {
			t.Errorf("key %x has value %x", r.Key, r.Value)
		}
		got = append(got, r.Key)
	}
	if !slices.EqualFunc(got, keys, bytes.Equal) {
		t.Errorf("got keys %x, want %x", got, keys)
	}
}

func testRange(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, batch("a=1", "b=2", "ba=3", "bb=4", "c=5"))
	key := func(s string) []byte { return []byte(s) }
	for _, test := range []struct {
		name string
		q    storage.Query
		want []string
	}{
		{"high is exclusive", storage.Scan(events, key("a"), key("b"), 0), []string{"a=1"}},
		{"low is inclusive", storage.Scan(events, key("bb"), nil, 0), []string{"bb=4", "c=5"}},
		{"no low", storage.Scan(events, nil, key("b"), 0), []string{"a=1"}},
		{"prefix", storage.ScanPrefix(events, key("b"), 0), []string{"b=2", "ba=3", "bb=4"}},
		{"empty prefix", storage.ScanPrefix(events, nil, 0), []string{"a=1", "b=2", "ba=3", "bb=4", "c=5"}},
		{"between keys", storage.Scan(events, key("aa"), key("az"), 0), nil},
		{"low equals high", storage.Scan(events, key("b"), key("b"), 0), nil},
		{"low above high", storage.Scan(events, key("c"), key("a"), 0), nil},
		{"high is empty, not nil", storage.Scan(events, nil, []byte{}, 0), nil},
		{"past the end", storage.Scan(events, key("d"), nil, 0), nil},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, read(t, db, test.q)[0], test.want...) })
	}
}

func testLimit(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, batch("a=1", "b=2", "c=3"))
	results := read(t, db, all(1), all(2), all(3), all(4), all(1<<31-1))
	expect(t, results[0], "a=1")
	expect(t, results[1], "a=1", "b=2")
	for _, r := range results[2:] {
		expect(t, r, "a=1", "b=2", "c=3")
	}
}

func testMultiGet(t *testing.T, d Database) {
	db := d.open(t)
	b := batch("a=1", "c=3")
	b.Put(rooms, []byte("a"), []byte("room"))
	commit(t, db, b)
	get := func(s storage.Store, keys ...string) storage.Query {
		q := storage.Get(s)
		for _, k := range keys {
			q.Keys = append(q.Keys, []byte(k))
		}
		return q
	}
	results := read(t, db, get(events, "c", "b", "a", "c"), get(rooms, "a", "c"), get(events))
	expect(t, results[0], "c=3", "b", "a=1", "c=3")
	expect(t, results[1], "a=room", "c")
	expect(t, results[2])
}

func testDeleteRange(t *testing.T, d Database) {
	key := func(s string) []byte { return []byte(s) }
	for _, test := range []struct {
		name      string
		low, high []byte
		want      []string
	}{
		{"middle", key("b"), key("d"), []string{"a=1", "d=4"}},
		{"to the end", key("b"), nil, []string{"a=1"}},
		{"from the start", nil, key("c"), []string{"c=3", "d=4"}},
		{"all", nil, nil, nil},
		{"nothing", key("b"), key("b"), []string{"a=1", "b=2", "c=3", "d=4"}},
		{"reversed", key("d"), key("a"), []string{"a=1", "b=2", "c=3", "d=4"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := d.open(t)
			b := batch("a=1", "b=2", "c=3", "d=4")
			b.Put(rooms, key("b"), key("kept"))
			commit(t, db, b)
			var del storage.Batch
			del.DeleteRange(events, test.low, test.high)
			commit(t, db, &del)
			results := read(t, db, all(0), storage.Scan(rooms, nil, nil, 0))
			expect(t, results[0], test.want...)
			expect(t, results[1], "b=kept")
		})
	}
}

// S-9
func testEmptyValue(t *testing.T, d Database) {
	db := d.open(t)
	var b storage.Batch
	b.Put(events, []byte("nil"), nil)
	b.Put(events, []byte("empty"), []byte{})
	commit(t, db, &b)
	results := read(t, db, storage.Get(events, []byte("nil"), []byte("empty"), []byte("none")), all(0))
	expect(t, results[0], "nil=", "empty=", "none")
	expect(t, results[1], "empty=", "nil=")
}

func testBigValue(t *testing.T, d Database) {
	db := d.open(t)
	var b storage.Batch
	value := bytes.Repeat([]byte{1, 2, 3, 0xFF, 0}, storage.SliceBytes/5+1000)
	key := bytes.Repeat([]byte{7}, 2000)
	b.Put(events, key, value)
	b.Put(events, []byte("small"), []byte("value"))
	commit(t, db, &b)
	result := read(t, db, storage.Get(events, key, []byte("small")))[0]
	if !bytes.Equal(result[0].Value, value) || !bytes.Equal(result[0].Key, key) {
		t.Errorf("a value of %d bytes came back changed, with %d bytes", len(value), len(result[0].Value))
	}
	expect(t, result[1:], "small=value")
}

func testLaterWins(t *testing.T, d Database) {
	db := d.open(t)
	b := batch("a=1", "a=2", "b=1", "c=1")
	b.Delete(events, []byte("b"))
	b.Delete(events, []byte("never there"))
	b.DeleteRange(events, []byte("c"), nil)
	b.Append(batch("c=2", "d=1"))
	commit(t, db, b)
	expect(t, read(t, db, all(0))[0], "a=2", "c=2", "d=1")
}

// S-9
func testCopies(t *testing.T, d Database) {
	db := d.open(t)
	key, value := []byte("a"), []byte("1")
	var b storage.Batch
	b.Put(events, key, value)
	b.Put(events, []byte("b"), []byte("2"))
	commit(t, db, &b)
	key[0], value[0] = 'x', 'x'
	result := read(t, db, all(0))[0]
	expect(t, result, "a=1", "b=2")
	result[0].Key[0], result[0].Value[0] = 'y', 'y'
	_ = append(result[0].Key, 'z')
	_ = append(result[0].Value, 'z')
	expect(t, result, "y=y", "b=2")
	expect(t, read(t, db, all(0))[0], "a=1", "b=2")
}

func testMisuse(t *testing.T, d Database) {
	db := d.open(t)
	var unknown, empty, emptyDelete storage.Batch
	unknown.Put(events, []byte("a"), nil)
	unknown.Put("nowhere", []byte("a"), nil)
	empty.Put(events, nil, []byte("value"))
	emptyDelete.Delete(events, []byte{})
	for name, b := range map[string]*storage.Batch{"nil": nil, "unknown store": &unknown, "empty key": &empty, "delete of empty key": &emptyDelete} {
		if _, err := db.Commit(t.Context(), b, storage.Strict); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			wantError(t, err, storage.ErrMisuse)
		}
	}
	for _, q := range []storage.Query{storage.Scan("nowhere", nil, nil, 0), all(-1), storage.Get(events, []byte("a"), nil)} {
		_, err := db.Read(t.Context(), all(0), q)
		wantError(t, err, storage.ErrMisuse)
	}
	expect(t, read(t, db, all(0))[0])
}

func testEmpty(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, &storage.Batch{})
	if got := read(t, db); len(got) != 0 {
		t.Errorf("no queries got %d results", len(got))
	}
	expect(t, read(t, db, all(0))[0])
}
