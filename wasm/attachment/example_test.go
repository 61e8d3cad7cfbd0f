package attachment_test

import (
	"crypto/rand"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/attachment"
)

// The file goes to the media repository, what File returns into the message.
func Example() {
	file := []byte("a file")
	info, err := attachment.Encrypt(file, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	said := info.File("mxc://example.org/id")

	received, err := attachment.Parse(said)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = received.Decrypt(file)
	fmt.Println(string(file), err)
	// Output: a file <nil>
}
