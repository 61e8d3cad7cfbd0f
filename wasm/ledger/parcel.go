package ledger

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// A first sync brings many rooms that nobody looks into for days. Such a room is
// packed: its part of the response is stored as it came, and its pages, chunks
// and receipts are made when the first turn needs them. What comes for it
// meanwhile is put behind that, where it says nothing but what was said. Who only
// reads sees records as they will be (Read), which writes nothing, as a full disk
// demands.

// Unpack makes the records of a room from its part of a sync response, in a turn,
// as if it came now; first: it is that of the first sync. It must not change what
// lists show of the room, but for what is unread, which is counted then. Without an error it has taken in, or set aside, all.
type Unpack func(t *Turn, room *table.Room, section scan.Value, first bool) error

// errPacked says that somebody wrote to a packed room and did not Need it first.
var errPacked = errors.New("room is packed")

// MayPack reports whether a room that is new in this turn can be packed: nobody
// waits for an echo in it, and no view that is open can show it.
func (t *Turn) MayPack(room *table.Room, section scan.Value) bool {
	return t.fits(room, section) && !t.ledger.removed[room.ID]
}

// MayPackMore reports whether something can be put behind what is packed of a
// room. A view that is open would have to be told of it.
func (t *Turn) MayPackMore(room *table.Room, section scan.Value) bool {
	return room.Packed && room.Later < table.MaxLater && t.fits(room, section) && !t.ledger.looked(room.ID)
}

func (t *Turn) fits(room *table.Room, section scan.Value) bool {
	return t.ledger.unpack != nil && len(section) <= table.MaxParcel &&
		!slices.ContainsFunc(t.outgoing(), func(o *table.Outgoing) bool { return o.RoomID == room.ID })
}

// Pack stores what came of a new room as it came, or what came since then.
func (t *Turn) Pack(room *table.Room, section scan.Value) {
	key := table.ParcelKey(room.Short)
	if room.Packed {
		room.Later++
		key = table.LaterKey(room.Short, room.Later)
	}
	room.Packed = true
	t.posted[room.ID] = true
	t.batch.Put(table.State, key, table.EncodeParcel(section))
}

// Need says that the turn will look at what is stored of a room, or change it:
// Fetch unpacks it. What names a part of it says so, too.
func (t *Turn) Need(room *table.Room) {
	if t.posted[room.ID] {
		t.mistake = errPacked // what this turn packed is not there to be fetched yet
	}
	if room.Packed {
		t.packed = append(t.packed, parcels{room: room})
	}
}

// NeedParcels says that the turn will look at what is packed, with Parcels.
func (t *Turn) NeedParcels(room *table.Room) {
	t.packed = append(t.packed, parcels{room: room, closed: true})
}

// Parcels returns what is packed of a room, in order, without unpacking it: what
// NeedParcels named and Fetch brought. It is nil where any of it is lost, and need
// not be JSON.
func (t *Turn) Parcels(room *table.Room) [][]byte { return t.sections[room.ID] }

// parcels is a room of which the parcels are to be fetched.
type parcels struct {
	room   *table.Room
	closed bool // they stay packed
}

// fetchParcels reads and unpacks, in one read.
func (t *Turn) fetchParcels(ctx context.Context) error {
	wanted := slices.DeleteFunc(t.packed, func(p parcels) bool { return !p.room.Packed })
	t.packed = nil
	if len(wanted) == 0 {
		return nil
	}
	var queries []storage.Query
	for _, p := range wanted {
		queries = append(queries, storage.Get(table.State, table.ParcelKeys(p.room)...))
	}
	results, err := t.ledger.db.Read(ctx, queries...)
	if err != nil {
		return fmt.Errorf("read parcels: %w", err)
	}
	for i, p := range wanted {
		if p.closed {
			t.sections[p.room.ID] = decodeAll(results[i], table.ParcelBytes)
		} else if p.room.Packed { // it may have been named twice
			t.unpack(p.room, decodeAll(results[i], table.DecodeParcel))
		}
	}
	return nil
}

// decodeAll decodes a room's parcels; it is nil if one is lost.
func decodeAll[T any](records storage.Result, decode func([]byte) (T, error)) (all []T) {
	for _, rec := range records {
		one, err := decode(rec.Value)
		if err != nil {
			return nil
		}
		all = append(all, one)
	}
	return all
}

// unpack makes a room's records, all of which are in the turn then.
func (t *Turn) unpack(room *table.Room, sections []scan.Value) {
	for _, key := range table.ParcelKeys(room) {
		t.batch.Delete(table.State, key)
	}
	room.Packed, room.Later = false, 0
	t.unpacked = true
	changed := t.Changed(room.ID)
	before := len(changed.Chunks)
	if sections == nil {
		t.loseParcel(room)
		t.histories[room.ID] = unpacked(room, changed.Chunks[before:])
	}
	for i, section := range sections {
		if err := t.ledger.unpack(t, room, section, i == 0); err != nil && i == 0 {
			t.loseParcel(room)
		}
		t.histories[room.ID] = unpacked(room, changed.Chunks[before:])
	}
}

// unpacked is the history that these writes make of nothing; of two of one chunk
// the later counts.
func unpacked(room *table.Room, writes []history.Write) *roomHistory {
	h := &roomHistory{room: room, all: true, fetched: true, unpacked: true}
	entries := map[table.ChunkID][]table.Entry{}
	for _, w := range writes {
		if w.Entries != nil {
			entries[w.Span.ChunkID] = w.Entries
		}
	}
	h.Spans = history.Change{Writes: writes}.On(nil)
	if len(h.Spans) > 0 {
		h.Tail = entries[h.Spans[0].ChunkID]
	}
	return h
}

// loseParcel leaves a room of which storage lost all but the summary: the server
// is asked for its state (L-2), and its history begins with a gap (T-7), in which
// lies what is unread. What there is of it may be of another time.
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
	room.News = table.Unread{Rest: []table.UnreadRest{{Counts: room.Unread, Highlights: room.Highlights}}}
}

// view is what the records of a packed room will be.
type view struct {
	short      uint32
	later      int
	pages      uint32
	newest     table.ChunkID
	torn       bool
	news       table.Unread
	unread     int
	highlights int
	puts       []storage.Op // in no order; of two with one key the later counts
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
	if v == nil || v.short != now.Short || v.later != now.Later {
		var err error
		if v, err = l.newView(ctx, now); err != nil {
			return nil, nil, err
		}
		l.seen.Store(v)
	}
	as := now.Clone()
	as.Packed, as.Later, as.Pages, as.Newest, as.Torn = false, 0, v.pages, v.newest, v.torn
	as.News, as.Unread, as.Highlights = v.news, v.unread, v.highlights
	return as, v, nil
}

// looked says that somebody looked into a room since opening, and may still.
func (l *Ledger) looked(id event.RoomID) bool {
	_, ok := l.lookers.Load(id)
	return ok
}

func (l *Ledger) newView(ctx context.Context, room *table.Room) (*view, error) {
	l.lookers.Store(room.ID, true)
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
	return &view{short: r.Short, later: room.Later, pages: r.Pages, newest: r.Newest, torn: r.Torn,
		news: r.News, unread: r.Unread, highlights: r.Highlights, puts: puts}, nil
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
	order.Sort(keys, bytes.Compare)
	keys = slices.CompactFunc(keys, bytes.Equal)
	if q.Limit > 0 {
		keys = keys[:min(len(keys), q.Limit)]
	}
	return v.get(q.Store, keys)
}
