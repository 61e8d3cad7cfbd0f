package storagetest_test

import (
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
)

// TestDump: what is taken, written, read and filled in again is the same.
func TestDump(t *testing.T) {
	d := storagetest.Dump{
		Schema: storage.Schema{Version: 3, Stores: []storage.Store{"a", "none", "b"}},
		Records: map[storage.Store]storage.Result{
			"a":    {{Key: []byte("k"), Value: []byte{}}, {Key: []byte("l\n"), Value: []byte("ü \"\\ \n\x00\xFF\u2028")}},
			"none": nil,
			"b":    {{Key: []byte{0, 0xFF}, Value: []byte(`{"json":[1]}`)}},
		},
	}
	read, err := storagetest.DecodeDump(d.Encode())
	if err != nil {
		t.Fatal(err)
	}
	db, err := mem.Open(t.Context(), mem.NewDisk(), read.Schema, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Fill(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	again, err := storagetest.Take(t.Context(), db, read.Schema)
	if err != nil || !reflect.DeepEqual(again, d) {
		t.Errorf("got %+v, %v\nwant %+v", again, err, d)
	}
}

func TestDecodeDumpRefuses(t *testing.T) {
	for _, text := range []string{"", "x", "alcove dump, schema version 1\nzz \"\"\n", "alcove dump, schema version 1\n00 broken\n"} {
		if _, err := storagetest.DecodeDump([]byte(text)); err == nil {
			t.Errorf("%q is a dump", text)
		}
	}
}
