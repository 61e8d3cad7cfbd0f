package e2ee

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// maxSaved is how many sessions one upload has: to encrypt more would take a
// worker's thread for too long.
const maxSaved = 100

func (k *kept) saveKeys() *Request { return k.pace.saving.next }

// prepareBackup makes the next upload, and finds what waits for keys.
func (w *Work) prepareBackup(ctx context.Context) error {
	w.fillWanted()
	p := &w.pace.saving
	if p.look || p.refused || p.clean || p.next != nil || !w.backup.Trusted {
		return nil
	}
	info, err := backup.ParseInfo(w.backup.Said)
	if err != nil {
		return nil
	}
	if err := w.saveOlder(ctx, info); err != nil || !w.backup.Whole {
		return err
	}
	names, err := w.lacking(ctx)
	if err != nil {
		return err
	}
	p.clean = len(names) == 0
	return w.save(ctx, info, names)
}

func (w *Work) saveLimit() int {
	if limit := w.pace.saving.limit; limit > 0 {
		return limit
	}
	return maxSaved
}

// olderPages is how much of what needs no saving is passed over at once.
const olderPages = 10

// saveOlder goes on with what was there before the backup was, marked or not.
func (w *Work) saveOlder(ctx context.Context, info backup.Info) error {
	for range olderPages {
		if w.backup.Whole {
			return nil
		}
		results, err := w.m.reader.Read(ctx, storage.Scan(table.Inbound, w.backup.Cursor, nil, w.saveLimit()))
		if err != nil {
			return err
		}
		page := results[0]
		b := w.changeBackup()
		if len(page) == 0 {
			b.Whole, b.Cursor = true, nil
			return nil
		}
		after := append(page[len(page)-1].Key, 0)
		if err := w.save(ctx, info, namesOf(slices.DeleteFunc(page, w.isSaved))); err != nil {
			return err
		}
		if next := w.pace.saving.next; next != nil {
			next.cursor = after
			return nil
		}
		b.Cursor = after
	}
	return nil
}

// isSaved reports whether a session came from this very backup.
func (w *Work) isSaved(rec storage.Record) bool {
	s, err := table.DecodeInboundSession(rec.Value)
	return err == nil && s.Source == table.KeyFromBackup && !w.backup.Former
}

// save makes an upload of sessions. A mark of what cannot be saved is taken away.
func (w *Work) save(ctx context.Context, info backup.Info, names []SessionName) error {
	w.inbound.want(names...)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	byRoom := map[event.RoomID]*scan.Builder{}
	var saved []savedKey
	for _, n := range names {
		s, _ := w.inbound.get(n)
		one, err := w.encryptKey(info, s)
		if err != nil {
			w.unmark(n)
			continue
		}
		if byRoom[n.Room] == nil {
			byRoom[n.Room] = &scan.Builder{}
		}
		byRoom[n.Room].Raw(n.Session, one)
		saved = append(saved, savedKey{n, sumOf(s)})
	}
	if len(saved) == 0 {
		return nil
	}
	w.pace.saving.seq++
	w.pace.saving.next = &Request{
		Kind: SaveKeys, Method: "PUT", Path: []string{"room_keys", "keys"}, Version: w.backup.Version,
		Body: roomsOf(byRoom), saved: saved, seq: w.pace.saving.seq,
	}
	return nil
}

func roomsOf(byRoom map[event.RoomID]*scan.Builder) scan.Value {
	var rooms, b scan.Builder
	for room, sessions := range byRoom {
		var one scan.Builder
		rooms.Raw(string(room), one.Raw("sessions", sessions.Done()).Done())
	}
	return b.Raw("rooms", rooms.Done()).Done()
}

// encryptKey returns a session as the backup has it; an error if there is none.
func (w *Work) encryptKey(info backup.Info, s *table.InboundSession) (scan.Value, error) {
	if s == nil {
		return nil, megolm.ErrFormat
	}
	in, err := megolm.OpenInbound(s.Record)
	if err != nil {
		return nil, err
	}
	b, err := beginExported(s)
	if err != nil {
		return nil, err
	}
	var claimed, one scan.Builder
	b.Raw("sender_claimed_keys", claimed.Text("ed25519", unpadded.Encode(s.Ed25519[:])).Done())
	data, err := info.Public.Encrypt(b.Done(), w.m.Random)
	if err != nil {
		return nil, err
	}
	forwarded := int64(1)
	if s.Source.Proven() {
		forwarded = 0
	}
	one.Int("first_message_index", int64(in.First())).Int("forwarded_count", forwarded)
	return one.Bool("is_verified", s.Source.Proven() && s.Vouched).Raw("session_data", data).Done(), nil
}

// keysSaved takes note of what the server has.
func (w *Work) keysSaved(ctx context.Context, r *Request, body scan.Value) error {
	if !w.isNext(r) {
		return nil
	}
	for _, k := range r.saved {
		w.inbound.want(k.name)
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for _, k := range r.saved {
		if s, there := w.inbound.get(k.name); !there || sumOf(s) == k.sum {
			w.unmark(k.name)
		}
	}
	w.pace.saving.next = nil
	if count, ok := body.Get("count").AsInt(); ok && count != w.backup.Count {
		w.changeBackup().Count = count
	}
	if r.cursor != nil {
		w.changeBackup().Cursor = r.cursor
	}
	return w.prepareBackup(ctx)
}

// isNext reports whether r is the upload that is under way.
func (w *Work) isNext(r *Request) bool {
	next := w.pace.saving.next
	return next != nil && next.seq == r.seq && next.Version == r.Version
}

// saveLess takes note that the server would not take an upload. Of one that was
// too large it gets less; for anything else there is no reason to try again
// before the next look.
func (w *Work) saveLess(r *Request, errcode string) {
	if !w.isNext(r) {
		return
	}
	p := &w.pace.saving
	p.next = nil
	if errcode != tooLarge || len(r.saved) == 1 {
		p.refused = true
		return
	}
	p.limit = max(1, len(r.saved)/2)
}
