package verification

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// mode is what a QR code is for (spec: QR code format).
type mode byte

const (
	// otherUser verifies another user: the keys are the two master keys.
	otherUser mode = iota
	// trusting is of a device that trusts its user's master key: that, and the
	// other device's key.
	trusting
	// untrusting is of one that does not: its own key, and the master key.
	untrusting
)

// qr is a QR code: what the device that shows it holds for its own key and for
// the other side's.
type qr struct {
	mode          mode
	name          string
	first, second Key
	secret        []byte
}

const (
	qrMagic   = "MATRIX"
	qrVersion = 2
	// secretSize is that of our codes. The spec suggests 8 bytes or so.
	secretSize = 16
	minSecret  = 8
	maxSecret  = 255
)

// bytes returns what the code says, as one segment of bytes; nil for none.
func (q *qr) bytes() []byte {
	if q == nil {
		return nil
	}
	b := append([]byte(qrMagic), qrVersion, byte(q.mode))
	b = binary.BigEndian.AppendUint16(b, uint16(len(q.name))) // at most maxName
	b = append(b, q.name...)
	b = append(append(b, q.first[:]...), q.second[:]...)
	return append(b, q.secret...)
}

// parseQR reads what a code says, or ErrCode.
func parseQR(b []byte) (*qr, error) {
	head := len(qrMagic) + 4
	if len(b) < head || !strings.HasPrefix(string(b), qrMagic) || b[6] != qrVersion || b[7] > byte(untrusting) {
		return nil, ErrCode
	}
	q := &qr{mode: mode(b[7])}
	size := int(binary.BigEndian.Uint16(b[8:]))
	b = b[head:]
	if size > maxName || len(b) < size+2*curve25519.KeySize+minSecret {
		return nil, ErrCode
	}
	q.name, b = string(b[:size]), b[size:]
	q.first, b = Key(b[:curve25519.KeySize]), b[curve25519.KeySize:]
	q.second, b = Key(b[:curve25519.KeySize]), b[curve25519.KeySize:]
	if !utf8.ValidString(q.name) || len(b) > maxSecret {
		return nil, ErrCode
	}
	q.secret = append(q.secret, b...)
	return q, nil
}
