package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Bounds that tests go up to.
const (
	MaxWaitingSessions = maxWaitingSessions
	MaxWaitingEvents   = maxWaitingEvents
	MaxAsked           = maxAsked
	MaxSettled         = maxSettled
)

// SettledRooms counts the rooms of which it is remembered that nobody is left.
func (m *Machine) SettledRooms() int { return len(m.present().settledRooms) }

// Arrival is a key that comes to a device.
type Arrival struct {
	Name  SessionName
	Key   *megolm.Inbound
	About table.InboundSession
	Saved bool
}

// Import imports keys.
func (w *Work) Import(ctx context.Context, arrivals ...Arrival) (better int, err error) {
	var keys []roomKey
	for _, a := range arrivals {
		keys = append(keys, roomKey{a.Name, a.Key, a.About, a.Saved})
	}
	return w.importKeys(ctx, keys)
}

// ImportExported imports exported sessions.
func (w *Work) ImportExported(ctx context.Context, exported []scan.Value, source table.KeySource) (int, error) {
	var keys []roomKey
	for _, v := range exported {
		if k, ok := readExported(v, source); ok {
			keys = append(keys, k)
		}
	}
	return w.importKeys(ctx, keys)
}

// Exported returns a session as it is exported, and what is known of it.
func (w *Work) Exported(ctx context.Context, n SessionName) (exported scan.Value, s *table.InboundSession, err error) {
	w.inbound.want(n)
	if err := w.fetch(ctx); err != nil {
		return nil, nil, err
	}
	s, there := w.inbound.get(n)
	if !there || s.Record == nil {
		return nil, s, nil
	}
	exported, err = writeExported(n, s)
	return exported, s, err
}

// SetTrust notes what the user says of a device.
func (w *Work) SetTrust(ctx context.Context, user event.UserID, device event.DeviceID, said table.DeviceTrust) error {
	w.users.want(user)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	known, _ := w.users.get(user)
	next := known.Clone()
	next.Device(device).Trust = said
	w.users.put(user, next)
	return nil
}

// Post sends something in the clear.
func (w *Work) Post(kind string, user event.UserID, device event.DeviceID, content scan.Value) error {
	return w.post(kind, "", []letter{{user, device, content}})
}
