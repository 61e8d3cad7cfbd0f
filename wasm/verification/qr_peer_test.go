//go:build !js

package verification

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"maunium.net/go/mautrix/crypto/verificationhelper"
)

// FuzzQRPeer: mautrix reads what we read, and the same.
func FuzzQRPeer(f *testing.F) {
	f.Add(code("MATRIX\x02\x02", "\x00\x07", "FLOW_ID", 64, "SHARED_SECRET"))
	f.Add(code("MATRIX\x02\x00", "\x00\x00", "", 64, "SHARED_SECRET"))
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := parseQR(b)
		if err != nil {
			return
		}
		theirs, err := verificationhelper.NewQRCodeFromBytes(b)
		if err != nil || string(theirs.TransactionID) != q.name || theirs.Key1 != q.first || theirs.Key2 != q.second ||
			!bytes.Equal(theirs.SharedSecret, q.secret) || byte(theirs.Mode) != byte(q.mode) {
			t.Fatalf("%q: mautrix reads %+v, %v", b, theirs, err)
		}
	})
}

// TestBrokenBase64: as libolm did it, by its own example and mautrix's copy.
func TestBrokenBase64(t *testing.T) {
	known := []byte{
		121, 105, 187, 19, 37, 94, 119, 248, 224, 34, 94, 29, 157, 5, 15, 230,
		246, 115, 236, 217, 80, 78, 56, 200, 80, 200, 82, 158, 168, 179, 10, 230,
	}
	if got := brokenBase64(known); got != "eWm7NyVeVmXgbVhnYlZobllsWm9ibGxzV205aWJHeHo" {
		t.Error(got)
	}
	random := rand.NewChaCha8([32]byte{1})
	for range 1000 {
		random.Read(known)
		if got, want := brokenBase64(known), verificationhelper.BrokenB64Encode(known); got != want {
			t.Fatalf("%x: %s, want %s", known, got, want)
		}
	}
}
