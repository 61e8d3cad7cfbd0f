package megolm_test

import (
	"crypto/rand"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// The order that keeps keys and indices safe: encrypt, store what comes next,
// and only then send.
func Example() {
	session, err := megolm.NewOutbound(rand.Reader)
	if err != nil {
		panic(err)
	}
	received, err := megolm.NewInbound(session.SessionKey())
	if err != nil {
		panic(err)
	}

	message, next, err := session.Encrypt([]byte("hello"))
	if err != nil {
		panic(err)
	}
	stored := next.Record() // commit this; if that fails, session is as it was
	session, err = megolm.OpenOutbound(stored)
	if err != nil {
		panic(err)
	}

	text := received.Decrypt(message)
	fmt.Printf("%s, index %d; next is %d\n", text.Text, text.Index, session.Index())
	// Output: hello, index 0; next is 1
}
