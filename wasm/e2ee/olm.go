package e2ee

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// maxSessions is how many sessions are kept with a device, maxSeen how many
	// messages of it are known again (FEATURES B-31, D-14).
	maxSessions = 6
	maxSeen     = 200
	// unwedgePause is how long a device gets no new session after the last.
	unwedgePause = time.Hour
)

// receiveOlm opens an encrypted message to this device.
func (w *Work) receiveOlm(ctx context.Context, sender event.UserID, content scan.Value) error {
	curve, err := olm.ParsePublicKey(content.Get("sender_key").Text())
	mine := content.Path("ciphertext", w.own.curve().String())
	body, isText := mine.Get("body").AsText()
	kind, isNumber := mine.Get("type").AsInt()
	if err != nil || content.Get("algorithm").Text() != olmAlgorithm || !isText || !isNumber {
		return nil
	}
	w.peers.want(curve)
	w.users.want(sender)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	hash := hashOf(body)
	if p, _ := w.peers.get(curve); p != nil && slices.Contains(p.Seen, hash) {
		return nil
	}
	plain, ok := w.openOlm(curve, int(kind), body)
	w.see(curve, hash)
	if !ok {
		w.unwedge(sender, curve)
		return nil
	}
	o, ok := w.checkOpened(sender, curve, plain)
	if !ok {
		return nil
	}
	return w.takeOpened(ctx, o)
}

func hashOf(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:])
}

// see notes that a message was looked at.
func (w *Work) see(curve Curve, hash uint64) {
	p := w.changePeer(curve)
	p.Seen = append(p.Seen, hash)
	if extra := len(p.Seen) - maxSeen; extra > 0 {
		p.Seen = slices.Delete(p.Seen, 0, extra)
	}
}

// changePeer returns a copy of what is known of a device that will be stored.
func (w *Work) changePeer(curve Curve) *table.Peer {
	p, _ := w.peers.get(curve)
	if p == nil {
		p = &table.Peer{}
	}
	p = p.Clone()
	w.peers.put(curve, p)
	return p
}

// openOlm decrypts a message with the session it belongs to, or begins that.
func (w *Work) openOlm(curve Curve, kind int, body string) ([]byte, bool) {
	p, _ := w.peers.get(curve)
	if p == nil {
		p = &table.Peer{}
	}
	for i := range p.Sessions {
		s, err := olm.Open(p.Sessions[i].Record)
		if err != nil {
			continue
		}
		if plain, next, err := s.Decrypt(kind, body); err == nil {
			w.keepSession(curve, i, next)
			return plain, true
		}
	}
	if kind != olm.KindPreKey {
		return nil, false
	}
	return w.beginInbound(curve, p, body)
}

// beginInbound takes up a session that another device began. A one-time key is
// used up by a message that opens, not by one that claims to be made with it
// (FEATURES D-17).
func (w *Work) beginInbound(curve Curve, p *table.Peer, body string) ([]byte, bool) {
	first, err := olm.ParsePreKey(body)
	if err != nil || first.Identity() != curve || hasSession(p, first) {
		return nil, false
	}
	pair, ok := w.oneTimeKey(first.OneTime())
	if !ok {
		return nil, false
	}
	plain, s, err := olm.NewInbound(w.own.olm, pair, first)
	if err != nil {
		return nil, false
	}
	w.spend(first.OneTime())
	w.keepSession(curve, -1, s)
	return plain, true
}

// hasSession reports whether a message belongs to a session that is there, which
// then could not read it.
func hasSession(p *table.Peer, first olm.PreKey) bool {
	return slices.ContainsFunc(p.Sessions, func(one table.PeerSession) bool {
		s, err := olm.Open(one.Record)
		return err == nil && s.Matches(first)
	})
}

// keepSession stores a session, of index i or new, as the one that received
// last: that is the one to send with.
func (w *Work) keepSession(curve Curve, i int, s olm.Session) {
	p := w.changePeer(curve)
	if i >= 0 {
		p.Sessions = slices.Delete(p.Sessions, i, i+1)
	}
	p.Sessions = slices.Insert(p.Sessions, 0, table.PeerSession{Record: s.Record(), Received: w.m.Now().UnixMilli()})
	p.Sessions = p.Sessions[:min(len(p.Sessions), maxSessions)]
}

// checkOpened checks what an Olm message says of its sender and recipient
// (FEATURES 2-19): the encryption proves the Curve25519 key, the rest has to
// agree with it.
func (w *Work) checkOpened(sender event.UserID, curve Curve, plain []byte) (*opened, bool) {
	v, err := scan.Parse(plain)
	if err != nil {
		return nil, false
	}
	o := &opened{sender: sender, curve: curve, kind: v.Get("type").Text(), content: v.Get("content")}
	if v.Get("sender").Text() != string(sender) || v.Get("recipient").Text() != string(w.m.user) ||
		v.Path("recipient_keys", "ed25519").Text() != w.own.ed25519() ||
		!readKey(v.Path("keys", "ed25519"), &o.ed25519) || o.content.Kind() != scan.Object {
		return nil, false
	}
	known, _ := w.users.get(sender)
	o.device = known.Of(table.Key32(curve))
	if told := v.Get("sender_device_keys"); told.Exists() {
		d, ok := parseDevice(sender, event.DeviceID(told.Get("device_id").Text()), told)
		if !ok || d.Curve != table.Key32(curve) || d.Ed25519 != o.ed25519 {
			return nil, false
		}
		if o.introduced = true; o.device == nil {
			o.device = &d
		}
	}
	if o.device == nil {
		w.outdate(sender) // whose it is will be known when it matters
	}
	return o, o.device == nil || o.device.Ed25519 == o.ed25519
}

// unwedge begins a new session with a device whose message could not be opened,
// once in a while (spec: recovering from undecryptable messages).
func (w *Work) unwedge(sender event.UserID, curve Curve) {
	known, _ := w.users.get(sender)
	d := known.Of(table.Key32(curve))
	now := w.m.Now().UnixMilli()
	if d == nil || now-d.Wedged < unwedgePause.Milliseconds() {
		return
	}
	next := known.Clone()
	next.Of(table.Key32(curve)).Wedged = now
	w.users.put(sender, next)
	w.wish(sender, d.ID, true)
}
