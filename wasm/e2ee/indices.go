package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/table"
)

// indexName names a page of a session's indices.
type indexName struct {
	session SessionName
	page    uint32
}

// takeIndex notes that the event has its index, or reports that another had it.
func (w *Work) takeIndex(s *sealed) bool {
	name := indexName{s.name, s.text.Index >> 8}
	known, there := w.indices.get(name)
	if !there {
		known = &table.IndexPage{}
	}
	if !w.indices.changed(name) {
		known = known.Clone()
	}
	ok, isNew := known.Take(s.text.Index, table.PrintOf(s.Event.ID))
	if isNew {
		w.indices.put(name, known)
	}
	return ok
}

// fetchIndices reads what long sessions need besides.
func (w *Work) fetchIndices(ctx context.Context, all []*sealed) error {
	for _, s := range all {
		if s.out.Failure == "" {
			w.indices.want(indexName{s.name, s.text.Index >> 8})
		}
	}
	return w.fetch(ctx)
}
