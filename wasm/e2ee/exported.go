package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// A session that is exported has nearly the same form in the backup, in a file,
// in a bundle and in m.forwarded_room_key (spec: key exports, key backups).

// sharedNames are the members that say whether a session is for those who come
// later too: of the spec (MSC4268), of its drafts, and of what js-sdk exports.
var sharedNames = []string{"shared_history", "org.matrix.msc3061.shared_history", "m.shared_history"}

func sharedHistory(content scan.Value) bool {
	for _, name := range sharedNames {
		if content.Get(name).IsTrue() {
			return true
		}
	}
	return false
}

func writeShared(b *scan.Builder, shared bool) {
	for _, name := range sharedNames[:2] {
		b.Bool(name, shared)
	}
}

// readExported reads an exported session. What it says of whose session it is,
// is only said. The backup names room and session beside it, and the forwarded
// form the device's Ed25519 key otherwise: they are the caller's.
func readExported(v scan.Value, source table.KeySource) (k roomKey, ok bool) {
	key, err := megolm.ImportInbound(v.Get("session_key").Text())
	if err != nil || v.Get("algorithm").Text() != megolmAlgorithm {
		return k, false
	}
	k = roomKey{name: nameIn(v), key: key, about: table.InboundSession{Source: source, Shared: sharedHistory(v)}}
	readKey(v.Path("sender_claimed_keys", "ed25519"), &k.about.Ed25519)
	return k, readKey(v.Get("sender_key"), &k.about.Curve)
}

// writeExported writes a session from its first index on.
func writeExported(n SessionName, s *table.InboundSession) (scan.Value, error) {
	b, err := beginExported(s)
	if err != nil {
		return nil, err
	}
	nameExported(&b, n, s)
	return b.Done(), nil
}

// writeHistoric is writeExported for a bundle, which says of all its sessions at
// once what the others say of each.
func writeHistoric(n SessionName, s *table.InboundSession) (scan.Value, error) {
	b, err := beginBare(s)
	if err != nil {
		return nil, err
	}
	nameExported(&b, n, s)
	return b.Done(), nil
}

func nameExported(b *scan.Builder, n SessionName, s *table.InboundSession) {
	var claimed scan.Builder
	claimed.Text("ed25519", unpadded.Encode(s.Ed25519[:]))
	b.Text("room_id", string(n.Room)).Text("session_id", n.Session).Raw("sender_claimed_keys", claimed.Done())
}

// beginExported writes what all the forms but the bundle's have in common.
func beginExported(s *table.InboundSession) (b scan.Builder, err error) {
	if b, err = beginBare(s); err != nil {
		return b, err
	}
	b.Texts("forwarding_curve25519_key_chain", nil)
	writeShared(&b, s.Shared)
	return b, nil
}

func beginBare(s *table.InboundSession) (b scan.Builder, err error) {
	in, err := megolm.OpenInbound(s.Record)
	if err != nil {
		return b, err
	}
	key, err := in.Export(in.First())
	if err != nil {
		return b, err
	}
	b.Text("algorithm", megolmAlgorithm).Text("session_key", key).Text("sender_key", unpadded.Encode(s.Curve[:]))
	return b, nil
}
