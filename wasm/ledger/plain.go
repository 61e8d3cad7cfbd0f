package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What is encrypted stays so in storage: what a reader has in plain it decrypted
// for itself, or heard of in a change.

// Plains are what became of encrypted events.
type Plains map[event.EventID]*e2ee.Plain

// Of returns entries as they are in plain; what could not be opened as it came.
func (p Plains) Of(entries []table.Entry) []table.Entry {
	if len(p) == 0 {
		return entries
	}
	opened := slices.Clone(entries)
	for i := range opened {
		if one := p[opened[i].ID]; one != nil {
			opened[i].Event = one.Event
		}
	}
	return opened
}

// Decrypt opens what is encrypted among events of rooms, all at once, and
// publishes with the turn what became of it: see Plains.
func (t *Turn) Decrypt(ctx context.Context, rooms map[event.RoomID][]event.Event) error {
	crypto := t.Crypto()
	if crypto == nil {
		return nil
	}
	sealed := sealedOf(rooms)
	opened, err := open(ctx, crypto, sealed)
	for i := range opened {
		t.Changed(sealed[i].Room).takePlain(&opened[i])
	}
	return err
}

func (c *RoomChange) takePlain(p *e2ee.Plain) {
	if c.Plains == nil {
		c.Plains = Plains{}
	}
	c.Plains[p.Event.ID] = p
}

// Plains returns what Decrypt opened of a room.
func (t *Turn) Plains(room event.RoomID) Plains {
	if c := t.change.Rooms[room]; c != nil {
		return c.Plains
	}
	return nil
}

// Decrypt opens what is encrypted among events of a room, without a trace.
func (l *Ledger) Decrypt(ctx context.Context, room event.RoomID, events []event.Event) (Plains, error) {
	m := l.Crypto()
	if m == nil {
		return nil, nil
	}
	opened, err := open(ctx, m.Begin(), sealedOf(map[event.RoomID][]event.Event{room: events}))
	plains := make(Plains, len(opened))
	for i := range opened {
		plains[opened[i].Event.ID] = &opened[i]
	}
	return plains, err
}

func sealedOf(rooms map[event.RoomID][]event.Event) (all []e2ee.Sealed) {
	for room, events := range rooms {
		for i := range events {
			if Encrypted(&events[i]) {
				all = append(all, e2ee.Sealed{Room: room, Event: events[i]})
			}
		}
	}
	return all
}

func open(ctx context.Context, w *e2ee.Work, sealed []e2ee.Sealed) ([]e2ee.Plain, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	opened, err := w.Decrypt(ctx, sealed)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	return opened, nil
}

// Encrypted reports whether there is something in an event to be decrypted.
func Encrypted(e *event.Event) bool {
	return e.Type == event.RoomEncrypted && e.StateKey == nil && !e.Redacted()
}
