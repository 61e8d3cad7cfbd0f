package attachment

import (
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const (
	version   = "v2"
	algorithm = "A256CTR"
	keyType   = "oct"
)

// Parse reads an EncryptedFile, such as a message's "file"; ErrVersion or
// ErrGarbled. Its "url" is the caller's.
func Parse(file scan.Value) (Info, error) {
	key := file.Get("key")
	if file.Get("v").Text() != version || key.Get("alg").Text() != algorithm || key.Get("kty").Text() != keyType {
		return Info{}, ErrVersion
	}
	var i Info
	if !fill(i.Key[:], key.Get("k"), unpadded.DecodeURL) ||
		!fill(i.IV[:], file.Get("iv"), unpadded.Decode) ||
		!fill(i.Hash[:], file.Path("hashes", "sha256"), unpadded.Decode) {
		return Info{}, ErrGarbled
	}
	return i, nil
}

// fill decodes v into all of dst.
func fill(dst []byte, v scan.Value, decode func(string) ([]byte, error)) bool {
	b, err := decode(v.Text())
	return err == nil && copy(dst, b) == len(dst) && len(b) == len(dst)
}

// File returns the EncryptedFile of a file that was uploaded to url.
func (i Info) File(url string) scan.Value {
	var key, hashes, file scan.Builder
	key.Text("kty", keyType).Texts("key_ops", []string{"encrypt", "decrypt"}).Text("alg", algorithm)
	key.Text("k", unpadded.EncodeURL(i.Key[:])).Bool("ext", true)
	hashes.Text("sha256", unpadded.Encode(i.Hash[:]))
	file.Text("url", url).Raw("key", key.Done()).Text("iv", unpadded.Encode(i.IV[:]))
	return file.Raw("hashes", hashes.Done()).Text("v", version).Done()
}
