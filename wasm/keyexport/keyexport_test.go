package keyexport_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const (
	begin = "-----BEGIN MEGOLM SESSION DATA-----\n"
	end   = "-----END MEGOLM SESSION DATA-----\n"
)

// vectors are the files of Element's tests but one.
var vectors = []struct{ phrase, body, plain string }{
	{
		"password", "AXNhbHRzYWx0c2FsdHNhbHSIiIiIiIiIiIiIiIiIiIiIAAAACmIRUW2OjZ3L2l6j9h0lHlV3M2dx\n" +
			"cissyYBxjsfsAndErh065A8=\n", "plain",
	},
	{
		"betterpassword", "AW1vcmVzYWx0bW9yZXNhbHT//////////wAAAAAAAAAAAAAD6KyBpe1Niv5M5NPm4ZATsJo5nghk\n" +
			"KYu63a0YQ5DRhUWEKk7CcMkrKnAUiZny\n", "Hello, World",
	},
	{
		"SWORDFISH", "AXllc3NhbHR5Z29vZG5lc3P//////////wAAAAAAAAAAAAAD6OIW+Je7gwvjd4kYrb+49gKCfExw\n" +
			"MgJBMD4mrhLkmgAngwR1pHjbWXaoGybtiAYr0moQ93GrBQsCzPbvl82rZhaXO3iH5uHo/RCEpOqp\n" +
			"Pgg29363BGR+/Ripq/VCLKGNbw==\n", strings.Repeat("alphanumerically", 4),
	},
}

// overflowing is the one: its IV, which the spec does not allow, makes the
// counter overflow, so that Element and matrix-rust-sdk read different sessions.
const overflowing = begin + "Af//////////////////////////////////////////AAAD6IAZJy7IQ7Y0idqSw/bmpngEEVVh\n" +
	"gsH+8ptgqxw6ZVWQnohr8JsuwH9SwGtiebZuBu5smPCO+RFVWH2cQYslZijXv/BEH/txvhUrrtCd\n" +
	"bWnSXS9oymiqwUIGs08sXI33ZA==\n" + end

// rust is the file of matrix-rust-sdk's tests, and phrase is 1234.
const rust = begin + `Af7mGhlzQ+eGvHu93u0YXd3D/+vYMs3E7gQqOhuCtkvGAAAAASH7pEdWvFyAP1JUisAcpEo
Xke2Q7Kr9hVl/SCc6jXBNeJCZcrUbUV4D/tRQIl3E9L4fOk928YI1J+3z96qiH0uE7hpsCI
CkHKwjPU+0XTzFdIk1X8H7sZ+MD/2Sg/q3y8rtUjz7uEj4GUTnb+9SCOTVmJsRfqgUpM1CU
bDLytHf1JkohY4tWEgpsCc67xdzgodjr12qYrfg/zNm3LGpxlrffJknw4rk5QFTj4kMbqbD
ZZgDTni+HxRTDGge2J620lMOiznvXX+H09Rwruqx5aJvvaaKd86jWRpiO2oSFqHn4u5ONl9
41uzm62Sj0eIm6ZbA9NQs87jQw4LxsejhZVL+NdjIg80zVSBTWhTdo0DTnbFSNP4ReOiz0U
XosOF8A5T8Vdx2nvA0GXltfcHKVKQYh/LJAkNQ7P9UYL4ae/5TtQZkhB1KxCLTRWqADCl53
uBMGpG53EMgY6G6K2DEIOkcv7sdXQF5WpemiSWZqJRWj+cjfs9BpCTbkp/rszWFl2TniWpR
RqIbT2jORlN4rTvdtF0F4z1pqP4qWyR3sLNTkXm9CFRzWADNG0RDZKxbCoo6RPvtaCTfaHo
SwfvzBS6CjfAG+FOugpV48o7+XetaUUPZ6/tZSPhCdeV8eP9q5r0QwWeXFogzoNzWt4HYx9
MdXxzD+f0mtg5gzehrrEEARwI2bCvPpHxlt/Na9oW/GBpkjwR1LSKgg4CtpRyWngPjdEKpZ
GYW19pdjg0qdXNk/eqZsQTsNWVo6A
` + end

// once is a deriver that does one round, whatever is asked.
func once(ctx context.Context, phrase string, salt []byte, _, size int) ([]byte, error) {
	return passphrase.InGo(ctx, phrase, salt, 1, size)
}

