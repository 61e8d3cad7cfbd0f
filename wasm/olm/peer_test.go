package olm_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/crypto"
	"maunium.net/go/mautrix/crypto/goolm/session"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// both is one side of one session, here and with goolm.
type both struct {
	own  olm.Session
	peer *session.OlmSession
	past []past
}

// past is what a session was, and its record then.
type past struct {
	own    olm.Session
	record []byte
}

// begin lets both begin the same session.
func begin(t testing.TB, seed uint64, identity pair, theirIdentity, theirOneTime olm.PublicKey) (b both) {
	t.Helper()
	var err, peerErr error
	sameRandom(seed, func(random io.Reader) {
		b.own, err = olm.NewOutbound(identity.own, theirIdentity, theirOneTime, random)
	}, func() {
		b.peer, peerErr = session.NewOutboundOlmSession(identity.peer, theirIdentity[:], theirOneTime[:])
	})
	if err != nil || peerErr != nil {
		t.Fatalf("%v, goolm: %v", err, peerErr)
	}
	b.check(t)
	return b
}

// clone returns the same session, which goes its own way.
func (b both) clone(t testing.TB) both {
	t.Helper()
	return both{own: b.own, peer: asPeer(t, b.own)}
}

func (b *both) checkPast(t testing.TB) {
	t.Helper()
	for _, p := range b.past {
		if !bytes.Equal(p.own.Record(), p.record) {
			t.Fatal("a session changed")
		}
	}
}

// check compares all that the two have.
func (b *both) check(t testing.TB) {
	t.Helper()
	b.past = append(b.past, past{b.own, b.own.Record()})
	if want, got := b.peer.PickleLibOlm(), pickle(b.own); !bytes.Equal(got, want) {
		t.Fatalf("session:\n%x, goolm:\n%x", got, want)
	}
	if b.own.ID() != b.peer.ID().String() || b.own.Received() != b.peer.HasReceivedMessage() {
		t.Fatalf("session %s, goolm %s", b.own.ID(), b.peer.ID())
	}
}

// encrypt returns the message of a text, which both must make alike.
func (b *both) encrypt(t testing.TB, seed uint64, text []byte) letter {
	t.Helper()
	l := letter{text: text}
	var peerKind id.OlmMsgType
	var peerBody []byte
	var err, peerErr error
	sameRandom(seed, func(random io.Reader) {
		l.kind, l.body, b.own, err = b.own.Encrypt(text, random)
	}, func() {
		peerKind, peerBody, peerErr = b.peer.Encrypt(text)
	})
	if err != nil || peerErr != nil {
		t.Fatalf("%v, goolm: %v", err, peerErr)
	}
	if l.kind != int(peerKind) || l.body != string(peerBody) {
		t.Fatalf("%d %s, goolm: %d %s", l.kind, l.body, peerKind, peerBody)
	}
	b.check(t)
	return l
}

// letter is a message, and what it says.
type letter struct {
	kind int
	body string
	text []byte
}

// receive asks both about a message. They must give one answer, and if it is a
// text both move on.
func (b *both) receive(t testing.TB, kind int, body string) (text []byte, err error) {
	t.Helper()
	record := b.own.Record()
	text, b.own, err = b.own.Decrypt(kind, body)
	peerText, peerErr := peerReceive(b.peer, kind, body)
	if (err == nil) != (peerErr == nil) || !bytes.Equal(text, peerText) {
		t.Fatalf("%d %s: %q, %v; goolm: %q, %v", kind, body, text, err, peerText, peerErr)
	}
	if err != nil && !bytes.Equal(b.own.Record(), record) {
		t.Fatalf("%v, and the session changed", err)
	}
	b.check(t)
	return text, err
}

// peerReceive asks goolm as its users do, first whether a pre-key message is of
// this session.
func peerReceive(s *session.OlmSession, kind int, body string) ([]byte, error) {
	if kind == olm.KindPreKey {
		if ok, err := s.MatchesInboundSession(body); err != nil || !ok {
			return nil, errors.Join(errors.New("of another session"), err)
		}
	}
	return s.Decrypt(body, id.OlmMsgType(kind))
}

// accept lets both make the session that a message begins.
func accept(t testing.TB, identity pair, oneTime []pair, body string) (b both, text []byte, err error) {
	t.Helper()
	text, b.own, err = acceptOwn(identity.own, oneTime, body)
	var peerText []byte
	find := func(key crypto.Curve25519PublicKey) *crypto.OneTimeKey {
		if i := slices.IndexFunc(oneTime, func(p pair) bool { return p.peer.PublicKey.Equal(key) }); i >= 0 {
			return &crypto.OneTimeKey{Key: oneTime[i].peer}
		}
		return nil
	}
	peer, peerErr := session.NewInboundOlmSession(nil, []byte(body), find, identity.peer)
	if peerErr == nil {
		peerText, peerErr = peer.Decrypt(body, id.OlmMsgTypePreKey)
	}
	if (err == nil) != (peerErr == nil) || !bytes.Equal(text, peerText) {
		t.Fatalf("%s: %q, %v; goolm: %q, %v", body, text, err, peerText, peerErr)
	}
	if err != nil {
		if b.own.Received() {
			t.Fatalf("%v, and there is a session", err)
		}
		return b, nil, err
	}
	b.peer = peer
	b.check(t)
	return b, text, nil
}

func acceptOwn(identity olm.KeyPair, oneTime []pair, body string) ([]byte, olm.Session, error) {
	p, err := olm.ParsePreKey(body)
	if err != nil {
		return nil, olm.Session{}, err
	}
	for _, key := range oneTime {
		if key.own.Public() == p.OneTime() {
			return olm.NewInbound(identity, key.own, p)
		}
	}
	return nil, olm.Session{}, olm.ErrSession
}
