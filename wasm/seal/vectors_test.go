package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorFile = "testdata/vectors.json"

// vector is one sealed value; bytes are hex. js/test reads the same file.
type vector struct {
	Kind      string `json:"kind"`
	Key       string `json:"key"`
	Nonce     string `json:"nonce"`
	Store     string `json:"store"`
	RecordKey string `json:"recordKey"`
	Plain     string `json:"plain"`
	Sealed    string `json:"sealed"`
}

// TestVectors: the sealed form is a contract with js/src and with every
// database that is out there.
func TestVectors(t *testing.T) {
	file, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(file, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal(len(vectors), err)
	}
	for i := range vectors {
		v := &vectors[i]
		kind := map[string]Kind{"data": Data, "view": View}[v.Kind]
		store, key, plain := storage.Store(v.Store), unhex(t, v.RecordKey), unhex(t, v.Plain)
		s := v.sealer(t, kind)
		sealed, err := s.seal(kind, store, key, plain)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			v.Sealed = hex.EncodeToString(sealed)
		} else if hex.EncodeToString(sealed) != v.Sealed {
			t.Errorf("%s %s: sealed as %x, want %s", v.Kind, v.Store, sealed, v.Sealed)
		}
		opened, err := s.open(kind, store, key, unhex(t, v.Sealed))
		if err != nil || !bytes.Equal(opened, plain) {
			t.Errorf("%s %s: opened as %x, %v", v.Kind, v.Store, opened, err)
		}
	}
	if *update {
		file, err := json.MarshalIndent(vectors, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(file, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// sealer has the vector's key for its kind, and its nonce for the next value.
func (v *vector) sealer(t *testing.T, kind Kind) *sealer {
	t.Helper()
	var k Keys
	if kind == View {
		copy(k.View[:], unhex(t, v.Key))
	} else {
		copy(k.Data[:], unhex(t, v.Key))
	}
	s, err := newSealer(k, bytes.NewReader(unhex(t, v.Nonce)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
