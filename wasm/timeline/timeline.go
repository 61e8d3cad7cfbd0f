// Package timeline shows a room's messages as a live list: what is stored, what
// is on its way out, and where something is missing.
//
// Its law: it only shows. What is true is in the ledger; the timeline hears of
// every turn after its commit and changes its list once for it, so that a
// local echo and the server's event are never both there and never both gone.
// A change costs what it touches, not what is loaded.
//
// It does not decide what is stored (package history), and it trusts no event:
// one that is garbled costs its own line.
package timeline

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

var (
	// ErrUnknownRoom says that the account has no such room.
	ErrUnknownRoom = errors.New("unknown room")
	// ErrClosed says that the timeline was closed.
	ErrClosed = errors.New("timeline closed")
)

// Server is what a timeline asks of the homeserver.
type Server interface {
	Messages(ctx context.Context, room event.RoomID, p homeserver.MessagesParams) (homeserver.Messages, error)
	Context(ctx context.Context, room event.RoomID, id event.EventID, limit int, filter scan.Value) (homeserver.Context, error)
	Event(ctx context.Context, room event.RoomID, id event.EventID) (scan.Value, error)
	Relations(ctx context.Context, room event.RoomID, id event.EventID, p homeserver.RelationsParams) (homeserver.Relations, error)
}

// Filled hears in the same turn what a page brings that is put into a gap.
type Filled func(context.Context, *ledger.Turn, *table.Room, history.Prepended) error

// Config is what a timeline stands on.
type Config struct {
	Ledger *ledger.Ledger
	Server Server
	Room   event.RoomID
	// Filled is nil where nobody needs to know.
	Filled Filled
	// Thread is the root of the thread that is shown, "" for what is outside of
	// threads.
	Thread event.EventID
	// Event is what to show with what stands around it.
	Event event.EventID
	// Pinned shows the pinned events alone.
	Pinned bool
	// Zone tells where days begin, oldest first; empty means UTC.
	Zone []api.ZoneOffset
}

// DefaultLimit is how many events are loaded where nobody says.
const DefaultLimit = 30

// Timeline is one open view of a room.
type Timeline struct {
	ledger *ledger.Ledger
	server Server
	filled Filled
	room   event.RoomID
	thread event.EventID
	target event.EventID // what must be loaded from the start, or ""
	zone   zone
	me     event.UserID
	list   *view.List[api.TimelineItem]
	stop   func()
	// ctx ends with the timeline, for what it does by itself.
	ctx    context.Context
	cancel context.CancelFunc

	flightMu sync.Mutex
	flight   *flight
	ahead    *ahead
	page     int // how many events were asked for ahead, or would have been; 0 before the first page
	closed   bool
	flights  sync.WaitGroup // all that waits for the server
	// reopening says that what is loaded is about to be decrypted again.
	reopening bool

	mu    sync.Mutex // guards what follows
	short uint32
	// encryptedAt is when the room's encryption began, 0 where that is not known;
	// plains are what became of its events.
	encryptedAt int64
	plains      ledger.Plains
	sections    []*section // loaded chunks, oldest first, without a hole in storage
	echoes      *section
	// replaced says that the list still shows what was before a reset.
	replaced  bool
	exhausted bool // nothing older is stored
	taking    *taking
	tolerant  bool // what is torn in storage is shown as it is
	rows      map[event.EventID]*row
	txns      map[event.TxnID]*row
	// relations are of all that is loaded, and of what is on its way out.
	relations *relation.Set
	outgoing  outgoing
	apart     apart
	detached  *detached // nil for one that stands on what is stored
	power     power
	names     *names
	readers   map[event.UserID]*reader
	spoke     map[event.UserID]*row // everybody's newest event that is shown
	shifted   bool                  // a line has become none, or the other way round
	awaited   map[event.EventID][]event.UserID
	fullyRead event.EventID
	// marker is the row that the read marker stands below, or nil.
	marker *row
}

// Open loads the newest events of a room, at least limit of them where no gap
// is in the way, and follows the room until Close.
func Open(ctx context.Context, c Config, limit int) (*Timeline, error) {
	t := newTimeline(ctx, c)
	if err := t.start(ctx, c, orDefault(limit)); err != nil {
		t.cancel()
		return nil, err
	}
	return t, nil
}

