package storagetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/storage"
)

// Dump is all that a database holds, to be kept as a file: what one version of
// the core stored, for the tests of all later ones.
type Dump struct {
	Schema  storage.Schema
	Records map[storage.Store]storage.Result
}

// Take reads a whole database.
func Take(ctx context.Context, db storage.DB, s storage.Schema) (Dump, error) {
	d := Dump{Schema: s, Records: map[storage.Store]storage.Result{}}
	for _, store := range s.Stores {
		results, err := db.Read(ctx, storage.Scan(store, nil, nil, 0))
		if err != nil {
			return Dump{}, err
		}
		d.Records[store] = results[0]
	}
	return d, nil
}

// Fill puts all of it into a database of the same schema.
func (d Dump) Fill(ctx context.Context, db storage.DB) error {
	var b storage.Batch
	for _, store := range d.Schema.Stores {
		for _, r := range d.Records[store] {
			b.Put(store, r.Key, r.Value)
		}
	}
	_, err := db.Commit(ctx, &b, storage.Strict)
	return err
}

const dumpHead = "alcove dump, schema version %d\n"

// Encode writes a line for each store and one for each record: its key as
// hexadecimal digits, its value as Go quotes it, so that a person can read what
// is text and a review shows what changed.
func (d Dump) Encode() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, dumpHead, d.Schema.Version)
	for _, store := range d.Schema.Stores {
		fmt.Fprintf(&out, "store %s\n", store)
		for _, r := range d.Records[store] {
			fmt.Fprintf(&out, "%x %s\n", r.Key, strconv.Quote(string(r.Value)))
		}
	}
	return out.Bytes()
}

// DecodeDump reads what Encode wrote.
func DecodeDump(text []byte) (Dump, error) {
	d := Dump{Records: map[storage.Store]storage.Result{}}
	in := bufio.NewReader(bytes.NewReader(text))
	if _, err := fmt.Fscanf(in, dumpHead, &d.Schema.Version); err != nil {
		return Dump{}, fmt.Errorf("not a dump: %w", err)
	}
	var store storage.Store
	for n := 2; ; n++ {
		line, err := in.ReadString('\n')
		if err == io.EOF && line == "" {
			return d, nil
		}
		if name, ok := strings.CutPrefix(line, "store "); ok {
			store = storage.Store(strings.TrimSuffix(name, "\n"))
			d.Schema.Stores = append(d.Schema.Stores, store)
			continue
		}
		r, err := decodeRecord(line)
		if err != nil {
			return Dump{}, fmt.Errorf("line %d: %w", n, err)
		}
		d.Records[store] = append(d.Records[store], r)
	}
}

func decodeRecord(line string) (r storage.Record, err error) {
	digits, quoted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	if r.Key, err = hex.DecodeString(digits); err != nil {
		return r, err
	}
	value, err := strconv.Unquote(quoted)
	r.Value = []byte(value)
	return r, err
}
