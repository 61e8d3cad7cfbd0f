package aesctr_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/aesctr"
)

// TestVector is NIST SP 800-38A, F.5.5.
func TestVector(t *testing.T) {
	decode := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := [aesctr.KeySize]byte(decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
	iv := aesctr.IV(decode("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
	plain := decode("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
	text := bytes.Clone(plain)
	if err := aesctr.XOR(key, iv, text); err != nil {
		t.Fatal(err)
	}
	if want := decode("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"); !bytes.Equal(text, want) {
		t.Errorf("%x", text)
	}
	if err := aesctr.XOR(key, iv, text); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, plain) {
		t.Errorf("%x", text)
	}
}

// TestOverflow: where clients count on differently, none of them is right.
func TestOverflow(t *testing.T) {
	for _, c := range []struct {
		first uint64
		size  int
		want  error
	}{
		{math.MaxUint64, 0, nil},
		{math.MaxUint64, 16, nil},
		{math.MaxUint64, 17, aesctr.ErrOverflow},
		{math.MaxUint64 - 1, 32, nil},
		{math.MaxUint64 - 1, 33, aesctr.ErrOverflow},
		{math.MaxInt64, 1000, nil},
	} {
		var iv aesctr.IV
		binary.BigEndian.PutUint64(iv[8:], c.first)
		text := make([]byte, c.size)
		if err := aesctr.XOR([aesctr.KeySize]byte{}, iv, text); !errors.Is(err, c.want) || err != nil && !bytes.Equal(text, make([]byte, c.size)) {
			t.Errorf("%d bytes from %x: %v, want %v", c.size, c.first, err, c.want)
		}
	}
}

func TestNewIV(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	var seen aesctr.IV
	for range 200 {
		iv, err := aesctr.NewIV(source)
		if err != nil || iv[8]&0x80 != 0 {
			t.Fatalf("%x, %v", iv, err)
		}
		for i := range iv {
			seen[i] |= iv[i]
		}
	}
	want := bytes.Repeat([]byte{0xff}, aesctr.IVSize)
	want[8] = 0x7f
	if !bytes.Equal(seen[:], want) {
		t.Errorf("bits that were ever set: %x", seen)
	}
	if iv, err := aesctr.NewIV(bytes.NewReader(make([]byte, 15))); !errors.Is(err, io.ErrUnexpectedEOF) || iv != (aesctr.IV{}) {
		t.Errorf("%x, %v", iv, err)
	}
}
