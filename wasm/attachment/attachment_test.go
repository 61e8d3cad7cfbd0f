package attachment_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	peer "maunium.net/go/mautrix/crypto/attachment"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/aesctr"
	"github.com/alcove-chat/alcove/wasm/attachment"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const zeroKey = `{"v":"v2","key":{"kty":"oct","key_ops":["encrypt","decrypt"],"k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","alg":"A256CTR"},
	"iv":"AAAAAAAAAAAAAAAAAAAAAA","hashes":{"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"}}`

// onesKey has all ones for a key and the random half of the IV.
func onesKey(hash string) string {
	return `{"v":"v2","key":{"kty":"oct","key_ops":["encrypt","decrypt"],"k":"__________________________________________8","alg":"A256CTR"},
		"iv":"//////////8AAAAAAAAAAA","hashes":{"sha256":"` + hash + `"}}`
}

// vectors are files that other clients encrypted: the tests of
// matrix-encrypt-attachment (3), matrix-rust-sdk and mautrix.
var vectors = []struct{ file, encrypted, plain string }{
	{zeroKey, "", ""},
	{onesKey("YzF08lARDdOCzJpzuSwsjTNlQc4pHxpdHcXiD/wpK6k"), "5xJZTt5cQicm+9f4", "Hello, World"},
	{
		onesKey("IOq7/dHHB+mfHfxlRY5XMeCWEwTPmlf4cJcgrkf6fVU"),
		"zhtFStAeFx0s+9L/sSQO+WQMtldqYEHqTxMduJrCIpnkyer09kxJJuA4K+adQE4w+7jZe/vR9kIcqj9rOhDR8Q",
		strings.Repeat("alphanumerically", 4),
	},
	{
		`{"v":"v2","key":{"kty":"oct","alg":"A256CTR","ext":true,"k":"Voq2nkPme_x8no5-Tjq_laDAdxE6iDbxnlQXxwFPgE4","key_ops":["encrypt","decrypt"]},
			"iv":"i0DovxYdJEcAAAAAAAAAAA","hashes":{"sha256":"ANdt819a8bZl4jKy3Z+jcqtiNICa2y0AW4BBJ/iQRAU"}}`,
		"s5p2f7p/biHLISGGQ2StLusb16wkGksvIaA", "It's a secret to everybody",
	},
	{
		`{"v":"v2","key":{"kty":"oct","alg":"A256CTR","ext":true,"k":"35XNdmWKOpn6UYS82Y83wEY8LagwQZHX2X0kAFW7sdg","key_ops":["encrypt","decrypt"]},
			"iv":"DOtPz8bC3qgAAAAAAAAAAA","hashes":{"sha256":"rO+040ZhUxbpbmIS9GUuMSen4NPKFxMzqOUJeemM8mk"}}`,
		"OjbHTzF5Ugboz10", "hello world",
	},
}

func parse(t testing.TB, file scan.Value) attachment.Info {
	t.Helper()
	info, err := attachment.Parse(file)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return info
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		file, err := unpadded.Decode(v.encrypted)
		if err != nil {
			t.Fatal(err)
		}
		if err := parse(t, scan.Value(v.file)).Decrypt(file); err != nil || string(file) != v.plain {
			t.Errorf("%q, %v; want %q", file, err, v.plain)
		}
	}
}

