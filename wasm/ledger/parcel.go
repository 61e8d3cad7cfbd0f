package ledger

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// A first sync brings many rooms that nobody looks into for days. Such a room is
// packed: its part of the response is stored as it came, and its pages, chunks
// and receipts are made when the first turn needs them. Who only reads sees them
// as they will be (ReadRoom), which writes nothing, as a full disk demands.

// Unpack makes the records of a room from its part of the first sync, in a turn,
// as if it came now. It must not change what lists show of the room.
type Unpack func(t *Turn, room *table.Room, section scan.Value) error

// errPacked says that somebody wrote to a packed room and did not Need it first.
var errPacked = errors.New("room is packed")

// MayPack reports whether a room that is new in this turn can be packed: nobody
// waits for an echo in it, and no view that is open can show it.
func (t *Turn) MayPack(room *table.Room, section scan.Value) bool {
	l := t.ledger
	return l.unpack != nil && len(section) <= table.MaxParcel && !l.removed[room.ID] &&
		!slices.ContainsFunc(t.outgoing(), func(o *table.Outgoing) bool { return o.RoomID == room.ID })
}

// Pack stores what came of a new room as it came.
func (t *Turn) Pack(room *table.Room, section scan.Value) {
	room.Packed = true
	t.batch.Put(table.State, table.ParcelKey(room.Short), table.EncodeParcel(section))
}

// Need says that the turn will look at what is stored of a room, or change it:
// Fetch unpacks it. What names a part of it says so, too.
func (t *Turn) Need(room *table.Room) {
	if room.Packed {
		t.packed = append(t.packed, room)
	}
}

// unpackNeeded unpacks rooms, in one read.
func (t *Turn) unpackNeeded(ctx context.Context) error {
	rooms := slices.DeleteFunc(t.packed, func(r *table.Room) bool { return !r.Packed })
	t.packed = nil
	if len(rooms) == 0 {
		return nil
	}
	var keys [][]byte
	for _, r := range rooms {
		keys = append(keys, table.ParcelKey(r.Short))
	}
	results, err := t.ledger.db.Read(ctx, storage.Get(table.State, keys...))
	if err != nil {
		return fmt.Errorf("read parcels: %w", err)
	}
	for i, r := range rooms {
		if r.Packed { // it may have been named twice
			t.unpack(r, results[0][i].Value)
		}
	}
	return nil
}

// unpack makes a room's records, all of which are in the turn then.
func (t *Turn) unpack(room *table.Room, parcel []byte) {
	room.Packed = false
	t.unpacked = true
	t.batch.Delete(table.State, table.ParcelKey(room.Short))
	changed := t.Changed(room.ID)
	before := len(changed.Chunks)
	section, err := table.DecodeParcel(parcel)
	if err == nil {
		err = t.ledger.unpack(t, room, section)
	}
	if err != nil {
		t.loseParcel(room)
	}
	h := &roomHistory{room: room, all: true, fetched: true, unpacked: true}
	for _, w := range changed.Chunks[before:] {
		h.Spans = append(h.Spans, w.Span)
	}
	if len(h.Spans) > 0 {
		h.Tail = changed.Chunks[before].Entries
	}
	t.histories[room.ID] = h
}

// loseParcel leaves a room of which storage lost all but the summary: the server
// is asked for its state (L-2), and its history begins with a gap (T-7). What
// there is of it may be of another time.
func (t *Turn) loseParcel(room *table.Room) {
	prefix := storage.U32(room.Short)
	for _, s := range roomStores[1:] {
		t.batch.DeleteRange(s, prefix, storage.PrefixEnd(prefix))
	}
	delete(t.states, room.ID)
	s := t.State(room)
	room.Pages = 1
	s.pages[0], s.dirty[0], s.torn = &table.StatePage{}, true, true
	_, change := history.Mend(history.Damage{Newest: table.ChunkID{Fragment: 1, Chunk: table.FirstChunk}})
	t.ChangeHistory(room, change)
}

// view is what the records of a packed room will be.
type view struct {
	short  uint32
	pages  uint32
	newest table.ChunkID
	torn   bool
	puts   []storage.Op // in no order; of two with one key the later counts
}

// look returns the room as it is stored, or as it will be with a view of its
// records where it is packed.
func (l *Ledger) look(ctx context.Context, room *table.Room) (*table.Room, *view, error) {
	if room == nil || !room.Packed {
		return room, nil, nil // it will never be packed again
	}
	l.packs.RLock()
	defer l.packs.RUnlock()
	now := l.Room(room.ID)
	if now == nil || !now.Packed {
		return cmp.Or(now, room), nil, nil
	}
	v := l.seen.Load()
	if v == nil || v.short != now.Short {
		var err error
		if v, err = l.newView(ctx, now); err != nil {
			return nil, nil, err
		}
		l.seen.Store(v)
	}
	as := now.Clone()
	as.Packed, as.Pages, as.Newest, as.Torn = false, v.pages, v.newest, v.torn
	return as, v, nil
}

func (l *Ledger) newView(ctx context.Context, room *table.Room) (*view, error) {
	t := l.newTurn() // that is never committed
	r := t.hold(room.Clone())
	t.Need(r)
	if err := t.Fetch(ctx); err != nil {
		return nil, err
	}
	if err := t.writeStates(ctx); err != nil {
		return nil, err
	}
	if r.Torn {
		l.tear(r.ID)
	}
	puts := slices.DeleteFunc(t.batch.Ops(), func(op storage.Op) bool { return op.Kind != storage.OpPut })
	return &view{short: r.Short, pages: r.Pages, newest: r.Newest, torn: r.Torn, puts: puts}, nil
}

// answer is what storage would answer.
func (v *view) answer(queries []storage.Query) []storage.Result {
	results := make([]storage.Result, len(queries))
	for i, q := range queries {
		if q.Keys != nil {
			results[i] = v.get(q.Store, q.Keys)
		} else {
			results[i] = v.scan(q)
		}
	}
	return results
}

func (v *view) get(s storage.Store, keys [][]byte) storage.Result {
	var found storage.Result
	for _, key := range keys {
		rec := storage.Record{Key: key}
		for _, op := range v.puts {
			if op.Store == s && bytes.Equal(op.Key, key) {
				rec.Value = bytes.Clone(op.Value)
			}
		}
		found = append(found, rec)
	}
	return found
}

func (v *view) scan(q storage.Query) storage.Result {
	var keys [][]byte
	for _, op := range v.puts {
		if op.Store == q.Store && bytes.Compare(op.Key, q.Low) >= 0 && (q.High == nil || bytes.Compare(op.Key, q.High) < 0) {
			keys = append(keys, op.Key)
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	keys = slices.CompactFunc(keys, bytes.Equal)
	if q.Limit > 0 {
		keys = keys[:min(len(keys), q.Limit)]
	}
	return v.get(q.Store, keys)
}
