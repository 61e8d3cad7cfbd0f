package megolm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/session"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// FuzzDecrypt: whatever comes before the MAC, with that of the session's owner
// or another, and signed by him; the answer is goolm's. Texts that nobody signed
// are no messages.
func FuzzDecrypt(f *testing.F) {
	b := newBoth(f, rand.NewChaCha8([32]byte{18}), 200)
	start := b
	peer := *b.peer
	start.peer = &peer
	key := start.own.SessionKey()
	whole := decode(f, b.encrypt(f, []byte("a message of two blocks")))
	f.Add(whole[:len(whole)-72], []byte{}, "")
	f.Add(whole[:len(whole)-72], whole[len(whole)-72:len(whole)-64], "AwgA")
	f.Add([]byte("\x03\x08\xff\xff\xff\xff\x0f\x12\x00"), make([]byte, 8), encode(whole))
	f.Add([]byte("\x03\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02\x12\x01\x01\x1a\x00\x08\x05"), make([]byte, 8), "")
	f.Fuzz(func(t *testing.T, payload, mac []byte, unsigned string) {
		in := start.own.Inbound()
		if got := in.Decrypt(unsigned); got.Err == nil && strings.TrimRight(unsigned, "=\r\n") != encode(whole) {
			t.Fatalf("%s is read", unsigned)
		}
		message := start.signWith(t, payload, mac)
		if len(mac) == 0 {
			message = start.sign(t, payload)
		}
		if got := in.Decrypt(message); got.Index < 200+1<<31 { // further ahead, goolm calls it behind
			verdict(t, in, key, message)
		}
	})
}

// FuzzCiphertext: whatever is encrypted, padded or not, with the right MAC.
func FuzzCiphertext(f *testing.F) {
	f.Add([]byte("sixteen bytes or"), true)
	f.Add([]byte("a text of any size\x01"), false)
	f.Fuzz(func(t *testing.T, text []byte, damage bool) {
		b := newBoth(t, rand.NewChaCha8([32]byte{19}), 7)
		key, in := b.own.SessionKey(), b.own.Inbound()
		message, _, err := b.own.Encrypt(text)
		if err != nil {
			t.Fatal(err)
		}
		if damage {
			sealed := decode(t, message)
			for i := range min(len(text), len(sealed)) {
				sealed[i] ^= text[i]
			}
			message = encode(sealed)
		}
		if err := verdict(t, in, key, message); err != nil && !damage {
			t.Fatal(err)
		}
	})
}

// FuzzKeys: a key that is read is written the same again, and goolm reads it.
func FuzzKeys(f *testing.F) {
	b := newBoth(f, rand.NewChaCha8([32]byte{20}), 200)
	exported, err := b.own.Inbound().Export(200)
	if err != nil {
		f.Fatal(err)
	}
	message, _, err := b.own.Encrypt(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(decode(f, exported))
	f.Add(decode(f, b.own.SessionKey()))
	f.Fuzz(func(t *testing.T, key []byte) {
		in, err := megolm.ImportInbound(encode(key))
		if err == nil && errors.Is(in.Decrypt(message).Err, megolm.ErrKey) {
			err = megolm.ErrKey // goolm looks at once
		}
		_, peerErr := session.NewMegolmInboundSessionFromExport([]byte(encode(key)))
		if (err == nil) != (peerErr == nil) {
			t.Fatalf("export: %v, goolm: %v", err, peerErr)
		}
		if err == nil {
			if again, err := in.Export(in.First()); err != nil || again != encode(key) {
				t.Fatalf("exported as %s, %v", again, err)
			}
		}
		_, err = megolm.NewInbound(encode(key))
		_, peerErr = session.NewMegolmInboundSession([]byte(encode(key)))
		if (err == nil) != (peerErr == nil) {
			t.Fatalf("session key: %v, goolm: %v", err, peerErr)
		}
	})
}

// FuzzRecords: a record that is read is written the same again, and its session
// works, or says why not.
func FuzzRecords(f *testing.F) {
	b := newBoth(f, rand.NewChaCha8([32]byte{21}), 200)
	f.Add(b.own.Record())
	f.Add(b.own.Inbound().Record())
	message := b.encrypt(f, []byte("text"))
	f.Fuzz(func(t *testing.T, record []byte) {
		if out, err := megolm.OpenOutbound(record); err == nil {
			if !bytes.Equal(out.Record(), record) {
				t.Fatal("another Outbound")
			}
			out.Encrypt([]byte("text"))
		}
		in, err := megolm.OpenInbound(record)
		if err != nil {
			return
		}
		if !bytes.Equal(in.Record(), record) {
			t.Fatal("another Inbound")
		}
		in.Decrypt(message)
		in.Export(in.First())
	})
}
