package syncer

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// pass is the taking in of one response.
type pass struct {
	ledger *ledger.Ledger
	me     event.UserID
	since  string
	now    int64
	live   bool // what is new happened just now
	res    response

	twice    map[event.RoomID]bool         // rooms that the response names twice
	direct   map[event.RoomID]event.UserID // nil where the response has no m.direct
	added    []event.RoomID                // rooms that were not known
	archived []*table.Room                 // rooms whose own state counts again
}

// run commits the response: an incremental one whole, an initial one in slices
// at room boundaries with the token in the last, because writing a slice again
// is harmless. progress hears how many rooms are stored.
func (p *pass) run(ctx context.Context, progress func(done, total int)) error {
	rooms := p.res.rooms
	p.twice = namedTwice(rooms)
	for done := 0; ; {
		err := p.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
			p.takeRules(t)
			if err := p.receive(ctx, t, done); err != nil {
				return err
			}
			n, err := p.slice(ctx, t, rooms[done:])
			if done += n; err != nil || done < len(rooms) {
				return err
			}
			return p.last(ctx, t)
		})
		if err != nil {
			return fmt.Errorf("take in sync response: %w", err)
		}
		progress(done, len(rooms))
		if done >= len(rooms) {
			return nil
		}
	}
}

// takeRules takes what the rooms of the response are judged by, which is stored
// behind them.
func (p *pass) takeRules(t *ledger.Turn) {
	for e := range p.res.account.Items() {
		if kind, content, ok := accountData(e); ok && t.Judge(kind, content) {
			doubtRead(t, kind)
		}
	}
}

func namedTwice(rooms []section) map[event.RoomID]bool {
	twice := make(map[event.RoomID]bool, len(rooms))
	for i := range rooms {
		_, named := twice[rooms[i].id]
		twice[rooms[i].id] = named
	}
	return twice
}

// receive gives the encryption machine its part, before the rooms whose keys may
// be in it. In an initial sync that is the first slice, without the token: what
// comes again is known again.
func (p *pass) receive(ctx context.Context, t *ledger.Turn, done int) error {
	crypto := t.Crypto()
	if crypto == nil || done > 0 {
		return nil
	}
	part := p.res.crypto
	part.First = p.since == ""
	return crypto.Receive(ctx, part)
}

// sliceOf returns how many rooms share a commit: in an initial sync as many as a
// slice has place for.
func (p *pass) sliceOf(rooms []section) int {
	records, bytes := 0, 0
	for i := range rooms {
		records, bytes = records+2, bytes+len(rooms[i].body) // packed: its parcel and itself
		if p.ledger.Room(rooms[i].id) != nil {
			records += 6
		}
		if p.since == "" && i > 0 && (records > storage.SliceRecords || bytes > storage.SliceBytes) {
			return i
		}
	}
	return len(rooms)
}

// slice folds as many rooms into the turn as belong in one commit.
func (p *pass) slice(ctx context.Context, t *ledger.Turn, rooms []section) (n int, err error) {
	rooms = rooms[:p.sliceOf(rooms)]
	if err := p.unpackOrFollow(ctx, t, rooms); err != nil {
		return 0, err
	}
	var work []*roomWork
	var again []section
	for i := range rooms {
		if p.comesAgain(rooms[i]) {
			again = append(again, rooms[i])
		} else if w := p.guardPrepare(t, rooms[i]); w != nil {
			work = append(work, w)
		}
	}
	if err := t.Fetch(ctx); err != nil {
		return 0, err
	}
	p.writeArchived(t)
	if err := p.decrypt(ctx, t, work); err != nil {
		return 0, err
	}
	if err := lookUp(ctx, t, work); err != nil {
		return 0, err
	}
	for _, w := range work {
		p.guard(t, w.section, func() { p.write(t, w) })
	}
	for _, s := range again {
		p.guardPrepare(t, s)
	}
	return len(rooms), nil
}

// comesAgain reports whether a section is the invitation to a room, or the knock on
// one, that the user left in the same response: that was before (FEATURES D-25).
func (p *pass) comesAgain(s section) bool {
	return (s.kind == invited || s.kind == knocked) && p.twice[s.id] &&
		slices.ContainsFunc(p.res.rooms, func(o section) bool { return o.id == s.id && o.kind == left })
}

// decrypt opens what came encrypted. Whoever left may have heard a room's keys, from
// others with an invite too, and so may who came or went unseen in a gap (FEATURES
// B-30).
func (p *pass) decrypt(ctx context.Context, t *ledger.Turn, work []*roomWork) error {
	crypto := t.Crypto()
	if crypto == nil {
		return nil
	}
	all := map[event.RoomID][]event.Event{}
	var heard []event.RoomID
	for _, w := range work {
		all[w.room.ID] = w.timeline
		if w.packed {
			all[w.room.ID] = p.heard(w)
		}
		if w.room.Encrypted && !w.unknown && (w.limited || w.parts(p.me)) {
			heard = append(heard, w.room.ID)
		}
	}
	if err := crypto.Rotate(ctx, heard...); err != nil {
		return err
	}
	return t.Decrypt(ctx, all)
}

// parts reports whether somebody else left.
func (w *roomWork) parts(me event.UserID) bool {
	return slices.ContainsFunc(w.effective, func(e event.Event) bool {
		now := event.ReadMembership(e.Content())
		return e.Type == event.RoomMember && *e.StateKey != string(me) && (now == event.Leave || now == event.Ban)
	})
}

func (p *pass) guardPrepare(t *ledger.Turn, s section) (w *roomWork) {
	p.guard(t, s, func() {
		switch s.kind {
		case invited, knocked:
			p.writeStripped(t, s)
		case left:
			if !p.writeGone(t, s) {
				w = p.prepare(t, s)
			}
		default:
			w = p.prepare(t, s)
		}
	})
	return w
}

// guard sets a room's section aside if taking it in panics. The parsers have
// no panic that we know of; but if one did, the same response would come again
// at every start and nothing would ever be synced (FEATURES D-27).
func (p *pass) guard(t *ledger.Turn, s section, fn func()) {
	defer func() {
		if recover() != nil {
			t.SetAside(s.body)
		}
	}()
	fn()
}

// last folds in what is not about one room, and the token.
func (p *pass) last(ctx context.Context, t *ledger.Turn) error {
	if err := p.writeAccount(ctx, t, p.res.account); err != nil {
		return err
	}
	p.writePresence(t, p.res.presence)
	if p.since == "" {
		p.dropStale(t)
	}
	t.SetNextBatch(p.res.nextBatch)
	return nil
}

// dropStale marks rooms as left that an initial sync does not name: they are
// from before it, or from slices of one that was cut off.
func (p *pass) dropStale(t *ledger.Turn) {
	named := make(map[event.RoomID]bool, len(p.res.rooms))
	for i := range p.res.rooms {
		named[p.res.rooms[i].id] = true
	}
	for _, known := range t.Rooms() {
		if named[known.ID] || known.Membership == event.Leave || known.Membership == event.Ban {
			continue
		}
		if !known.HasState() {
			t.RemoveRoom(known.ID)
		} else {
			t.Room(known.ID).Membership = event.Leave
		}
	}
}
