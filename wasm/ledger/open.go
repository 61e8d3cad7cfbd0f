package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ErrLost says that an account was stored here, and that its session is gone.
var ErrLost = errors.New("what was stored is lost")

// Known is what is known of the database from elsewhere.
type Known struct {
	// Sentinel is the page's note of the account, nil where it has none.
	Sentinel *table.Sentinel
	Now      time.Time
	// Unpack is needed where rooms are packed, and by who packs.
	Unpack Unpack
}

// Open reads what must be in memory from the database, in one read, and sees
// whether that is all that was stored (L-1). A part that was lost and that the
// server has comes back with an initial sync; a session that was lost is
// ErrLost, because nothing may be done in its name.
func Open(ctx context.Context, db storage.DB, k Known) (*Ledger, error) {
	results, err := db.Read(ctx,
		storage.Get(table.Meta, table.SessionKey, table.NextBatchKey, table.FilterKey, table.ManifestKey, table.FarewellKey),
		storage.Scan(table.Rooms, nil, nil, 0),
		storage.Scan(table.Outbox, nil, nil, 0),
		storage.ScanPrefix(table.Meta, table.DepartedPrefix, 0),
		storage.ScanPrefix(table.AccountData, table.AccountDataKey(0, ""), 0),
		storage.Scan(table.Spaces, nil, nil, 0),
	)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	o := opening{Ledger: newLedger(db, k.Unpack), known: k, empty: len(results[1]) == 0 && len(results[2]) == 0}
	o.loadMeta(results[0])
	if o.lost() {
		return nil, fmt.Errorf("open ledger: %w", ErrLost)
	}
	o.loadRooms(results[1])
	o.loadOutbox(results[2])
	o.loadDepartures(results[3])
	o.loadAccountData(results[4])
	o.loadSpaces(results[5])
	o.compare()
	return o.Ledger, nil
}

func newLedger(db storage.DB, unpack Unpack) *Ledger {
	return &Ledger{
		db: db, unpack: unpack, turn: make(chan struct{}, 1), closed: make(chan struct{}), nextShort: 1, nextSeq: 1,
		rooms:       map[event.RoomID]*table.Room{},
		spaces:      map[event.RoomID]*table.Space{},
		accountData: map[string]bool{},
		typing:      map[event.RoomID][]event.UserID{},
		presence:    map[event.UserID]api.Presence{},
		torn:        map[event.RoomID]bool{},
		removed:     map[event.RoomID]bool{},
		tears:       make(chan struct{}, 1),
		listeners:   map[int]func(*Change){},
	}
}

// opening is a ledger on its way to be opened.
type opening struct {
	*Ledger
	known Known
	// empty says that nothing is stored, garbled that the session cannot be read.
	empty, garbled bool
	// counted is the manifest as it was found, nil where there is none; vague
	// says that there was one.
	counted *table.Manifest
	vague   bool
	// resync says that the server must be asked for everything.
	resync bool
}

func (o *opening) loadMeta(r storage.Result) {
	var err error
	for _, rec := range r[:4] {
		o.empty = o.empty && rec.Value == nil
	}
	if r[0].Value != nil {
		if o.session, err = table.DecodeSession(r[0].Value); err != nil {
			o.session, o.garbled = nil, true
		}
	}
	if o.nextBatch, err = table.DecodeToken(r[1].Value); err != nil {
		o.resync = true
	}
	if r[2].Value != nil {
		// A garbled filter is uploaded again.
		o.filter, _ = table.DecodeFilter(r[2].Value)
	}
	if r[4].Value != nil {
		if o.farewell, err = table.DecodeSession(r[4].Value); err != nil {
			o.farewell = nil // it names no server to be told
		}
	}
	if r[3].Value != nil {
		if o.counted, err = table.DecodeManifest(r[3].Value); err != nil {
			o.counted, o.vague = nil, true
		}
	}
}

// lost reports that the account that was here is not any more, or that another
// one is here in its place.
func (o *opening) lost() bool {
	sentinel := o.known.Sentinel
	if o.session == nil {
		return o.garbled || !o.empty || sentinel != nil
	}
	return sentinel != nil && o.counted != nil && o.counted.ID != sentinel.Database && o.counted.Replaces != sentinel.Database
}

// loadOutbox leaves a garbled entry in storage: it cannot be sent, but it may
// be all that is left of what somebody wrote.
func (o *opening) loadOutbox(records storage.Result) {
	for _, rec := range records {
		entry, err := table.DecodeOutgoing(rec.Value)
		if err == nil {
			o.outbox = append(o.outbox, entry)
			o.nextSeq = max(o.nextSeq, entry.Seq+1)
		}
	}
}

func (o *opening) loadAccountData(records storage.Result) {
	for _, rec := range records {
		content, err := table.DecodeAccountData(rec.Value)
		if err != nil {
			o.resync = true
			o.mending.Delete(table.AccountData, rec.Key)
			continue
		}
		o.judgement.take(table.AccountDataType(rec.Key), content)
		o.accountData[string(rec.Key)] = true
	}
}

// compare holds what was found against the manifest. What must be done about a
// difference is committed with the first turn.
func (o *opening) compare() {
	now, was := &o.manifest, o.counted
	*now = table.Manifest{RoomRecords: now.RoomRecords, Rooms: len(o.rooms), Outbox: len(o.outbox), AccountData: len(o.accountData), NextShort: o.nextShort}
	switch {
	case was != nil:
		o.nextShort = max(o.nextShort, was.NextShort)
		now.ID, now.Replaces, now.NextShort, now.Lost = was.ID, was.Replaces, o.nextShort, was.Lost
		o.miss(max(0, was.Rooms-now.Rooms), max(0, was.Outbox-now.Outbox))
		o.resync = o.resync || was.Rooms != now.Rooms || was.AccountData != now.AccountData ||
			was.RoomRecords >= 0 && was.RoomRecords != now.RoomRecords
	default:
		now.ID = table.NewDatabaseID(rand.Uint64(), rand.Uint64())
		if s := o.known.Sentinel; s != nil {
			now.Replaces = s.Database
			o.vague = o.vague || o.session != nil
		}
		// Without a manifest and a sentinel the database is of before there were any.
		o.resync = o.resync || o.vague
	}
	o.stored = was != nil && *now == *was
	if o.session == nil {
		dropAll(&o.mending)
	} else if o.resync {
		o.nextBatch = ""
		o.mending.Delete(table.Meta, table.NextBatchKey)
		o.dropOrphans()
	}
}

// miss notes what is missing.
func (o *opening) miss(rooms, unsent int) {
	if rooms+unsent > 0 {
		l := &o.manifest.Lost
		l.Rooms, l.Unsent, l.At = l.Rooms+rooms, l.Unsent+unsent, o.known.Now.UnixMilli()
	}
}
