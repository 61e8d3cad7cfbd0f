package backup_test

import (
	"crypto/rand"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/backup"
)

// One device backs up with the public key, another restores with the private
// one.
func Example() {
	key, err := backup.NewKey(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := key.Public().Encrypt([]byte("a session"), rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := key.Decrypt(stored)
	fmt.Println(string(session), err)
	// Output: a session <nil>
}
