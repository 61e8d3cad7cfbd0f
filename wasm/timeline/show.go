package timeline

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

// Show returns events that a server found as a timeline would show them now: opened,
// and with what the server sums up of them.
func Show(ctx context.Context, c Config, events []event.Event) (items []api.TimelineItem, err error) {
	t := newTimeline(ctx, c)
	defer t.cancel()
	t.closed = true // it fetches nothing more
	t.detached = &detached{source: &pinned{}}
	err = c.Ledger.Update(ctx, func(ctx context.Context, _ *ledger.Turn) error {
		if err := t.loadWindow(ctx, window{events: events}); err != nil {
			return err
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		defer t.refresh()
		return t.openApart(ctx)
	})
	for _, item := range t.list.Snapshot() {
		if item.Kind == api.ItemEvent {
			items = append(items, item)
		}
	}
	return items, err
}
