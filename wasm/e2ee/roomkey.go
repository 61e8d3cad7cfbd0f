package e2ee

import (
	"bytes"
	"context"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// roomKey is a Megolm session's key on its way in, wherever it came from.
type roomKey struct {
	name SessionName
	key  *megolm.Inbound
	// about is what is said of it; of Record nothing yet.
	about table.InboundSession
	// saved says that the backup has it.
	saved bool
}

// validName reports whether a session may have such a name: nothing that comes
// from outside makes a key of the store that is another session's.
func validName(n SessionName) bool {
	b, err := unpadded.Decode(n.Session)
	return err == nil && len(b) == len(table.Key32{}) && unpadded.Encode(b) == n.Session &&
		n.Room != "" && len(n.Room) <= maxID && !strings.ContainsRune(string(n.Room), 0)
}

// maxID is how long an identifier may be (spec: appendices, identifiers).
const maxID = 255

// importKeys stores keys, where they tell more than is known, and returns of how
// many sessions more can be decrypted now. It reads once, whatever their number.
func (w *Work) importKeys(ctx context.Context, keys []roomKey) (better int, err error) {
	for i := range keys {
		w.inbound.want(keys[i].name)
	}
	if len(w.waiting.bySession) > 0 {
		w.users.want(w.m.user) // whose devices may have been asked
	}
	if err := w.fetch(ctx); err != nil {
		return 0, err
	}
	if err := w.fetchMakers(ctx, keys); err != nil {
		return 0, err
	}
	for i := range keys {
		if validName(keys[i].name) && keys[i].key.ID() == keys[i].name.Session && w.importKey(&keys[i]) {
			better++
		}
	}
	return better, w.cancelAnswered()
}

func (w *Work) importKey(k *roomKey) (better bool) {
	known, there := w.inbound.get(k.name)
	k.about.Received = w.m.Now().UnixMilli()
	next, other, better := joined(known, k)
	told := other != nil && w.addMaker(k.name, other)
	if there && !told && !better && bytes.Equal(next.Record, known.Record) && next.Source == known.Source {
		return false
	}
	w.inbound.put(k.name, next)
	if !k.saved {
		w.markUnsaved(k.name)
	}
	if better || told {
		w.news.Keys[k.name] = true
		w.wake(k.name)
	}
	return better
}

// joined returns the best of what is known of a session, which may be nothing,
// and what comes: the earliest index, and the word of whom to believe about it;
// with what the other one says, if that counts too. That a key begins earlier proves
// nothing about whose session it is.
func joined(known *table.InboundSession, k *roomKey) (next, other *table.InboundSession, better bool) {
	fresh := k.about
	fresh.Record = k.key.Record()
	if known != nil {
		fresh.Withheld = known.Withheld // it still says why the first messages are missing
	}
	if known == nil || known.Record == nil {
		return &fresh, nil, true
	}
	have, err := megolm.OpenInbound(known.Record)
	if err != nil {
		return &fresh, nil, true
	}
	best, err := megolm.Join(have, k.key)
	switch {
	case err == nil:
	case best == have:
		return known, nil, false
	default:
		return &fresh, nil, true // two that contradict each other: nothing of the worse one stays
	}
	next, other = aboutBoth(known, &fresh)
	next.Record = best.Record()
	return next, other, best.First() < have.First()
}

// takeRoomKey takes the key of a session from the device that made it. Only an
// Olm message brings one, which proves the device's keys; whose device it is,
// is asked when a message is decrypted (FEATURES E-12).
func (w *Work) takeRoomKey(ctx context.Context, o *opened) error {
	k, ok := readRoomKey(o)
	if ok {
		w.arrived = append(w.arrived, k)
	}
	return nil
}

// readRoomKey reads m.room_key.
func readRoomKey(o *opened) (k roomKey, ok bool) {
	c := o.content
	if c.Get("algorithm").Text() != megolmAlgorithm {
		return k, false
	}
	key, err := megolm.NewInbound(c.Get("session_key").Text())
	if err != nil {
		return k, false
	}
	k = roomKey{name: nameIn(c), key: key, about: table.InboundSession{
		Source: table.KeyFromOwner, Sender: o.sender, Curve: table.Key32(o.curve), Ed25519: o.ed25519, Shared: sharedHistory(c),
	}}
	return k, true
}

// nameIn returns the session that a content is about.
func nameIn(content scan.Value) SessionName {
	return SessionName{event.RoomID(content.Get("room_id").Text()), content.Get("session_id").Text()}
}
