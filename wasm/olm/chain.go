package olm

import "github.com/alcove-chat/alcove/wasm/aessha2"

const secretSize = 32

// chain makes the secrets of messages that follow each other in one direction.
type chain struct {
	key  [secretSize]byte
	next uint32 // the index that the key is for
}

// What a chain's key is hashed with.
var (
	secretSeed = []byte{1}
	chainSeed  = []byte{2}
)

// secret returns what the message of the next index is encrypted with.
func (c *chain) secret() [secretSize]byte { return aessha2.HMAC(c.key[:], secretSeed) }

// advance forgets the key of that index.
func (c *chain) advance() {
	c.key = aessha2.HMAC(c.key[:], chainSeed)
	c.next++
}

const messageInfo = "OLM_KEYS"

func messageKeys(secret *[secretSize]byte) aessha2.Keys {
	return aessha2.Derive(secret[:], messageInfo)
}

// What roots and chains are made for.
const (
	startInfo = "OLM_ROOT"
	turnInfo  = "OLM_RATCHET"
)

// derive makes a root, and a chain that begins, of what two sides agreed on and
// the root before, if there was one.
func derive(root, secret []byte, info string) (next [secretSize]byte, begun chain) {
	var b [2 * secretSize]byte
	aessha2.HKDF(b[:], root, secret, info)
	return [secretSize]byte(b[:]), chain{key: [secretSize]byte(b[secretSize:])}
}
