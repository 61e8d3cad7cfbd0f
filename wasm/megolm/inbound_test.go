package megolm_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// sent is a session and its messages, whose texts are their indices.
type sent struct {
	key      string
	first    uint32
	messages []string
}

func text(index uint32) []byte { return fmt.Appendf(nil, "message %d", index) }

func send(t testing.TB, random *rand.ChaCha8, first uint32, n int) sent {
	t.Helper()
	s := newBoth(t, random, first).own
	all := sent{key: s.SessionKey(), first: first}
	for i := range n {
		message, next, err := s.Encrypt(text(first + uint32(i)))
		if err != nil {
			t.Fatal(err)
		}
		s = next
		all.messages = append(all.messages, message)
	}
	return all
}

func (s *sent) inbound(t testing.TB) *megolm.Inbound {
	t.Helper()
	in, err := megolm.NewInbound(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (s *sent) check(t testing.TB, got megolm.Plaintext, i int) {
	t.Helper()
	index := s.first + uint32(i)
	checkText(t, got, index, text(index))
}

// TestAnyOrder (M-2): backwards, at random, in batches and with jumps over many
// pages, every message has the text that it has forwards.
func TestAnyOrder(t *testing.T) {
	random := rand.NewChaCha8([32]byte{7})
	rnd := rand.New(random)
	for _, first := range []uint32{0, 100, 65000, 0xfffe80} {
		s := send(t, random, first, 800)
		forwards, backwards, jumping := s.inbound(t), s.inbound(t), s.inbound(t)
		for i := range s.messages {
			s.check(t, forwards.Decrypt(s.messages[i]), i)
			back := len(s.messages) - 1 - i
			s.check(t, backwards.Decrypt(s.messages[back]), back)
			jump := rnd.IntN(len(s.messages))
			s.check(t, jumping.Decrypt(s.messages[jump]), jump)
			s.check(t, forwards.Decrypt(s.messages[jump]), jump) // while it goes on
		}
		checkBatches(t, rnd, &s)
	}
}

// checkBatches decrypts all messages in batches, each several times.
func checkBatches(t *testing.T, rnd *rand.Rand, s *sent) {
	t.Helper()
	in := s.inbound(t)
	order := slices.Concat(rnd.Perm(len(s.messages)), rnd.Perm(len(s.messages)))
	for len(order) > 0 {
		n := min(len(order), rnd.IntN(200))
		var batch []string
		for _, i := range order[:n] {
			batch = append(batch, s.messages[i])
		}
		got := in.DecryptAll(batch)
		if len(got) != n {
			t.Fatalf("%d of %d", len(got), n)
		}
		for k, i := range order[:n] {
			s.check(t, got[k], i)
		}
		order = order[n:]
	}
}

// TestBatchOfAll: what is wrong with one message of a batch is wrong with that
// one alone.
func TestBatchOfAll(t *testing.T) {
	random := rand.NewChaCha8([32]byte{8})
	s, other := send(t, random, 20, 9), send(t, random, 20, 1)
	exported, err := s.inbound(t).Export(22)
	if err != nil {
		t.Fatal(err)
	}
	in, err := megolm.ImportInbound(exported)
	if err != nil {
		t.Fatal(err)
	}
	batch := []string{s.messages[8], "", s.messages[1], s.messages[2], other.messages[0], s.messages[2], s.messages[3][:50], s.messages[3]}
	want := []error{nil, megolm.ErrFormat, megolm.ErrIndex, nil, megolm.ErrSignature, nil, megolm.ErrFormat, nil}
	for i, got := range in.DecryptAll(batch) {
		if !errors.Is(got.Err, want[i]) || (got.Text == nil) != (want[i] != nil) {
			t.Errorf("%d: %q, %v; want %v", i, got.Text, got.Err, want[i])
		}
		if one := in.Decrypt(batch[i]); !errors.Is(one.Err, want[i]) || one.Index != got.Index || string(one.Text) != string(got.Text) {
			t.Errorf("%d alone: %v", i, one.Err)
		}
	}
	if in.DecryptAll(nil) == nil {
		t.Error("nothing is no answer")
	}
}

// TestFirstAndLast: there is nothing before the first known index, and the last
// there can be is reached from any.
func TestFirstAndLast(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{9}), 3)
	in := b.own.Inbound()
	for _, index := range []uint32{0, 2} {
		if _, err := in.Export(index); !errors.Is(err, megolm.ErrIndex) {
			t.Errorf("%d: %v", index, err)
		}
	}
	exported, err := in.Export(math.MaxUint32)
	if err != nil {
		t.Fatal(err)
	}
	b.peer.Ratchet.AdvanceTo(1 << 31)
	b.peer.Ratchet.AdvanceTo(math.MaxUint32)
	want, err := b.peer.Ratchet.SessionExportMessage(b.peer.SigningKey.PublicKey)
	if err != nil || exported != string(want) {
		t.Errorf("%s, goolm %s, %v", exported, want, err)
	}
}

