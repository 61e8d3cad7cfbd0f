package timeline

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// plain returns an event as it is to be shown: decrypted, if it could be.
func (t *Timeline) plain(e *table.Entry) *event.Event {
	if p := t.plains[e.ID]; p != nil && p.Failure == "" && ledger.Encrypted(&e.Event) {
		return &p.Event
	}
	return &e.Event
}

// decrypt opens what is encrypted among entries that are about to be loaded.
func (t *Timeline) decrypt(ctx context.Context, chunks []table.Chunk) error {
	var sealed []event.Event
	for i := range chunks {
		for j := range chunks[i].Entries {
			if e := &chunks[i].Entries[j].Event; ledger.Encrypted(e) && t.plains[e.ID] == nil {
				sealed = append(sealed, *e)
			}
		}
	}
	return t.open(ctx, sealed)
}

func (t *Timeline) open(ctx context.Context, sealed []event.Event) error {
	plains, err := t.ledger.Decrypt(ctx, t.room, sealed)
	if err != nil {
		return err
	}
	t.takePlains(plains)
	return nil
}

// takePlains takes what became of events, loaded or about to be.
func (t *Timeline) takePlains(plains ledger.Plains) {
	for id, p := range plains {
		t.plains[id] = p
		if r := t.rows[id]; r != nil && r.entry != nil {
			t.relations.Put(t.relating(r.entry))
		} else if e := t.apart.events[id]; e != nil {
			t.relations.Put(t.relating(e))
		}
	}
}

// reshow describes a loaded event anew, which may be a line now and not have been
// one, or the other way round.
func (t *Timeline) reshow(r *row) {
	s, was := r.section, r.item != nil
	s.count(r, -1)
	r.item = s.describe(r)
	s.count(r, 1)
	s.dirty = true
	if r.described && was != (r.item != nil) {
		s.timeline.shifted = true
	}
	r.described = true
}

// setEncryption notes since when messages should be encrypted: the first event that
// is known to have said so counts.
func (t *Timeline) setEncryption(e *event.Event) {
	if e.IsState(event.RoomEncryption) && (t.encryptedAt == 0 || e.TS < t.encryptedAt) {
		t.encryptedAt = max(e.TS, 1)
	}
}

// heardCrypto has what is loaded looked at again, where keys came or what is known
// of a sender's devices changed. That reads, so it is not for the turn that told.
func (t *Timeline) heardCrypto(news *e2ee.News) {
	if !t.concerns(news) {
		return
	}
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if t.closed || t.reopening {
		return
	}
	t.reopening = true
	t.flights.Go(func() { t.reopen(t.ctx) })
}

func (t *Timeline) concerns(news *e2ee.News) bool {
	for _, sessions := range []map[e2ee.SessionName]bool{news.Keys, news.Refused} {
		for name := range sessions {
			if name.Room == t.room {
				return true
			}
		}
	}
	for _, r := range t.rows {
		if news.Devices[r.sender] && r.entry != nil && ledger.Encrypted(&r.entry.Event) {
			return true
		}
	}
	return false
}

// reopen decrypts all that is loaded again. It takes a turn, so that no change is
// missed between reading and showing.
func (t *Timeline) reopen(ctx context.Context) {
	_ = t.ledger.Update(ctx, func(ctx context.Context, _ *ledger.Turn) error {
		t.flightMu.Lock()
		t.reopening = false
		t.flightMu.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		var sealed []event.Event
		for _, r := range t.rows {
			if r.entry != nil && ledger.Encrypted(&r.entry.Event) {
				sealed = append(sealed, r.entry.Event)
			}
		}
		for _, e := range t.apart.events {
			if ledger.Encrypted(&e.Event) {
				sealed = append(sealed, e.Event)
			}
		}
		if err := t.open(ctx, sealed); err != nil {
			return err
		}
		t.refresh()
		return nil
	})
}

// cryptoOf says what is known of an event in an encrypted room.
func (t *Timeline) cryptoOf(e *table.Entry) *api.EventCrypto {
	if !ledger.Encrypted(&e.Event) {
		if t.encryptedAt != 0 && e.TS > t.encryptedAt && e.StateKey == nil && e.Type == event.RoomMessage && !e.Redacted() {
			return &api.EventCrypto{State: api.CryptoPlain, Reason: api.NotEncrypted, Shield: api.ShieldRed}
		}
		return nil
	}
	p := t.plains[e.ID]
	switch {
	case p == nil:
		return &api.EventCrypto{State: api.CryptoFailed, Reason: api.KeyMissing}
	case p.Failure != "":
		return &api.EventCrypto{State: api.CryptoFailed, Reason: failure(p)}
	}
	c := &api.EventCrypto{State: api.CryptoDecrypted, DeviceID: p.Device, SharedBy: p.From}
	c.Reason, c.Shield = warning(p.Warning)
	return c
}

func failure(p *e2ee.Plain) api.CryptoReason {
	switch p.Failure {
	case e2ee.KeyWithheld:
		return withheld(p.Withheld)
	case e2ee.KeyLater:
		return api.KeyLater
	case e2ee.KeyWrong, e2ee.EventForged:
		return api.Forged
	case e2ee.EventReplayed:
		return api.Replayed
	case e2ee.EventRoom:
		return api.Misplaced
	case e2ee.EventSender:
		return api.SenderMismatch
	case e2ee.EventAlgorithm:
		return api.AlgorithmUnknown
	case e2ee.KeyMissing:
		return api.KeyMissing
	}
	return api.Malformed
}

// withheld puts the code of a refusal (spec: m.room_key.withheld).
func withheld(code string) api.CryptoReason {
	switch code {
	case "m.unverified":
		return api.KeyUnverified
	case "m.blacklisted":
		return api.KeyBlocked
	case "m.no_olm":
		return api.KeyUnreachable
	case "m.history_not_shared":
		return api.KeyNotShared
	}
	return api.KeyWithheld
}

func warning(w e2ee.Warning) (api.CryptoReason, api.Shield) {
	switch w {
	case e2ee.UserChanged:
		return api.IdentityChanged, api.ShieldRed
	case e2ee.DeviceBlocked:
		return api.DeviceDistrusted, api.ShieldRed
	case e2ee.MessageCopied:
		return api.Copied, api.ShieldGrey
	case e2ee.KeyUnproven:
		return api.KeyUnproven, api.ShieldGrey
	case e2ee.DeviceUnknown:
		return api.DeviceUnknown, api.ShieldGrey
	case e2ee.DeviceUnsigned:
		return api.DeviceNotSigned, api.ShieldRed
	}
	return "", ""
}
