package megolm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
)

// hashBlock is how many bytes SHA-256 takes at a time.
const hashBlock = 64

// hmac is HMAC-SHA-256 (RFC 2104) with a key of up to 64 bytes. crypto/hmac
// costs a quarter more where the message is short, and allocates.
func hmac(key, message []byte) [sha256.Size]byte {
	var room [4 * hashBlock]byte // enough for all but long messages
	copy(room[:], innerPad)
	subtle.XORBytes(room[:], room[:], key)
	sum := sha256.Sum256(append(room[:hashBlock], message...))
	var outer [hashBlock + sha256.Size]byte
	copy(outer[:], outerPad)
	subtle.XORBytes(outer[:], outer[:], key)
	copy(outer[hashBlock:], sum[:])
	return sha256.Sum256(outer[:])
}

const (
	innerPad = "6666666666666666666666666666666666666666666666666666666666666666" // 0x36
	outerPad = `\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\` // 0x5c
)

// keys are what one message is encrypted with ("Message encryption").
type keys struct {
	aes, mac [32]byte
	iv       [aes.BlockSize]byte
}

const info = "MEGOLM_KEYS"

// keys derives them: HKDF-SHA-256 (RFC 5869) of the whole ratchet, without salt.
func (r *ratchet) keys() (k keys) {
	var secret [parts * partSize]byte
	for j := range r.parts {
		copy(secret[j*partSize:], r.parts[j][:])
	}
	prk := hmac(nil, secret[:])
	var message [sha256.Size + len(info) + 1]byte
	copy(message[sha256.Size:], info)
	expand := func(start int, n byte) (okm [sha256.Size]byte) {
		message[len(message)-1] = n
		okm = hmac(prk[:], message[start:])
		copy(message[:], okm[:])
		return okm
	}
	k.aes = expand(sha256.Size, 1) // there is no block before the first
	k.mac = expand(0, 2)
	iv := expand(0, 3)
	copy(k.iv[:], iv[:])
	return k
}

func (k *keys) block() cipher.Block {
	block, err := aes.NewCipher(k.aes[:])
	if err != nil {
		panic("megolm: " + err.Error()) // 32 bytes are a key
	}
	return block
}

// paddedSize is how long n bytes are in PKCS#7 (RFC 5652, section 6.3).
func paddedSize(n int) int { return n + aes.BlockSize - n%aes.BlockSize }

// encrypt appends plaintext to b, as AES-256-CBC with PKCS#7.
func (k *keys) encrypt(b, plaintext []byte) []byte {
	start := len(b)
	b = append(b, plaintext...)
	padding := paddedSize(len(plaintext)) - len(plaintext)
	for range padding {
		b = append(b, byte(padding))
	}
	cipher.NewCBCEncrypter(k.block(), k.iv[:]).CryptBlocks(b[start:], b[start:])
	return b
}

// decrypt returns the plaintext, in place of the ciphertext.
func (k *keys) decrypt(ciphertext []byte) ([]byte, error) {
	n := len(ciphertext)
	if n == 0 || n%aes.BlockSize != 0 {
		return nil, ErrFormat
	}
	cipher.NewCBCDecrypter(k.block(), k.iv[:]).CryptBlocks(ciphertext, ciphertext)
	padding := int(ciphertext[n-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, ErrFormat
	}
	for _, b := range ciphertext[n-padding:] {
		if int(b) != padding {
			return nil, ErrFormat
		}
	}
	return ciphertext[: n-padding : n-padding], nil
}

// authenticate returns the MAC of what comes before it in a message.
func (k *keys) authenticate(message []byte) (mac [macSize]byte) {
	sum := hmac(k.mac[:], message)
	copy(mac[:], sum[:])
	return mac
}

func (k *keys) authentic(message, mac []byte) bool {
	want := k.authenticate(message)
	return subtle.ConstantTimeCompare(want[:], mac) == 1
}