func newTimeline(ctx context.Context, c Config) *Timeline {
	t := &Timeline{
		ledger: c.Ledger, server: c.Server, filled: c.Filled, room: c.Room, thread: c.Thread, target: cmp.Or(c.Event, c.Thread), zone: c.Zone, me: c.Ledger.Me(),
		list: view.NewList(func(i *api.TimelineItem) string { return i.Key }, same),
	}
	t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return t
}

// start loads what is shown first, and follows the room from then on.
func (t *Timeline) start(ctx context.Context, c Config, limit int) error {
	load := func(ctx context.Context) error { return t.load(ctx, limit) }
	from, err := t.findSource(ctx, c)
	if err != nil {
		return err
	}
	if from != nil {
		w, err := t.detach(ctx, from, limit)
		if err != nil {
			return err
		}
		if t.detached != nil {
			load = func(ctx context.Context) error { return t.loadWindow(ctx, w) }
		}
	}
	return t.mended(ctx, func() (err error) {
		t.stop, err = c.Ledger.Watch(ctx, load, t.hear)
		return err
	})
}

func orDefault(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return min(limit, 1000)
}

// Subscribe returns a stream of the items.
func (t *Timeline) Subscribe() api.Stream[api.ListUpdate[api.TimelineItem]] {
	return t.list.Subscribe(view.Window{})
}

// Items returns the present items. Their contents must not be changed.
func (t *Timeline) Items() []api.TimelineItem { return t.list.Snapshot() }

// Close ends the view, its paginations and its streams.
func (t *Timeline) Close() {
	t.flightMu.Lock()
	t.closed = true
	if t.flight != nil {
		t.flight.cancel()
	}
	t.dropAhead()
	t.flightMu.Unlock()
	t.cancel()
	t.flights.Wait()
	t.stop()
	t.list.Close()
}

// reset forgets all that is loaded.
func (t *Timeline) reset() {
	t.sections, t.replaced, t.exhausted, t.marker, t.fullyRead = nil, true, false, nil, ""
	t.rows = map[event.EventID]*row{}
	t.txns = map[event.TxnID]*row{}
	t.relations = relation.NewSet(relation.Room{Me: t.me, Before: t.before, MayRedact: t.mayRedact})
	t.ignore(t.ledger.Ignored())
	t.outgoing, t.apart, t.power = outgoing{}, newApart(), power{}
	t.plains, t.encryptedAt = ledger.Plains{}, 0
	t.names = newNames()
	t.readers = map[event.UserID]*reader{}
	t.spoke = map[event.UserID]*row{}
	t.awaited = map[event.EventID][]event.UserID{}
	t.echoes = t.newSection(table.ChunkID{Fragment: ^uint32(0), Chunk: ^uint64(0)})
}

// find returns the place of a chunk among the sections, or where it would be.
func (t *Timeline) find(id table.ChunkID) (int, bool) {
	return slices.BinarySearchFunc(t.sections, id, func(s *section, id table.ChunkID) int { return s.id.Compare(id) })
}

// newRow registers an event. It is described when all that came with it is there.
func (t *Timeline) newRow(s *section, e *table.Entry) *row {
	r := &row{section: s, key: itemKey(e.ID), id: e.ID, ts: e.TS, sender: e.Sender, entry: e}
	t.rows[e.ID] = r
	if e.Txn != "" && e.Sender == t.me && t.txns[e.Txn] == nil {
		t.txns[e.Txn] = r
		r.key = table.EchoKey(e.Txn)
	}
	t.relate(e)
	return r
}

// drop forgets an event.
func (t *Timeline) drop(r *row) {
	if t.rows[r.id] == r {
		delete(t.rows, r.id)
		t.relations.Remove(r.id)
	}
	if t.spoke[r.sender] == r {
		delete(t.spoke, r.sender)
	}
	if r.entry != nil && t.txns[r.entry.Txn] == r {
		delete(t.txns, r.entry.Txn)
	}
	delete(t.plains, r.id)
}

// takeName notes a name, and describes anew where it has become one of two.
func (t *Timeline) takeName(id event.UserID, p event.Profile) { t.renamed(t.names.take(id, p)) }

func (t *Timeline) renamed(key string) {
	if key == "" {
		return
	}
	for _, s := range t.sections {
		if s.names[key] {
			s.redraw()
		}
	}
	for _, who := range t.readers {
		if who.at != nil {
			who.at.section.dirty = true
		}
	}
}
