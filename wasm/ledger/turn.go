package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Turn is one read-compute-commit cycle. It is the batch that will be
// committed and the change to memory that follows.
type Turn struct {
	ledger     *Ledger
	batch      storage.Batch
	durability storage.Durability
	change     Change

	rooms     map[event.RoomID]*table.Room  // copies that may be changed; nil = removed
	spaces    map[event.RoomID]*table.Space // copies that may be changed
	nextShort uint32
	states    map[event.RoomID]*State
	histories map[event.RoomID]*roomHistory
	outbox    []*table.Outgoing // the whole outbox as it will be; nil = as it is
	departed  []*table.Departed
	nextSeq   uint64
	asides    uint64
	session   **table.Session
	nextBatch *string
	filter    *table.Filter
	// accountData are keys of the user's own that were not there before.
	accountData map[string]bool
	judgement   judgement
	replaces    table.DatabaseID
	manifest    *table.Manifest
	// whole are rooms of whose state nothing is missing any more.
	whole []event.RoomID
	// crypto is what the encryption machine does in this turn, nil for nothing.
	crypto *e2ee.Work
	// packed are rooms of which the parcels are needed; unpacked says that some were
	// unpacked.
	packed   []parcels
	unpacked bool
	// records is how many records of rooms there are more than before.
	records int
	// sections are what stays packed.
	sections map[event.RoomID][][]byte
	// posted are rooms of which the turn packed something.
	posted map[event.RoomID]bool
	// mistake is what the turn must not do, and did.
	mistake error
}

// Update takes a turn: it waits for the one before, calls fn, commits what fn
// asked for and tells the listeners. If fn or the commit fails, nothing has
// changed. A cancelled ctx ends the wait for the turn and fn's reads, but not
// the commit, whose outcome must be known.
func (l *Ledger) Update(ctx context.Context, fn func(context.Context, *Turn) error) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer l.end()
	t := l.newTurn()
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := t.finish(ctx); err != nil {
		return err
	}
	if t.unpacked {
		l.packs.Lock()
		defer l.packs.Unlock()
	}
	if t.batch.Len() > 0 {
		if _, err := l.db.Commit(context.WithoutCancel(ctx), &t.batch, t.durability); err != nil {
			l.kept = kept{}
			return fmt.Errorf("commit: %w", err)
		}
	}
	l.keep(t)
	l.apply(t)
	return nil
}

func (l *Ledger) newTurn() *Turn {
	l.mu.RLock()
	defer l.mu.RUnlock()
	t := &Turn{
		ledger: l, nextShort: l.nextShort, nextSeq: l.nextSeq, asides: l.asides,
		rooms:     map[event.RoomID]*table.Room{},
		spaces:    map[event.RoomID]*table.Space{},
		states:    map[event.RoomID]*State{},
		histories: map[event.RoomID]*roomHistory{},
		sections:  map[event.RoomID][][]byte{},
		posted:    map[event.RoomID]bool{},
		change: Change{
			Rooms:    map[event.RoomID]*RoomChange{},
			Presence: map[event.UserID]api.Presence{},
		},
		accountData: map[string]bool{},
		judgement:   l.judgement,
	}
	if l.mending.Len() > 0 {
		t.batch.Append(&l.mending)
		t.Strict()
	}
	return t
}

// Me is that of the ledger.
func (t *Turn) Me() event.UserID { return t.ledger.Me() }

// Rooms returns all rooms as this turn has them; they must not be changed.
func (t *Turn) Rooms() []*table.Room {
	var all []*table.Room
	for _, known := range t.ledger.Rooms() {
		if _, held := t.rooms[known.ID]; !held {
			all = append(all, known)
		}
	}
	for _, r := range t.rooms {
		if r != nil {
			all = append(all, r)
		}
	}
	return all
}

// Room returns a copy of a room to change, or nil if it is unknown. The copy
// is stored and published when the turn ends.
func (t *Turn) Room(id event.RoomID) *table.Room {
	if r, ok := t.rooms[id]; ok {
		return r
	}
	known := t.ledger.Room(id)
	if known == nil {
		return nil
	}
	return t.hold(known.Clone())
}

