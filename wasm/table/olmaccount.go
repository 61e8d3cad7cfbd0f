package table

import "slices"

// Names of the records in Crypto.
var (
	// OlmAccountKey: an OlmAccount.
	OlmAccountKey = []byte("account")
	// TrackerKey: a Tracker.
	TrackerKey = []byte("tracker")
)

// Key32 is a key of Ed25519 or Curve25519, or the seed of one.
type Key32 [32]byte

// OlmAccount is the private keys of this device. One that was published must
// not be changed; Clone it.
type OlmAccount struct {
	// Signing is the seed of the device's Ed25519 key, Identity the record of its
	// Curve25519 pair.
	Signing  Key32
	Identity []byte
	// Uploaded says that the server has the device's public keys.
	Uploaded bool
	OneTime  []OneTimeKey
	// Fallback is the fallback key, and the one before it as long as it may be in
	// use, the newest last.
	Fallback []OneTimeKey
	// Conflict says that the server has other keys of this device: another copy of
	// it is, or was, at work (FEATURES D-16).
	Conflict bool
}

// OneTimeKey is a Curve25519 key that others begin sessions with.
type OneTimeKey struct {
	// Pair is the record of both halves.
	Pair   []byte
	Public Key32
	// Uploaded says that the server has it.
	Uploaded bool
	// Used is when a message used it first, in milliseconds since 1970; only
	// fallback keys live on then.
	Used int64
}

// Clone returns a copy that may be changed.
func (a *OlmAccount) Clone() *OlmAccount {
	c := *a
	c.OneTime, c.Fallback = slices.Clone(a.OneTime), slices.Clone(a.Fallback)
	return &c
}

const olmAccountFormat = 1

// Encode returns the stored form. It is secret.
func (a *OlmAccount) Encode() []byte {
	w := newWriter(olmAccountFormat)
	w.key32(a.Signing)
	w.bytes(a.Identity)
	w.bool(a.Uploaded)
	w.bool(a.Conflict)
	w.oneTimeKeys(a.OneTime)
	w.oneTimeKeys(a.Fallback)
	return w.done()
}

// DecodeOlmAccount reads the stored form.
func DecodeOlmAccount(value []byte) (*OlmAccount, error) {
	d, _ := newReader(value, olmAccountFormat)
	a := &OlmAccount{Signing: d.key32(), Identity: d.bytes(), Uploaded: d.bool(), Conflict: d.bool()}
	a.OneTime, a.Fallback = d.oneTimeKeys(), d.oneTimeKeys()
	return a, named("device keys", d.done())
}

func (w *writer) key32(k Key32) { w.buf = append(w.buf, k[:]...) }

func (d *reader) key32() (k Key32) {
	copy(k[:], d.take(len(k)))
	return k
}

func (w *writer) oneTimeKeys(keys []OneTimeKey) {
	w.uint(uint64(len(keys)))
	for i := range keys {
		w.bytes(keys[i].Pair)
		w.key32(keys[i].Public)
		w.bool(keys[i].Uploaded)
		w.int(keys[i].Used)
	}
}

func (d *reader) oneTimeKeys() []OneTimeKey {
	var keys []OneTimeKey
	for range d.count(len(Key32{})) {
		keys = append(keys, OneTimeKey{Pair: d.bytes(), Public: d.key32(), Uploaded: d.bool(), Used: d.int()})
	}
	return keys
}
