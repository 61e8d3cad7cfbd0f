package unpadded_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// TestSpecVectors: appendices, unpadded base64.
func TestSpecVectors(t *testing.T) {
	for plain, want := range map[string]string{
		"": "", "f": "Zg", "fo": "Zm8", "foo": "Zm9v", "foob": "Zm9vYg", "fooba": "Zm9vYmE", "foobar": "Zm9vYmFy",
	} {
		if got := unpadded.Encode([]byte(plain)); got != want {
			t.Errorf("%q is written %s", plain, got)
		}
		for _, text := range []string{want, base64.StdEncoding.EncodeToString([]byte(plain))} {
			if got, err := unpadded.Decode(text); err != nil || string(got) != plain {
				t.Errorf("%s is read %q, %v", text, got, err)
			}
		}
	}
}

func TestAlphabets(t *testing.T) {
	b := []byte{0xfb, 0xff, 0xfe}
	if unpadded.Encode(b) != "+//+" || unpadded.EncodeURL(b) != "-__-" {
		t.Error(unpadded.Encode(b), unpadded.EncodeURL(b))
	}
	if got, err := unpadded.DecodeURL("-__-"); err != nil || string(got) != string(b) {
		t.Errorf("%x, %v", got, err)
	}
	for _, text := range []string{"-__-", "+//+="[:1], "A", "é", "AA=A", "****"} {
		if got, err := unpadded.Decode(text); !errors.Is(err, unpadded.ErrBase64) || got != nil {
			t.Errorf("%q: %x, %v", text, got, err)
		}
	}
	if _, err := unpadded.DecodeURL("+//+"); !errors.Is(err, unpadded.ErrBase64) {
		t.Error(err)
	}
}

// FuzzDecode: what is read is written as it was, but for padding, line ends
// and bits that count for nothing.
func FuzzDecode(f *testing.F) {
	f.Add("Zm9vYg==")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := unpadded.Decode(text)
		if err != nil {
			return
		}
		bare := strings.NewReplacer("=", "", "\r", "", "\n", "").Replace(text)
		again := unpadded.Encode(b)
		if len(again) != len(bare) || again != "" && again[:len(again)-1] != bare[:len(bare)-1] {
			t.Fatalf("%q is written %q", text, again)
		}
	})
}