// AddRoom returns a room to change, a new one if it is unknown.
func (t *Turn) AddRoom(id event.RoomID) (room *table.Room, isNew bool) {
	if r := t.Room(id); r != nil {
		return r, false
	}
	r := &table.Room{ID: id, Short: t.nextShort}
	t.nextShort++
	return t.hold(r), true
}

func (t *Turn) hold(r *table.Room) *table.Room {
	t.rooms[r.ID] = r
	t.Changed(r.ID).Room = r
	return r
}

// roomStores are those whose keys begin with a room's short id, its summary first.
var roomStores = []storage.Store{table.Rooms, table.State, table.Timeline, table.TimelineIndex, table.AccountData, table.Receipts, table.Spaces}

// RemoveRoom removes a room and all that is stored of it.
func (t *Turn) RemoveRoom(id event.RoomID) {
	r := t.Room(id)
	if r == nil {
		return
	}
	prefix := storage.U32(r.Short)
	for _, s := range roomStores {
		t.batch.DeleteRange(s, prefix, storage.PrefixEnd(prefix))
	}
	t.part(r)
	for _, o := range t.outgoing() {
		if o.RoomID == id {
			t.takeOut(o, o.EventID) // "" until it is sent
		}
	}
	t.rooms[id] = nil
	t.Changed(id).Room = nil
	delete(t.states, id)
	delete(t.spaces, id)
}

// Changed returns what will be published of a room.
func (t *Turn) Changed(id event.RoomID) *RoomChange {
	c := t.change.Rooms[id]
	if c == nil {
		c = &RoomChange{}
		t.change.Rooms[id] = c
	}
	return c
}

// ChangeHistory stores what history decided.
func (t *Turn) ChangeHistory(room *table.Room, h history.Change) {
	t.writesTo(room)
	history.Put(&t.batch, room.Short, h)
	for i := range h.Writes {
		if id := h.Writes[i].Span.ChunkID; id.Compare(room.Newest) > 0 {
			room.Newest = id
		}
	}
	c := t.Changed(room.ID)
	for _, hole := range h.Holes {
		c.Chunks = slices.DeleteFunc(c.Chunks, func(w history.Write) bool { return hole.Has(w.Span.ChunkID) })
	}
	c.Holes, c.Chunks = append(c.Holes, h.Holes...), append(c.Chunks, h.Writes...)
}

// writesTo notes a record of a room that is still packed: unpacking it would
// take out what is newer.
func (t *Turn) writesTo(room *table.Room) {
	if room.Packed {
		t.mistake = errPacked
	}
}

// Strict asks for a commit that survives power loss.
func (t *Turn) Strict() { t.durability = storage.Strict }

// Put stores a record that the ledger itself does not keep in memory.
func (t *Turn) Put(s storage.Store, key, value []byte) { t.batch.Put(s, key, value) }

// SetNextBatch records how far the account is synced.
func (t *Turn) SetNextBatch(token string) {
	t.nextBatch = &token
	t.batch.Put(table.Meta, table.NextBatchKey, table.EncodeToken(token))
}

// SetFilter records the filter that the server keeps.
func (t *Turn) SetFilter(f table.Filter) {
	t.filter = &f
	t.batch.Put(table.Meta, table.FilterKey, f.Encode())
}

// SetSession stores the session. Signing out deletes the
// database instead.
func (t *Turn) SetSession(s *table.Session) {
	t.session = &s
	t.batch.Put(table.Meta, table.SessionKey, s.Encode())
	t.Strict()
}

// SetTyping says who is writing in a room. It is not stored.
func (t *Turn) SetTyping(room event.RoomID, users []event.UserID) {
	t.Changed(room).Typing = &users
}

// SetPresence says whether a user is there. It is not stored.
func (t *Turn) SetPresence(user event.UserID, p api.Presence) { t.change.Presence[user] = p }