// TestRoundTrip: we and mautrix read what we say of a file that we encrypted.
func TestRoundTrip(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	seen := map[[32]byte]bool{}
	for _, size := range []int{0, 1, 15, 16, 17, 100_000} {
		plain := make([]byte, size)
		random.Read(plain)
		file := bytes.Clone(plain)
		info, err := attachment.Encrypt(file, random)
		if err != nil {
			t.Fatal(err)
		}
		if seen[info.Key] || binary.BigEndian.Uint64(info.IV[8:]) != 0 || size > 16 && bytes.Equal(file, plain) {
			t.Errorf("%d bytes: the key or IV are not as they should", size)
		}
		seen[info.Key] = true
		said := info.File("mxc://server/é\"")
		if again := parse(t, said); again != info || said.Get("url").Text() != "mxc://server/é\"" || !scan.Valid(said) {
			t.Errorf("%s", said)
		}
		var theirs peer.EncryptedFile
		if err := json.Unmarshal(said, &theirs); err != nil {
			t.Fatal(err)
		}
		forThem := bytes.Clone(file)
		if err := theirs.DecryptInPlace(forThem); err != nil || !bytes.Equal(forThem, plain) {
			t.Errorf("%d bytes: mautrix says %v", size, err)
		}
		if err := info.Decrypt(file); err != nil || !bytes.Equal(file, plain) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestPeer: we read what mautrix says of a file that it encrypted.
func TestPeer(t *testing.T) {
	theirs := peer.NewEncryptedFile()
	file := []byte("some file")
	theirs.EncryptInPlace(file)
	said, err := json.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if err := parse(t, said).Decrypt(file); err != nil || string(file) != "some file" {
		t.Errorf("%q, %v", file, err)
	}
}

// TestSchema: what we say of a file is what the spec's events have.
func TestSchema(t *testing.T) {
	info, err := attachment.Encrypt(nil, rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	content := fmt.Sprintf(`{"msgtype":"m.file","body":"x","file":%s}`, info.File("mxc://server/id"))
	if err := conformance.NeedEvents(t).CheckContent("m.room.message", nil, []byte(content)); err != nil {
		t.Error(err)
	}
}

// TestChanged is P-1: a file with a bit changed, cut off or gone on stays as it
// is, encrypted.
func TestChanged(t *testing.T) {
	file := []byte("a file that is longer than one block")
	info, err := attachment.Encrypt(file, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	try := func(changed []byte) {
		t.Helper()
		before := bytes.Clone(changed)
		if err := info.Decrypt(changed); !errors.Is(err, attachment.ErrChanged) || !bytes.Equal(changed, before) {
			t.Errorf("%x: %v", changed, err)
		}
	}
	for bit := range 8 * len(file) {
		changed := bytes.Clone(file)
		changed[bit/8] ^= 1 << (bit % 8)
		try(changed)
	}
	for n := range len(file) {
		try(bytes.Clone(file[:n]))
	}
	try(append(bytes.Clone(file), 0))
	for bit := range 8 * len(info.Hash) {
		other := info
		other.Hash[bit/8] ^= 1 << (bit % 8)
		if err := other.Decrypt(bytes.Clone(file)); !errors.Is(err, attachment.ErrChanged) {
			t.Errorf("hash, bit %d: %v", bit, err)
		}
	}
}

// TestOverflow: nobody gets a file of which others have another.
func TestOverflow(t *testing.T) {
	file := make([]byte, 33)
	info := attachment.Info{Hash: sha256.Sum256(file), IV: aesctr.IV(bytes.Repeat([]byte{0xff}, aesctr.IVSize))}
	if err := info.Decrypt(file); !errors.Is(err, attachment.ErrGarbled) || !bytes.Equal(file, make([]byte, 33)) {
		t.Errorf("%x, %v", file, err)
	}
}

func TestGarbled(t *testing.T) {
	good := vectors[3].file
	for change, want := range map[[2]string]error{
		{`"iv":"i0DovxYdJEcAAAAAAAAAAA"`, `"iv":"i0DovxYdJEcAAAAAAAAAAA=="`}: nil,
		{`"ext":true,`, ``}:                   nil,
		{`"v":"v2"`, `"v":"v1"`}:              attachment.ErrVersion,
		{`"v":"v2",`, ``}:                     attachment.ErrVersion,
		{`"v":"v2"`, `"v":2`}:                 attachment.ErrVersion,
		{`A256CTR`, `A256CBC`}:                attachment.ErrVersion,
		{`"oct"`, `"RSA"`}:                    attachment.ErrVersion,
		{`"key":{`, `"key":[],"x":{`}:         attachment.ErrVersion,
		{`"k":"Voq2`, `"k":"`}:                attachment.ErrGarbled,
		{`"k":"Voq2`, `"k":"Voq2Voq2`}:        attachment.ErrGarbled,
		{`Pme_x8no5-Tj`, `Pme/x8no5+Tj`}:      attachment.ErrGarbled,
		{`"k"`, `"x"`}:                        attachment.ErrGarbled,
		{`"i0DovxYd`, `"`}:                    attachment.ErrGarbled,
		{`"i0Do`, `"i0Doi0Do`}:                attachment.ErrGarbled,
		{`"iv"`, `"x"`}:                       attachment.ErrGarbled,
		{`"sha256"`, `"sha512"`}:              attachment.ErrGarbled,
		{`"ANdt`, `"`}:                        attachment.ErrGarbled,
		{`Z+jc`, `Z-jc`}:                      attachment.ErrGarbled,
		{`"hashes":{`, `"hashes":[],"x":{`}:   attachment.ErrGarbled,
		{`"hashes":{`, `"hashes":null,"x":{`}: attachment.ErrGarbled,
	} {
		changed := strings.Replace(good, change[0], change[1], 1)
		if changed == good {
			t.Fatalf("no %s", change[0])
		}
		if info, err := attachment.Parse(scan.Value(changed)); !errors.Is(err, want) || err != nil && info != (attachment.Info{}) {
			t.Errorf("%s: %v, want %v", changed, err, want)
		}
	}
	for _, n := range []int{0, 31, 39} {
		file := []byte("file")
		if _, err := attachment.Encrypt(file, bytes.NewReader(make([]byte, n))); err == nil || string(file) != "file" {
			t.Errorf("with %d random bytes: %v", n, err)
		}
	}
}

// FuzzParse: what is read is read again of what we say, and mautrix reads the
// same.
func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add([]byte(v.file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := attachment.Parse(file)
		if err != nil {
			return
		}
		said := info.File("u")
		if again, err := attachment.Parse(said); err != nil || again != info || !scan.Valid(said) {
			t.Fatalf("%s is read of %s: %v", said, file, err)
		}
		var theirs peer.EncryptedFile
		if err := json.Unmarshal(said, &theirs); err != nil {
			t.Fatal(err)
		}
		if err := theirs.PrepareForDecryption(); err != nil {
			t.Fatalf("%s: mautrix says %v", said, err)
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	file := make([]byte, 1<<20)
	info, err := attachment.Encrypt(file, rand.NewChaCha8([32]byte{5}))
	if err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, len(file))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		copy(buffer, file)
		if err := info.Decrypt(buffer); err != nil {
			b.Fatal(err)
		}
	}
}