// TestFixture has a session and a message made by another client, and what it
// calls the same session at index 1. That one's last part is not the hash of the
// first one's, so it counts as another.
func TestFixture(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	message := fixture.Get("ENCRYPTED_EVENT").Path("content", "ciphertext").Text()
	data, later := fixture.Get("MEGOLM_SESSION_DATA"), fixture.Get("RATCHTED_MEGOLM_SESSION_DATA")
	in, err := megolm.ImportInbound(data.Get("session_key").Text())
	if err != nil || in.ID() != data.Get("session_id").Text() {
		t.Fatal(err)
	}
	got := in.Decrypt(message)
	clear := fixture.Get("CLEAR_EVENT").Path("content", "body").Text()
	if body := scan.Value(got.Text).Path("content", "body").Text(); got.Err != nil || body != clear {
		t.Errorf("%s, %v", got.Text, got.Err)
	}
	other, err := megolm.ImportInbound(later.Get("session_key").Text())
	if err != nil || other.First() != 1 || other.ID() != in.ID() {
		t.Fatal(err)
	}
	if got := other.Decrypt(message); !errors.Is(got.Err, megolm.ErrIndex) {
		t.Errorf("before the first: %q, %v", got.Text, got.Err)
	}
	if kept, err := megolm.Join(in, other); kept != in || !errors.Is(err, megolm.ErrConflict) {
		t.Error(err)
	}
}

// TestLibolmMessages has sessions and messages of libolm's own tests.
func TestLibolmMessages(t *testing.T) {
	for _, v := range []struct{ key, message string }{
		{
			"AgAAAAAwMTIzNDU2Nzg5QUJERUYwMTIzNDU2Nzg5QUJDREVGMDEyMzQ1Njc4OUFCREVGMDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkRFRjAxMjM0NTY3ODlBQkNERUYwMTIzNDU2Nzg5QUJERUYwMTIzNDU2" +
				"Nzg5QUJDREVGMDEyMw0bdg1BDq4Px/slBow06q8n/B9WBfwWYyNOB8DlUmXGGwrFmaSb9bR/eY8xgERrxmP07hFmD9uqA2p8PMHdnV5ysmgufE6oLZ5+8/mWQOW3VVTnDIlnwd8oHUYRuk8TCQ",
			"AwgAEhAcbh6UpbByoyZxufQ+h2B+8XHMjhR69G8F4+qjMaFlnIXusJZX3r8LnRORG9T3DXFdbVuvIWrLyRfm4i8QRbe8VPwGRFG57B1CtmxanuP8bHtnnYqlwPsD",
		},
		{
			"AgAAAAAwMTIzNDU2Nzg5QUJERUYwMTIzNDU2Nzg5QUJDREVGMDEyMzQ1Njc4OUFCREVGMDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkRFRjAxMjM0NTY3ODlBQkNERUYwMTIzNDU2Nzg5QUJERUYwMTIzNDU2" +
				"Nzg5QUJDREVGMDEyMztqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop4lx1cSN3Xv1TgfLPW8rhGiW+hHiMxd36nRuxscNv9k4oJA/KP+o0mi1wv44StrEJ1wwx9WZHBUIWkQbaBSuBDw",
			"AwgAEhAcbh6UpbByoyZxufQ+h2B+8XHMjhR69G8nP4pNZGl/3QMgrzCZPmP+F2aPLyKPzxRPBMUkeXRJ6Iqm5NeOdx2eERgTW7P20CM+lL3Xpk+ZUOOPvsSQNaAL",
		},
	} {
		in, err := megolm.NewInbound(v.key)
		if err != nil {
			t.Error(err)
			continue
		}
		checkText(t, in.Decrypt(v.message), 0, []byte("Message"))
	}
}
