package curve25519_test

import (
	"fmt"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// Messages of one sender come in batches, those of many senders by turns: the
// verifiers that were used last keep their tables.
func ExampleVerifiers() {
	sender, err := curve25519.NewSigningKey([]byte("thirty-two bytes of random seed."))
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := [][]byte{[]byte("first"), []byte("second"), []byte("third")}
	signatures := [][]byte{sender.Sign(messages[0]), sender.Sign([]byte("other")), sender.Sign(messages[2])}

	known := curve25519.NewVerifiers(200)
	v, err := known.Of(sender.Public())
	if err != nil || !v.Strict() {
		fmt.Println("not a key to trust")
		return
	}
	fmt.Println(v.VerifyAll(messages, signatures))
	// Output: [true false true]
}