// PutReceipts stores how far users read. first: nothing is stored of the room.
func (t *Turn) PutReceipts(room *table.Room, list []table.Receipt, first bool) {
	t.writesTo(room)
	if first && len(list) > 0 {
		t.batch.Put(table.Receipts, table.FirstReceiptsKey(room.Short), table.EncodeReceipts(list))
	} else {
		for i := range list {
			t.batch.Put(table.Receipts, table.ReceiptKey(room.Short, &list[i]), table.EncodeReceipts(list[i:i+1]))
		}
	}
	c := t.Changed(room.ID)
	c.Receipts = append(c.Receipts, list...)
}

// PutAccountData stores account data of a room, or the user's own where room
// is nil.
func (t *Turn) PutAccountData(room *table.Room, kind string, content scan.Value) {
	short := uint32(0)
	if room != nil {
		t.writesTo(room)
		short = room.Short
	}
	key := table.AccountDataKey(short, kind)
	if room == nil && !t.ledger.accountData[string(key)] {
		t.accountData[string(key)] = true
	}
	t.change.InvitePermission = t.change.InvitePermission || room == nil && kind == event.InvitePermissionConfig
	t.batch.Put(table.AccountData, key, table.EncodeAccountData(content))
}

// maxAsides bounds what is kept of input that could not be taken in.
const maxAsides = 200

// SetAside stores input that could not be taken in, so that it can be looked
// at and does not stop what came with it (FEATURES D-27). Only the latest are
// kept.
func (t *Turn) SetAside(raw []byte) {
	t.batch.Put(table.Aside, storage.U64(t.asides%maxAsides), raw[:min(len(raw), event.MaxSize)])
	t.asides++
}

// finish turns the copies into records.
func (t *Turn) finish(ctx context.Context) error {
	if err := t.writeStates(ctx); err != nil {
		return err
	}
	if t.mistake != nil {
		return t.mistake
	}
	t.writeSpaces()
	t.writeRooms()
	t.count()
	if t.crypto != nil {
		t.durability = max(t.durability, t.crypto.Finish(&t.batch))
	}
	return nil
}

// apply makes the committed turn the present and tells the listeners.
func (l *Ledger) apply(t *Turn) {
	l.mu.Lock()
	old := make(map[event.RoomID]*table.Room, len(t.rooms))
	for id, room := range t.rooms {
		old[id] = l.rooms[id]
		if room == nil {
			delete(l.rooms, id)
			delete(l.typing, id)
			delete(l.torn, id)
			l.removed[id] = true
			continue
		}
		l.rooms[id] = room
		if room.Torn {
			l.pokeTears()
		}
	}
	for id, c := range t.change.Rooms {
		if c.Room == nil {
			c.Room = l.rooms[id]
		}
		if c.Typing != nil && c.Room != nil {
			l.typing[id] = *c.Typing
		}
	}
	for user, p := range t.change.Presence {
		l.presence[user] = p
	}
	l.applySpaces(t)
	l.changeGraph(t, old)
	l.applyFields(t)
	if t.crypto != nil {
		t.change.Crypto = t.crypto.Committed()
	}
	listeners := l.inOrder()
	l.mu.Unlock()
	for _, f := range listeners {
		f(&t.change)
	}
}

func (l *Ledger) applyFields(t *Turn) {
	l.nextShort, l.nextSeq, l.asides = t.nextShort, t.nextSeq, t.asides
	if t.outbox != nil {
		l.outbox = t.outbox
	}
	for _, one := range t.departed {
		l.departed.add(one)
	}
	if t.session != nil {
		l.session = *t.session
	}
	if t.nextBatch != nil {
		l.nextBatch = *t.nextBatch
	}
	if t.filter != nil {
		l.filter = *t.filter
	}
	maps.Copy(l.accountData, t.accountData)
	l.judgement = t.judgement
	if t.manifest != nil {
		l.manifest, l.stored = *t.manifest, true
	}
	for _, id := range t.whole {
		delete(l.torn, id)
	}
	l.mending = storage.Batch{}
}
