//go:build !js

package keyexport_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/passphrase"
)

// Where there is WebCrypto, it stands in InGo's place.
func Example() {
	ctx := context.Background()
	file, err := keyexport.Encrypt(ctx, []byte(`[]`), "correct horse", passphrase.InGo, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	first, _, _ := strings.Cut(string(file), "\n")
	fmt.Println(first)
	sessions, err := keyexport.Decrypt(ctx, file, "correct horse", passphrase.InGo)
	fmt.Println(string(sessions), err)
	// Output:
	// -----BEGIN MEGOLM SESSION DATA-----
	// [] <nil>
}
