package table

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/seal"
)

// sealedStores are the stores whose values are sealed, whole: a value that is
// forgotten in a list of exceptions would be the token. View has a key of its
// own, because a page reads it. The others hold what the server has in plain
// as well.
var sealedStores = seal.Stores{
	Meta: seal.Data, Rooms: seal.Data, Spaces: seal.Data, Outbox: seal.Data, View: seal.View,
	Crypto: seal.Data, Devices: seal.Data, Peers: seal.Data, ToDevices: seal.Data, Inbound: seal.Data,
	Indices: seal.Data, Outbound: seal.Data, Shares: seal.Data, Waiting: seal.Data, Unsaved: seal.Data,
}

// steps bring data from one format to the next, the first from 1 to 2. The list
// is append-only. A step may be cut off at any of its commits and is then begun
// again; the last of them stores the new format.
//
// Schema.Version tells which stores there are, the format what is in them. A
// record that only gets a new version of its own needs no step: it is written
// anew whenever it changes.
var steps = []func(context.Context, *migration) error{
	sealStores,
}

var newestFormat = 1 + len(steps)

// FormatKey is the key in Meta of the data's format. It is absent in a new
// database and in one of format 1, from before anything was sealed.
var FormatKey = []byte("format")

const formatFormat = 1

func encodeFormat(n int) []byte {
	w := newWriter(formatFormat)
	w.uint(uint64(n))
	return w.done()
}

func decodeFormat(value []byte) (int, error) {
	d, _ := newReader(value, formatFormat)
	n := d.uint()
	return int(min(n, 1<<30)), named("format", d.done())
}

// Open brings the data of a database that was just opened to the newest format
// and returns it with its sealed stores open. seal.ErrKey: it is sealed under
// other keys, so that nothing in it can be read any more. storage.ErrNewer: a
// newer program wrote it. A full disk leaves an older format as it is.
func Open(ctx context.Context, db storage.DB, keys seal.Keys, random io.Reader) (storage.DB, error) {
	sealed, err := seal.New(db, keys, sealedStores, random)
	if err != nil {
		return nil, err
	}
	m := &migration{raw: db, sealed: sealed}
	if m.format, err = m.find(ctx); err != nil {
		return nil, fmt.Errorf("open data: %w", err)
	}
	switch {
	case m.format == newestFormat:
		return sealed, nil
	case m.format > newestFormat:
		return nil, fmt.Errorf("open data: %w: format %d", storage.ErrNewer, m.format)
	case m.format == none:
		return marked(sealed, newestFormat), nil
	}
	err = m.run(ctx)
	if errors.Is(err, storage.ErrQuota) {
		if m.format < 2 {
			sealed.AcceptPlain()
		}
		return marked(sealed, m.format), nil
	}
	if err != nil {
		return nil, fmt.Errorf("open data of format %d: %w", m.format, err)
	}
	return sealed, nil
}

// none is the format of a database with nothing in it.
const none = 0

// find returns the format of what is stored. Once anything is sealed the format
// is known, so that nobody can pass plain records off as those of format 1.
func (m *migration) find(ctx context.Context) (int, error) {
	results, err := m.raw.Read(ctx, storage.Get(Meta, FormatKey))
	if err != nil {
		return 0, err
	}
	value := results[0][0].Value
	if plain, err := m.sealed.Open(Meta, FormatKey, value); err == nil {
		return decodeFormat(plain)
	}
	has, err := m.sample(ctx)
	switch {
	case err != nil:
		return 0, err
	case has.opened > 0:
		return 0, named("format", ErrGarbled)
	case has.sealed > 0 && has.plain == 0, seal.Sealed(value):
		return 0, seal.ErrKey
	case has.any:
		return 1, nil
	}
	return none, nil
}

// content is what a sample of a database has: any record at all, and in the
// sealed stores those that look plain, that look sealed and that open.
type content struct {
	any                   bool
	plain, sealed, opened int
}

// sampled is how many records of a store are tried.
const sampled = 100

// sample looks at records of all stores.
func (m *migration) sample(ctx context.Context) (c content, err error) {
	var queries []storage.Query
	for _, s := range Schema().Stores {
		queries = append(queries, storage.Scan(s, nil, nil, sampled))
	}
	results, err := m.raw.Read(ctx, queries...)
	if err != nil {
		return c, err
	}
	for i, q := range queries {
		c.any = c.any || len(results[i]) > 0
		if sealedStores[q.Store] != 0 {
			m.count(&c, q.Store, results[i])
		}
	}
	return c, nil
}

func (m *migration) count(c *content, s storage.Store, records storage.Result) {
	for _, r := range records {
		if !seal.Sealed(r.Value) {
			c.plain++
			continue
		}
		c.sealed++
		if _, err := m.sealed.Open(s, r.Key, r.Value); err == nil {
			c.opened++
		}
	}
}
