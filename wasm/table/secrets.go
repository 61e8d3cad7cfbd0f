package table

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SecretsKey is the key in Crypto of a Secrets.
var SecretsKey = []byte("secrets")

// Secrets is what this device has of the user's secrets, and what it wants to do
// with them. One that was published must not be changed; Clone it.
type Secrets struct {
	// Keys are the private cross-signing keys. They are worth something as long as
	// the server has their public halves.
	Keys CrossSigning
	// New are made and stored, but the server does not have them yet. Reset says
	// that they are to replace others, which is not done without the user.
	New   CrossSigning
	Reset bool
	// Checked is the public master key that the user compared from this device;
	// zero for none.
	Checked Key32
	// Backup is the private key of the backup, NewBackup that of one which the
	// server does not have yet, Offered one that came before it was known what it
	// opens.
	Backup, NewBackup, Offered Key32
	// Signatures are to be uploaded.
	Signatures []Signature
	// Asked is what was asked of own devices, Asking what they asked.
	Asked  []SecretRequest
	Asking []SecretRequest
}

// CrossSigning is private cross-signing keys; zero for one that is not here.
type CrossSigning struct{ Master, SelfSigning, UserSigning SigningPair }

// SigningPair is the seed of an Ed25519 key and its public half.
type SigningPair struct{ Seed, Public Key32 }

// Signature is a signed object for the server, that of a device or a master key.
type Signature struct {
	User event.UserID
	// Name is the device's id or the public key.
	Name   string
	Object scan.Value
}

// SecretRequest is one request for a secret. Device is who asks, "" for this one.
type SecretRequest struct {
	ID, Name string
	Device   event.DeviceID
}

// IsZero reports whether there is no key.
func (k Key32) IsZero() bool { return k == Key32{} }

// Whole reports whether all keys are there.
func (c CrossSigning) Whole() bool {
	return !c.Master.Seed.IsZero() && !c.SelfSigning.Seed.IsZero() && !c.UserSigning.Seed.IsZero()
}

// Clone returns a copy that may be changed.
func (s *Secrets) Clone() *Secrets {
	c := *s
	c.Signatures, c.Asked, c.Asking = slices.Clone(s.Signatures), slices.Clone(s.Asked), slices.Clone(s.Asking)
	return &c
}

const secretsFormat = 1

// Encode returns the stored form. It is secret.
func (s *Secrets) Encode() []byte {
	w := newWriter(secretsFormat)
	for _, k := range s.fixed() {
		w.key32(*k)
	}
	w.bool(s.Reset)
	w.uint(uint64(len(s.Signatures)))
	for _, one := range s.Signatures {
		w.text(string(one.User))
		w.text(one.Name)
		w.bytes(one.Object)
	}
	w.secretRequests(s.Asked)
	w.secretRequests(s.Asking)
	return w.done()
}

// DecodeSecrets reads the stored form.
func DecodeSecrets(value []byte) (*Secrets, error) {
	d, _ := newReader(value, secretsFormat)
	s := &Secrets{}
	for _, k := range s.fixed() {
		*k = d.key32()
	}
	s.Reset = d.bool()
	for range d.count(3) {
		s.Signatures = append(s.Signatures, Signature{User: event.UserID(d.text()), Name: d.text(), Object: d.object()})
	}
	s.Asked, s.Asking = d.secretRequests(), d.secretRequests()
	return s, named("secrets", d.done())
}

func (s *Secrets) fixed() []*Key32 {
	all := []*Key32{&s.Checked, &s.Backup, &s.NewBackup, &s.Offered}
	for _, c := range []*CrossSigning{&s.Keys, &s.New} {
		for _, pair := range []*SigningPair{&c.Master, &c.SelfSigning, &c.UserSigning} {
			all = append(all, &pair.Seed, &pair.Public)
		}
	}
	return all
}

func (w *writer) secretRequests(all []SecretRequest) {
	w.uint(uint64(len(all)))
	for _, r := range all {
		w.text(r.ID)
		w.text(r.Name)
		w.text(string(r.Device))
	}
}

func (d *reader) secretRequests() (all []SecretRequest) {
	for range d.count(3) {
		all = append(all, SecretRequest{ID: d.text(), Name: d.text(), Device: event.DeviceID(d.text())})
	}
	return all
}
