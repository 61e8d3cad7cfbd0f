//go:build !js

package secretstorage_test

import (
	"encoding/json"
	"testing"

	"maunium.net/go/mautrix/crypto/ssss"

	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// TestPassphrase makes the key that others made of a passphrase, with all its
// rounds.
func TestPassphrase(t *testing.T) {
	key, err := parse(t, key1Said).Open(t.Context(), key1Phrase, passphrase.InGo)
	if err != nil || recovery.Encode(key) != key1 {
		t.Errorf("%x, %v", key, err)
	}
}

// TestMautrixReads what we write.
func TestMautrixReads(t *testing.T) {
	random := source(5)
	p, err := secretstorage.NewPassphrase(random)
	if err != nil {
		t.Fatal(err)
	}
	p.Rounds = 10
	key, err := p.Key(t.Context(), "phrase", passphrase.InGo)
	if err != nil {
		t.Fatal(err)
	}
	d, err := secretstorage.Describe(key, "name", p, random)
	if err != nil {
		t.Fatal(err)
	}
	content, err := secretstorage.Encrypt(master, unpadded.Encode([]byte("secret")), "id", key, random)
	if err != nil {
		t.Fatal(err)
	}

	var said ssss.KeyMetadata
	var kept ssss.EncryptedAccountDataEventContent
	if err := json.Unmarshal(d.Content(), &said); err != nil || said.Name != "name" {
		t.Fatal(said.Name, err)
	}
	if err := json.Unmarshal(content, &kept); err != nil {
		t.Fatal(err)
	}
	theirs, err := said.VerifyPassphrase("id", "phrase")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := said.VerifyRecoveryKey("id", recovery.Encode(key)); err != nil {
		t.Error(err)
	}
	if secret, err := kept.Decrypt(master, theirs); err != nil || string(secret) != "secret" {
		t.Errorf("%q, %v", secret, err)
	}
}

// TestMautrixWrites what we read.
func TestMautrixWrites(t *testing.T) {
	theirs, err := ssss.NewKey("")
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(theirs.Metadata)
	if err != nil {
		t.Fatal(err)
	}
	key := secretstorage.Key(theirs.Key)
	if err := parse(t, string(said)).Check(key); err != nil {
		t.Error(err)
	}
	sealed := theirs.Encrypt(master, []byte("secret"))
	content, err := json.Marshal(map[string]any{"encrypted": map[string]any{theirs.ID: sealed}})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := secretstorage.Decrypt(master, scan.Value(content), theirs.ID, key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unpadded.Decode(secret); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
}
