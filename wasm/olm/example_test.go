package olm_test

import (
	"crypto/rand"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// The order that keeps keys safe: encrypt, store what comes next, and only then
// send; decrypt, and store what comes next with what was read.
func Example() {
	alice, bob, oneTime := newKey(), newKey(), newKey() // Bob's server gives out the last, once

	session, err := olm.NewOutbound(alice, bob.Public(), oneTime.Public(), rand.Reader)
	if err != nil {
		panic(err)
	}
	kind, body, session, err := session.Encrypt([]byte("hello"), rand.Reader)
	if err != nil {
		panic(err)
	}
	stored := session.Record() // commit this; only then send kind and body

	message, err := olm.ParsePreKey(body)
	if err != nil || message.Identity() != alice.Public() || message.OneTime() != oneTime.Public() {
		panic(err)
	}
	text, answering, err := olm.NewInbound(bob, oneTime, message)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, of kind %d\n", text, kind)

	kind, body, answering, err = answering.Encrypt([]byte("hello yourself"), rand.Reader)
	if err != nil {
		panic(err)
	}
	session, err = olm.Open(stored)
	if err != nil {
		panic(err)
	}
	text, session, err = session.Decrypt(kind, body)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, of kind %d, in one session: %v\n", text, kind, session.ID() == answering.ID())
	// Output:
	// hello, of kind 0
	// hello yourself, of kind 1, in one session: true
}

func newKey() olm.KeyPair {
	k, err := olm.NewKeyPair(rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}
