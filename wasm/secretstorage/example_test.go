package secretstorage_test

import (
	"crypto/rand"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
)

// A device stores a secret, and another one, on which somebody types the
// recovery key, reads it.
func Example() {
	key, err := secretstorage.NewKey(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	described, err := secretstorage.Describe(key, "", nil, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := secretstorage.Encrypt("m.cross_signing.master", "a secret", "id", key, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(open(recovery.Encode(key), described.Content(), stored))
	// Output: a secret <nil>
}

func open(typed string, described, stored scan.Value) (string, error) {
	key, err := recovery.Decode(typed)
	if err != nil {
		return "", err
	}
	d, err := secretstorage.ParseDescription(described)
	if err != nil {
		return "", err
	}
	if err := d.Check(key); err != nil {
		return "", err
	}
	return secretstorage.Decrypt("m.cross_signing.master", stored, "id", key)
}
