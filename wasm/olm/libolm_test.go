package olm_test

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/message"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// conversation is one that libolm had with itself, which testdata/libolm.mjs
// wrote down: messages that are late, come again, or never.
//
//go:embed testdata/libolm.json
var conversation []byte

type recorded struct {
	Alice, Bob struct{ Random, Identity string }
	OneTime    struct{ Private, Public string }
	Begun, ID  string
	Steps      []struct {
		By           string
		Random, Text string // what it encrypts
		Type         int
		Body         string
		Message      *int // or which message it decrypts,
		Reads        *string
	}
}

func random(t *testing.T, text string) io.Reader {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}

func recordedPair(t *testing.T, private, public string) olm.KeyPair {
	t.Helper()
	k, err := olm.NewKeyPair(random(t, private))
	if err != nil || k.Public().String() != public {
		t.Fatalf("%s, libolm: %s, %v", k.Public(), public, err)
	}
	return k
}

// TestLibolm (O-2): with its random bytes we make libolm's messages, and we read
// and refuse what it does.
func TestLibolm(t *testing.T) {
	var r recorded
	if err := json.Unmarshal(conversation, &r); err != nil {
		t.Fatal(err)
	}
	alice := recordedPair(t, r.Alice.Random[64:], r.Alice.Identity) // after the signing key
	bob := recordedPair(t, r.Bob.Random[64:], r.Bob.Identity)
	oneTime := recordedPair(t, r.OneTime.Private, r.OneTime.Public)
	begun, err := olm.NewOutbound(alice, bob.Public(), oneTime.Public(), random(t, r.Begun))
	if err != nil || begun.ID() != r.ID {
		t.Fatalf("%s, libolm: %s, %v", begun.ID(), r.ID, err)
	}
	sessions := map[string]olm.Session{"alice": begun}
	var sent []letter
	for i, step := range r.Steps {
		s, ok := sessions[step.By]
		if step.Message == nil {
			kind, body, next, err := s.Encrypt([]byte(step.Text), random(t, step.Random))
			if err != nil || kind != step.Type || !sameMessage(t, kind, body, step.Body) {
				t.Fatalf("step %d: %d %s, libolm: %d %s, %v", i, kind, body, step.Type, step.Body, err)
			}
			sessions[step.By], sent = next, append(sent, letter{kind: kind, body: step.Body})
			continue
		}
		var text []byte
		if l := sent[*step.Message]; ok {
			text, s, err = s.Decrypt(l.kind, l.body)
		} else {
			text, s, err = acceptOwn(bob, []pair{{own: oneTime}}, l.body)
		}
		if (err == nil) != (step.Reads != nil) || err == nil && string(text) != *step.Reads {
			t.Fatalf("step %d: %q, %v; libolm: %v", i, text, err, step.Reads)
		}
		sessions[step.By] = s
	}
	if id := sessions["bob"].ID(); id != r.ID {
		t.Errorf("%s, libolm: %s", id, r.ID)
	}
}

// sameMessage compares bytes, but of pre-key messages fields, which libolm has in
// another order.
func sameMessage(t *testing.T, kind int, body, other string) bool {
	t.Helper()
	if kind == olm.KindMessage {
		return body == other
	}
	var own, theirs message.PreKeyMessage
	if own.Decode(decode(t, body)) != nil || theirs.Decode(decode(t, other)) != nil {
		return false
	}
	return own.IdentityKey.Equal(theirs.IdentityKey) && own.BaseKey.Equal(theirs.BaseKey) &&
		own.OneTimeKey.Equal(theirs.OneTimeKey) && bytes.Equal(own.Message, theirs.Message)
}
