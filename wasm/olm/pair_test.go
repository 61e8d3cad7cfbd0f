package olm_test

import (
	cryptorand "crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/crypto"

	"github.com/alcove-chat/alcove/wasm/olm"
)

func decode(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// pair is one key pair, here and with goolm.
type pair struct {
	own  olm.KeyPair
	peer crypto.Curve25519KeyPair
}

func newPair(t testing.TB, random io.Reader) (p pair) {
	t.Helper()
	var err error
	if p.own, err = olm.NewKeyPair(random); err != nil {
		t.Fatal(err)
	}
	p.peer, err = crypto.Curve25519GenerateFromPrivate(p.own.Record()[1:33])
	if public := p.own.Public(); err != nil || !p.peer.PublicKey.Equal(public[:]) {
		t.Fatalf("public key %s, goolm %s, %v", public, p.peer.B64Encoded(), err)
	}
	return p
}

// sameRandom gives both the same random bytes, goolm through crypto/rand.
func sameRandom(seed uint64, own func(io.Reader), peer func()) {
	key := [32]byte{31: 1} // no other stream of the tests
	binary.LittleEndian.PutUint64(key[:], seed)
	own(rand.NewChaCha8(key))
	before := cryptorand.Reader
	cryptorand.Reader = rand.NewChaCha8(key)
	peer()
	cryptorand.Reader = before
}
