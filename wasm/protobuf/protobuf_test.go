package protobuf_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/message"

	"github.com/alcove-chat/alcove/wasm/protobuf"
)

func TestAppend(t *testing.T) {
	var peer message.Encoder
	var own []byte
	for _, number := range []uint64{0, 1, 127, 128, 300, math.MaxUint32, math.MaxUint64} {
		peer.PutVarInt(0x08)
		peer.PutVarInt(number)
		own = protobuf.AppendNumber(own, 0x08, number)
		text := make([]byte, number%1000)
		peer.PutVarInt(0x12)
		peer.PutVarBytes(text)
		own = protobuf.AppendText(own, 0x12, text)
		if head := protobuf.AppendLength(nil, 0x12, int(number%math.MaxInt32)); len(head) > protobuf.MaxField {
			t.Errorf("%d bytes before a text", len(head))
		}
	}
	if !bytes.Equal(own, peer.Bytes()) {
		t.Errorf("%x, goolm: %x", own, peer.Bytes())
	}
}

// FuzzFields: it reads what goolm's decoder does, field by field.
func FuzzFields(f *testing.F) {
	f.Add([]byte("\x08\xac\x02\x12\x03abc\x12\x00"))
	f.Add([]byte("\x88\x00\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"))
	f.Add([]byte("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02"))
	f.Add([]byte("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Add([]byte("\x12\x04abc"))
	f.Add([]byte("\x1d\x00\x00\x00\x00"))
	f.Add([]byte("\x08"))
	f.Add([]byte("\x80"))
	f.Fuzz(func(t *testing.T, b []byte) {
		peer := message.NewDecoder(b)
		var last error
		for got, err := range protobuf.Fields(b) {
			want, peerErr := peerField(peer)
			if last != nil || errors.Is(peerErr, io.EOF) || (err == nil) != (peerErr == nil) || err != nil && !errors.Is(err, protobuf.ErrFormat) {
				t.Fatalf("%x: %v after %v, goolm: %v", b, err, last, peerErr)
			}
			if err == nil && (got.Tag != want.Tag || got.Number != want.Number || !bytes.Equal(got.Text, want.Text)) {
				t.Fatalf("%x: %v, goolm: %v", b, got, want)
			}
			last = err
		}
		if _, err := peerField(peer); last == nil && !errors.Is(err, io.EOF) {
			t.Fatalf("%x: goolm is not at the end", b)
		}
	})
}

var errPeer = errors.New("goolm refuses it")

// peerField reads as goolm's messages do; io.EOF only before a field.
func peerField(d *message.Decoder) (f protobuf.Field, err error) {
	if f.Tag, err = d.ReadVarInt(); err != nil {
		return f, err
	}
	switch f.Tag & 7 {
	case 0:
		f.Number, err = d.ReadVarInt()
	case 2:
		f.Text, err = d.ReadVarBytes()
	default:
		err = errPeer
	}
	if err != nil {
		err = errPeer
	}
	return f, err
}