func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func encrypt(t testing.TB, sessions, phrase string) []byte {
	t.Helper()
	file, err := keyexport.Encrypt(context.Background(), []byte(sessions), phrase, once, source(1))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// body returns what a file holds.
func body(t testing.TB, file []byte) []byte {
	t.Helper()
	text := strings.TrimSuffix(strings.TrimPrefix(string(file), begin), end)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fileOf(body []byte) []byte {
	return []byte(begin + base64.StdEncoding.EncodeToString(body) + "\n" + end)
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		got, err := keyexport.Decrypt(t.Context(), []byte(begin+v.body+end), v.phrase, passphrase.InGo)
		if err != nil || string(got) != v.plain {
			t.Errorf("%q, %v; want %q", got, err, v.plain)
		}
	}
	if got, err := keyexport.Decrypt(t.Context(), []byte(overflowing), strings.Repeat("password", 32), passphrase.InGo); !errors.Is(err, keyexport.ErrFormat) || got != nil {
		t.Errorf("%q, %v", got, err)
	}
	got, err := keyexport.Decrypt(t.Context(), []byte(rust), "1234", passphrase.InGo)
	var ids []string
	for session := range scan.Value(got).Items() {
		ids = append(ids, session.Get("algorithm").Text())
	}
	if err != nil || !scan.Valid(got) || len(ids) == 0 || ids[0] != "m.megolm.v1.aes-sha2" {
		t.Errorf("%s, %v", ids, err)
	}
}

// TestRoundTrip: a file has lines that mail leaves alone, two of the same are
// not the same, and it opens with its passphrase.
func TestRoundTrip(t *testing.T) {
	random := source(2)
	for size := range 200 {
		sessions := []byte(strings.Repeat("é", size))
		file, err := keyexport.Encrypt(t.Context(), sessions, "phrase", once, random)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(file), "\n")
		for i, line := range lines[1 : len(lines)-2] {
			if len(line) == 0 || len(line) > 76 || i < len(lines)-4 && len(line) < 76 {
				t.Errorf("line of %d letters", len(line))
			}
		}
		if lines[0]+"\n" != begin || lines[len(lines)-2]+"\n" != end || lines[len(lines)-1] != "" {
			t.Errorf("%s", file)
		}
		if got, err := keyexport.Decrypt(t.Context(), file, "phrase", once); err != nil || !bytes.Equal(got, sessions) {
			t.Errorf("%q, %v", got, err)
		}
		for _, phrase := range []string{"", "phrase ", "Phrase"} {
			if got, err := keyexport.Decrypt(t.Context(), file, phrase, once); !errors.Is(err, keyexport.ErrPassphrase) || got != nil {
				t.Errorf("%q opens it: %q, %v", phrase, got, err)
			}
		}
		again, err := keyexport.Encrypt(t.Context(), sessions, "phrase", once, random)
		if err != nil || bytes.Equal(again, file) {
			t.Errorf("twice the same: %v", err)
		}
	}
}

