package e2ee

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/table"
)

// savedKey is a session in an upload. Its mark in Unsaved is taken away when the
// server has it, unless more became known of it meanwhile.
type savedKey struct {
	name SessionName
	sum  uint64
}

var sums = maphash.MakeSeed()

func sumOf(s *table.InboundSession) uint64 { return maphash.Bytes(sums, s.Encode()) }

// markUnsaved notes that the backup lacks a session.
func (w *Work) markUnsaved(n SessionName) {
	w.batch.Put(table.Unsaved, table.MegolmKey(n.Room, n.Session), table.UnsavedMark)
	w.unsaved = append(w.unsaved, n)
	w.pace.saving.clean = false
}

// unmark notes that there is nothing to save of a session.
func (w *Work) unmark(n SessionName) {
	w.batch.Delete(table.Unsaved, table.MegolmKey(n.Room, n.Session))
	if w.saved == nil {
		w.saved = map[SessionName]bool{}
	}
	w.saved[n] = true
}

// lacking returns sessions that are marked.
func (w *Work) lacking(ctx context.Context) (names []SessionName, err error) {
	results, err := w.m.reader.Read(ctx, storage.Scan(table.Unsaved, nil, nil, w.saveLimit()+len(w.saved)))
	if err != nil {
		return nil, err
	}
	for _, n := range append(namesOf(results[0]), w.unsaved...) {
		if !w.saved[n] && len(names) < w.saveLimit() && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names, nil
}

// namesOf returns the sessions that records are of.
func namesOf(records storage.Result) (names []SessionName) {
	for _, rec := range records {
		room, session := table.SplitMegolmKey(rec.Key)
		names = append(names, SessionName{room, session})
	}
	return names
}
