package curve25519_test

import (
	"bytes"
	"embed"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

//go:embed testdata/*.txt
var testdata embed.FS // as a browser has no files

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(s, "-"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectorLines returns the fields of each line of a file of testdata.
func vectorLines(t *testing.T, file string, want int) [][]string {
	t.Helper()
	text, err := testdata.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		lines = append(lines, strings.Fields(line))
	}
	if len(lines) != want {
		t.Fatalf("%d vectors", len(lines))
	}
	return lines
}

func TestWycheproofEd25519(t *testing.T) {
	for _, f := range vectorLines(t, "ed25519.txt", 151) {
		key, message, signature := unhex(t, f[2]), unhex(t, f[3]), unhex(t, f[4])
		want := f[1] == "valid"
		if curve25519.Verify(key, message, signature) != want {
			t.Errorf("%s: accepted: %v", f[0], !want)
		}
		v, err := curve25519.NewVerifier(key)
		if err != nil {
			t.Errorf("%s: %v", f[0], err)
			continue
		}
		for i, got := range v.VerifyAll([][]byte{message, message}, [][]byte{signature, signature}) {
			if got != want {
				t.Errorf("%s, %d: accepted: %v", f[0], i, got)
			}
		}
	}
}

// TestWycheproofX25519: what Wycheproof calls acceptable, keys of the twist and
// other encodings, must be computed; but shared secrets of zero be refused.
func TestWycheproofX25519(t *testing.T) {
	for _, f := range vectorLines(t, "x25519.txt", 518) {
		shared, err := curve25519.X25519(unhex(t, f[2]), unhex(t, f[3]))
		if want := unhex(t, f[4]); bytes.Equal(want, make([]byte, 32)) {
			if !errors.Is(err, curve25519.ErrZeroSecret) || shared != nil {
				t.Errorf("%s: %v", f[0], err)
			}
		} else if err != nil || !bytes.Equal(shared, want) {
			t.Errorf("%s: %x, %v", f[0], shared, err)
		}
	}
}

// TestRFC8032 has the tests of section 7.1.
func TestRFC8032(t *testing.T) {
	for _, v := range []struct{ seed, public, message, signature string }{
		{
			"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
			"",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
		},
		{
			"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
			"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			"72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
		},
		{
			"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
			"af82",
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
		},
		{
			"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
			"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
			"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
			"dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
		},
	} {
		key, err := curve25519.NewSigningKey(unhex(t, v.seed))
		if err != nil {
			t.Fatal(err)
		}
		message := unhex(t, v.message)
		signature := key.Sign(message)
		if hex.EncodeToString(key.Public()) != v.public || hex.EncodeToString(signature) != v.signature {
			t.Errorf("seed %s: public %x, signature %x", v.seed, key.Public(), signature)
		}
		if !curve25519.Verify(key.Public(), message, signature) {
			t.Errorf("seed %s: rejected", v.seed)
		}
	}
}

// TestRFC7748 has the tests of sections 5.2 and 6.1.
func TestRFC7748(t *testing.T) {
	for _, v := range [][3]string{
		{
			"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
			"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
			"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
		},
		{
			"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
			"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
			"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
		},
	} {
		shared, err := curve25519.X25519(unhex(t, v[0]), unhex(t, v[1]))
		if err != nil || hex.EncodeToString(shared) != v[2] {
			t.Errorf("%s: %x, %v", v[0], shared, err)
		}
	}

	k := unhex(t, "0900000000000000000000000000000000000000000000000000000000000000")
	u := k
	for i := range 1000 {
		shared, err := curve25519.X25519(k, u)
		if err != nil {
			t.Fatal(err)
		}
		k, u = shared, k
		if i == 0 && hex.EncodeToString(k) != "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079" {
			t.Errorf("after one iteration: %x", k)
		}
	}
	if hex.EncodeToString(k) != "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51" {
		t.Errorf("after 1000 iterations: %x", k)
	}

	alice := unhex(t, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
	bob := unhex(t, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
	public, err := curve25519.X25519Public(alice)
	if err != nil || hex.EncodeToString(public) != "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a" {
		t.Errorf("Alice's public key: %x, %v", public, err)
	}
	shared, err := curve25519.X25519(alice, bob)
	if err != nil || hex.EncodeToString(shared) != "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" {
		t.Errorf("Alice and Bob share %x, %v", shared, err)
	}
}
