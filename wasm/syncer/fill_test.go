package syncer_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// fill fills gaps. What is judged then is in no doubt.
func (s *script) fill(by func()) {
	s.settle()
	packed := s.room("!r").Packed
	by()
	if doubted := unread.Doubted(&s.room("!r").News); len(doubted) > 0 && !packed {
		s.t.Errorf("%v are in doubt", doubted)
	}
	s.lookIntoGaps()
}

// readBack is somebody who does: what lies in gaps comes, a page or more.
func (s *script) readBack() {
	s.t.Helper()
	c := timeline.Config{Ledger: s.ledger, Server: s, Room: "!r", Filled: syncer.Fill}
	shown, err := timeline.Open(s.t.Context(), c, 1+s.r.IntN(40))
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := shown.Paginate(s.t.Context(), 1+s.r.IntN(10)); err != nil {
		s.t.Fatal(err)
	}
	shown.Close()
}

// fillAny stores a page of any gap, as one that was asked for before the gaps
// behind it were there.
func (s *script) fillAny() {
	s.t.Helper()
	s.putPage(func(gaps []table.Span) table.Span { return gaps[s.r.IntN(len(gaps))] }, s.Messages)
}

// putPage does what a timeline does with a page, in a gap of choice of those that
// there are, the newest first.
func (a *account) putPage(choose func(gaps []table.Span) table.Span,
	ask func(context.Context, event.RoomID, homeserver.MessagesParams) (homeserver.Messages, error)) {
	a.t.Helper()
	err := a.ledger.Update(a.t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
		room := turn.Room("!r")
		turn.NeedIndex(room, true)
		if err := turn.Fetch(ctx); err != nil {
			return err
		}
		gaps := slices.DeleteFunc(slices.Clone(turn.History(room).Spans), func(s table.Span) bool { return s.Gap == nil })
		if len(gaps) == 0 {
			return nil
		}
		at := choose(gaps)
		page, err := ask(ctx, "!r", homeserver.MessagesParams{From: at.Gap.From, To: at.Gap.To, Limit: 50})
		if err != nil {
			return err
		}
		older := history.OlderPage{At: at.ChunkID, From: at.Gap.From}
		if page.End != "" {
			older.End = &page.End
		}
		var events []event.Event
		for raw := range page.Chunk.Items() {
			e, err := event.Parse(raw)
			if err != nil {
				return err
			}
			events = append(events, e)
			older.Entries = append(older.Entries, table.Entry{Event: e})
		}
		got := history.Prepend(turn.History(room), older)
		if err := turn.Decrypt(ctx, map[event.RoomID][]event.Event{"!r": events}); err != nil {
			return err
		}
		turn.ChangeHistory(room, got.Change)
		return syncer.Fill(ctx, turn, room, got)
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// lookIntoGaps finds out what of the gaps is stored by now.
func (s *script) lookIntoGaps() {
	s.t.Helper()
	room := s.room("!r")
	_, res, err := s.ledger.Read(s.t.Context(), room, storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(room.Short), 0))
	if err != nil {
		s.t.Fatal(err)
	}
	stored := map[uint64]bool{}
	spans, _ := table.DecodeIndex(res[0])
	for i := range spans {
		for _, hash := range spans[i].Hashes {
			stored[hash] = true
		}
	}
	for at := range s.hidden {
		if stored[table.HashID(s.all[at].id)] {
			delete(s.hidden, at)
			s.shown[at] = true
			if thread := receiptThread(s.all[at].thread); s.all[at].sender == string(me) && at > s.place(s.wrote, thread) {
				s.wrote[thread] = at
			}
			s.filled++
		}
	}
}

// tokenAt is where a token stands: "p7" is before the event of that number.
func (s *script) tokenAt(token string) int {
	if at, ok := s.tokens[token]; ok {
		return at
	}
	at, err := strconv.Atoi(strings.TrimPrefix(token, "p"))
	if err != nil {
		panic(token)
	}
	return at
}

// Messages gives pages that end at the token, or that do not heed it.
func (s *script) Messages(_ context.Context, _ event.RoomID, p homeserver.MessagesParams) (homeserver.Messages, error) {
	from, to := s.tokenAt(p.From), 0
	if p.To != "" && !s.heedless {
		to = s.tokenAt(p.To)
	}
	low := max(to, from-min(p.Limit, s.page))
	var events []string
	for _, m := range slices.Backward(s.all[low:from]) {
		events = append(events, m.raw)
	}
	page := homeserver.Messages{Start: p.From, Chunk: scan.Value("[" + strings.Join(events, ",") + "]")}
	switch {
	case low > to:
		page.End = fmt.Sprint("p", low)
	case to > 0:
		page.End = p.To
	}
	return page, nil
}

func (s *script) Context(context.Context, event.RoomID, event.EventID, int, scan.Value) (homeserver.Context, error) {
	return homeserver.Context{}, homeserver.ErrNotFound
}

func (s *script) Event(context.Context, event.RoomID, event.EventID) (scan.Value, error) {
	return nil, homeserver.ErrNotFound
}

func (s *script) Relations(context.Context, event.RoomID, event.EventID, homeserver.RelationsParams) (homeserver.Relations, error) {
	return homeserver.Relations{}, homeserver.ErrNotFound
}
