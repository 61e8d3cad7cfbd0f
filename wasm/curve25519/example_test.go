package curve25519_test

import (
	"fmt"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// Messages of one sender come in batches: a verifier keeps its tables.
func ExampleVerifier_VerifyAll() {
	sender, err := curve25519.NewSigningKey([]byte("thirty-two bytes of random seed."))
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := [][]byte{[]byte("first"), []byte("second"), []byte("third")}
	signatures := [][]byte{sender.Sign(messages[0]), sender.Sign([]byte("other")), sender.Sign(messages[2])}

	v, err := curve25519.NewVerifier(sender.Public())
	if err != nil || !v.Strict() {
		fmt.Println("not a key to trust")
		return
	}
	fmt.Println(v.VerifyAll(messages, signatures))
	// Output: [true false true]
}
