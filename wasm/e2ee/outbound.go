package e2ee

import (
	"context"
	"errors"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ErrNeedsKeys says that there is no session that may encrypt the next message of
// a room: Share first.
var ErrNeedsKeys = errors.New("e2ee: no session to encrypt with")

// How long a session lasts, whatever a room's settings say (spec: m.room.encryption).
const (
	defaultPeriod   = 7 * 24 * time.Hour
	minPeriod       = time.Hour
	defaultMessages = 100
	maxMessages     = 10_000
)

// Settings are how a room is encrypted.
type Settings struct {
	// Period and Messages are how long a session lasts, as the room's encryption
	// event says; 0 where it does not.
	Period   time.Duration
	Messages int64
	// Shared is whether the room's history is for those who come later too: its
	// visibility is "shared" or "world_readable".
	Shared bool
	// Devices are who gets the keys.
	Devices Policy
}

func (s *Settings) period() time.Duration {
	if s.Period <= 0 {
		return defaultPeriod
	}
	return max(s.Period, minPeriod)
}

func (s *Settings) messages() uint32 {
	if s.Messages <= 0 {
		return defaultMessages
	}
	return uint32(min(s.Messages, maxMessages))
}

// usable reports whether a session may encrypt one more message.
func (w *Work) usable(s *table.OutboundSession, out *spending) bool {
	now := w.m.Now().UnixMilli()
	return !s.Stale && s.Created <= now && now < s.Until && out.Index() < s.Most
}

// outboundOf returns a room's session, which must have been fetched; ok is false
// if there is none that may encrypt.
func (w *Work) outboundOf(room event.RoomID) (s *table.OutboundSession, out spending, ok bool) {
	s, there := w.outbound.get(room)
	if !there {
		return nil, out, false
	}
	out, err := w.m.sessions.openOutbound(s.Record)
	return s, out, err == nil && w.usable(s, &out)
}

// newOutbound makes a session for a room, which nobody has yet. This device reads
// what it encrypts as all others do.
func (w *Work) newOutbound(ctx context.Context, room event.RoomID, settings *Settings) (out megolm.Outbound, list *table.ShareList, err error) {
	if out, err = megolm.NewOutbound(w.m.Random); err != nil {
		return out, nil, err
	}
	now := w.m.Now()
	w.outbound.put(room, &table.OutboundSession{
		Record: out.Record(), Created: now.UnixMilli(), Until: now.Add(settings.period()).UnixMilli(),
		Most: settings.messages(), Shared: settings.Shared,
	})
	list = &table.ShareList{Session: out.ID(), Devices: map[table.Holder]string{}}
	w.shares.put(room, list)
	_, err = w.importKeys(ctx, []roomKey{{
		name: SessionName{room, out.ID()}, key: out.Inbound(),
		about: table.InboundSession{
			Source: table.KeyOwn, Sender: w.m.user, Curve: table.Key32(w.own.curve()), Ed25519: table.Key32(w.own.signing.Public()), Shared: settings.Shared,
		},
	}})
	return out, list, err
}

// Rotate has the next message of a room encrypted with a new session: somebody
// may have left who was not seen to, such as in a limited sync (FEATURES B-30).
func (w *Work) Rotate(ctx context.Context, rooms ...event.RoomID) error {
	w.outbound.want(rooms...)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for _, room := range rooms {
		if s, there := w.outbound.get(room); there && !s.Stale {
			next := *s
			next.Stale = true
			w.outbound.put(room, &next)
		}
	}
	return nil
}

// Encrypt returns the content of m.room.encrypted for an event, or ErrNeedsKeys.
// It must not leave before the Work is committed: the session has moved on, even if
// the Work has nothing to store.
func (w *Work) Encrypt(ctx context.Context, room event.RoomID, kind string, content scan.Value) (scan.Value, error) {
	if w.account == nil {
		return nil, ErrNeedsKeys
	}
	w.outbound.want(room)
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	s, out, ok := w.outboundOf(room)
	if !ok {
		return nil, ErrNeedsKeys
	}
	message, err := w.encrypt(room, s, out, payload(room, kind, content))
	if err != nil {
		return nil, err
	}
	var b scan.Builder
	b.Text("algorithm", megolmAlgorithm).Text("ciphertext", message).Text("session_id", out.ID())
	b.Text("device_id", string(w.m.device)).Text("sender_key", w.own.curve().String())
	if relation := content.Get(relatesTo); relation.Exists() {
		b.Raw(relatesTo, relation) // servers must see it
	}
	return b.Done(), nil
}

// encrypt spends a session's next index. Of several in a row only some have the session
// stored anew, further on than it is then: see RATIONALE.
func (w *Work) encrypt(room event.RoomID, s *table.OutboundSession, out spending, plaintext []byte) (message string, err error) {
	if message, out.Outbound, err = out.Encrypt(plaintext); err != nil {
		return "", err
	}
	out.spent++
	record := s.Record
	if out.Index() > out.stored {
		next, ahead := *s, out.ahead()
		record, out.stored = ahead.Record(), ahead.Index()
		next.Record = record
		w.outbound.put(room, &next)
	}
	w.m.sessions.outbound.give(string(record), out)
	return message, nil
}

// payload is what is encrypted (spec: m.megolm.v1.aes-sha2).
func payload(room event.RoomID, kind string, content scan.Value) scan.Value {
	var b scan.Builder
	b.Text("room_id", string(room)).Text("type", kind)
	return b.Raw("content", withoutRelation(content)).Done()
}
