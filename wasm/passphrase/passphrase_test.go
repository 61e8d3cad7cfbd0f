package passphrase_test

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/alcove-chat/alcove/wasm/passphrase"
)

// TestVectors: PBKDF2 with HMAC-SHA-512, as published for RFC 6070's inputs.
func TestVectors(t *testing.T) {
	derive := passphrase.PBKDF2(passphrase.InGo)
	for rounds, want := range map[int]string{
		1: "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce",
		2: "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53cf76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e",
	} {
		key, err := derive.Derive(t.Context(), "password", []byte("salt"), rounds, 64)
		if err != nil || hex.EncodeToString(key) != want {
			t.Errorf("%d rounds: %x, %v", rounds, key, err)
		}
	}
}

// TestRounds is P-2: what is out of bounds is not even begun.
func TestRounds(t *testing.T) {
	begun := 0
	counts := passphrase.PBKDF2(func(_ context.Context, _ string, _ []byte, _, size int) ([]byte, error) {
		begun++
		return make([]byte, size), nil
	})
	for _, rounds := range []int{math.MinInt, -1, 0, passphrase.MaxRounds + 1, math.MaxUint32, math.MaxInt} {
		if key, err := counts.Derive(t.Context(), "p", nil, rounds, 32); !errors.Is(err, passphrase.ErrRounds) || key != nil {
			t.Errorf("%d: %x, %v", rounds, key, err)
		}
	}
	if begun != 0 {
		t.Errorf("%d were begun", begun)
	}
	for _, rounds := range []int{1, passphrase.Rounds, passphrase.MaxRounds} {
		if _, err := counts.Derive(t.Context(), "p", nil, rounds, 32); err != nil {
			t.Errorf("%d: %v", rounds, err)
		}
	}
	if begun != 3 {
		t.Errorf("%d were begun", begun)
	}
}

func TestBadDerivers(t *testing.T) {
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		derive passphrase.PBKDF2
		want   error
	}{
		"short": {func(context.Context, string, []byte, int, int) ([]byte, error) { return make([]byte, 31), nil }, nil},
		"fails": {func(context.Context, string, []byte, int, int) ([]byte, error) { return make([]byte, 32), gone }, gone},
	} {
		if key, err := c.derive.Derive(t.Context(), "p", nil, 1, 32); err == nil || key != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %x, %v", name, key, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := passphrase.PBKDF2(passphrase.InGo).Derive(ctx, "p", nil, 1, 32); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