// TestSurroundings: other line ends and lengths, and what editors, systems and
// mail add.
func TestSurroundings(t *testing.T) {
	file := string(encrypt(t, `[{"session_id":"x"}]`, "p"))
	lines := strings.Split(strings.TrimSpace(file), "\n")
	for name, changed := range map[string]string{
		"CRLF":        strings.ReplaceAll(file, "\n", "\r\n"),
		"CR":          strings.ReplaceAll(file, "\n", "\r"),
		"one line":    lines[0] + strings.Join(lines[1:len(lines)-1], "") + lines[len(lines)-1],
		"no new line": strings.TrimSpace(file),
		"indented":    "  " + strings.ReplaceAll(file, "\n", "\n\t "),
		"mark":        "\ufeff" + file,
		"text around": "Keys of mine:\n\n" + file + "\n-- \nme",
		"unpadded":    strings.ReplaceAll(file, "=", ""),
		"short lines": strings.ReplaceAll(file, "A", "\nA\n"),
	} {
		if name == "short lines" { // the two lines around must stay whole
			changed = begin + strings.ReplaceAll(strings.Join(lines[1:len(lines)-1], ""), "A", "\nA\n") + end
		}
		if got, err := keyexport.Decrypt(t.Context(), []byte(changed), "p", once); err != nil || string(got) != `[{"session_id":"x"}]` {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestChanged is P-1: every bit of a file counts, and all of its length.
func TestChanged(t *testing.T) {
	whole := body(t, encrypt(t, "some sessions", "p"))
	for bit := range 8 * len(whole) {
		changed := bytes.Clone(whole)
		changed[bit/8] ^= 1 << (bit % 8)
		want := keyexport.ErrPassphrase
		switch at := bit / 8; {
		case at == 0:
			want = keyexport.ErrVersion
		case at == 33: // the highest byte of the rounds
			want = passphrase.ErrRounds
		}
		if got, err := keyexport.Decrypt(t.Context(), fileOf(changed), "p", once); !errors.Is(err, want) || got != nil {
			t.Errorf("bit %d: %q, %v; want %v", bit, got, err, want)
		}
	}
	for n := range len(whole) {
		got, err := keyexport.Decrypt(t.Context(), fileOf(whole[:n]), "p", once)
		if got != nil || !errors.Is(err, keyexport.ErrFormat) && !errors.Is(err, keyexport.ErrPassphrase) {
			t.Errorf("%d bytes: %q, %v", n, got, err)
		}
	}
	if got, err := keyexport.Decrypt(t.Context(), fileOf(append(bytes.Clone(whole), 0)), "p", once); !errors.Is(err, keyexport.ErrPassphrase) || got != nil {
		t.Errorf("a byte more: %q, %v", got, err)
	}
}

// TestRounds is P-2: a file that asks for too many is refused at once, and
// what it asks for is what is done.
func TestRounds(t *testing.T) {
	whole := body(t, encrypt(t, "some sessions", "p"))
	if got := binary.BigEndian.Uint32(whole[33:]); got != passphrase.Rounds {
		t.Errorf("%d rounds", got)
	}
	var asked []int
	asks := func(ctx context.Context, phrase string, salt []byte, rounds, size int) ([]byte, error) {
		asked = append(asked, rounds)
		return once(ctx, phrase, salt, rounds, size)
	}
	for _, rounds := range []uint32{0, passphrase.MaxRounds + 1, 1 << 31, 1<<32 - 1} {
		binary.BigEndian.PutUint32(whole[33:], rounds)
		if got, err := keyexport.Decrypt(t.Context(), fileOf(whole), "p", asks); !errors.Is(err, passphrase.ErrRounds) || got != nil {
			t.Errorf("%d: %q, %v", rounds, got, err)
		}
	}
	if asked != nil {
		t.Errorf("%d were begun", asked)
	}
	binary.BigEndian.PutUint32(whole[33:], 7)
	if _, err := keyexport.Decrypt(t.Context(), fileOf(whole), "p", asks); !errors.Is(err, keyexport.ErrPassphrase) || len(asked) != 1 || asked[0] != 7 {
		t.Errorf("%d, %v", asked, err)
	}
}

func TestNoExports(t *testing.T) {
	good := string(encrypt(t, "x", "p"))
	for _, file := range []string{
		"", "-----", begin, end, end + begin, begin + end, begin + "-----", strings.TrimSuffix(good, end), strings.TrimPrefix(good, begin),
		begin + "****\n" + end, begin + "A\n" + end, strings.ToLower(good), "[]", "\x00\xff",
		// of Element's tests: too short
		begin + "AXNhbHRzYWx0c2FsdHNhbHSIiIiIiIiIiIiIiIiIiIiIAAAACmIRUW2OjZ3L2l6j9h0lHlV3M2dx\ncissyYBxjsfsAn\n" + end,
	} {
		if got, err := keyexport.Decrypt(t.Context(), []byte(file), "p", once); !errors.Is(err, keyexport.ErrFormat) || got != nil {
			t.Errorf("%.100q: %q, %v", file, got, err)
		}
	}
	for _, n := range []int{0, 15, 31} {
		if file, err := keyexport.Encrypt(t.Context(), nil, "p", once, bytes.NewReader(make([]byte, n))); err == nil || file != nil {
			t.Errorf("with %d random bytes: %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := keyexport.Encrypt(ctx, nil, "p", passphrase.InGo, source(1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := keyexport.Decrypt(ctx, []byte(good), "p", passphrase.InGo); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzDecrypt: nothing but what was encrypted comes out.
func FuzzDecrypt(f *testing.F) {
	good := encrypt(f, "[]", "p")
	f.Add(good)
	f.Add([]byte(rust))
	f.Add([]byte(begin + vectors[0].body + end))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := keyexport.Decrypt(t.Context(), file, "p", once)
		if err != nil && got != nil || err == nil && string(got) != "[]" {
			t.Fatalf("%q, %v", got, err)
		}
	})
}
