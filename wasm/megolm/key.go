package megolm

import (
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Both forms of a session's key begin with
//
//	version ‖ ratchet ‖ public key
//
// One that is shared ("Session sharing format") has a signature of that after
// it, one that is exported ("Session export format") has not.
const (
	exportVersion     = 1
	sessionKeyVersion = 2

	exportSize     = 1 + ratchetSize + curve25519.KeySize
	sessionKeySize = exportSize + curve25519.SignatureSize
)

func appendKey(b []byte, version byte, r *ratchet, public []byte) []byte {
	return append(r.append(append(b, version)), public...)
}

// NewInbound returns the session of a session_key that its maker shared.
func NewInbound(sessionKey string) (*Inbound, error) {
	b, err := unpadded.Decode(sessionKey)
	if err != nil || len(b) != sessionKeySize {
		return nil, ErrFormat
	}
	s, err := readKey(b[:exportSize], sessionKeyVersion)
	if err != nil {
		return nil, err
	}
	if err := s.loadVerifier(); err != nil {
		return nil, err
	}
	if !s.verifier.Verify(b[:exportSize], b[exportSize:]) {
		return nil, ErrSignature
	}
	s.signed, s.signedFrom = true, s.first.index
	return s, nil
}

// ImportInbound returns the session of a session_key that was exported: it came
// from a backup, a file or another device. It does not look at the public key until
// there is a message to decrypt: thousands are imported at once, and few decrypt.
func ImportInbound(exported string) (*Inbound, error) {
	b, err := unpadded.Decode(exported)
	if err != nil || len(b) != exportSize {
		return nil, ErrFormat
	}
	return readKey(b, exportVersion)
}

func readKey(b []byte, version byte) (*Inbound, error) {
	if b[0] != version {
		return nil, ErrFormat
	}
	return &Inbound{
		first: readRatchet((*[ratchetSize]byte)(b[1:])),
		key:   [curve25519.KeySize]byte(b[1+ratchetSize:]),
	}, nil
}

// Export returns the session's key from index on, as ImportInbound takes it:
// for a backup, a file or another device. ErrIndex if that is not known.
func (s *Inbound) Export(index uint32) (string, error) {
	r, err := s.at(index)
	if err != nil {
		return "", err
	}
	return unpadded.Encode(appendKey(make([]byte, 0, exportSize), exportVersion, &r, s.key[:])), nil
}
