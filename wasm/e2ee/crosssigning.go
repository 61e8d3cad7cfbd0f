package e2ee

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What keeps something from being done about identities.
var (
	// ErrNotKnown says that the server has not been asked yet.
	ErrNotKnown = errors.New("e2ee: not known yet what the server has")
	// ErrIdentityExists says that there are cross-signing keys already.
	ErrIdentityExists = errors.New("e2ee: there are cross-signing keys already")
	// ErrOtherKey says that a key is not the one that is known.
	ErrOtherKey = errors.New("e2ee: another key than the one that is known")
	// ErrNoSecret says that this device does not have the private key for it.
	ErrNoSecret = errors.New("e2ee: this device does not have the secret")
)

// NewIdentity makes cross-signing keys of our user. They are in force once the
// server has them: see UploadIdentity. To take the place of others is a reset,
// after which everybody has to be verified anew.
func (w *Work) NewIdentity(ctx context.Context, reset bool) error {
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	me := w.me()
	switch {
	case !me.Known || w.tracker.Outdated[w.m.user] != 0:
		return ErrNotKnown
	case me.Master != nil && !reset:
		return ErrIdentityExists
	}
	s := w.changeSecrets()
	s.Reset = me.Master != nil
	w.pace.identityRefused = false
	if s.New.Whole() {
		return nil // the server may have them, for all that is known
	}
	for _, pair := range []*table.SigningPair{&s.New.Master, &s.New.SelfSigning, &s.New.UserSigning} {
		if err := newPair(pair, w.m); err != nil {
			return err
		}
	}
	return nil
}

// CancelIdentity gives up keys that the server does not have. It must not be
// called while their upload is under way.
func (w *Work) CancelIdentity() {
	s := w.changeSecrets()
	s.New, s.Reset = table.CrossSigning{}, false
}

func newPair(pair *table.SigningPair, m *Machine) error {
	key, seed, err := curve25519.GenerateSigningKey(m.Random)
	if err != nil {
		return err
	}
	*pair = table.SigningPair{Seed: table.Key32(seed), Public: table.Key32(key.Public())}
	return nil
}

func (w *Work) fetchMe(ctx context.Context) error {
	w.users.want(w.m.user)
	return w.fetch(ctx)
}

// identityBody is what a server is to have of new keys. The device signs the
// master key, so that whoever trusts the device can go on from there.
func (k *kept) identityBody() (master, selfSigning, userSigning scan.Value) {
	n := &k.secrets.New
	user := k.own.user
	m := signingKey(user, masterUsage, n.Master.Public)
	return k.own.sign(m),
		signWith(n.Master, user, signingKey(user, selfSigningUsage, n.SelfSigning.Public)),
		signWith(n.Master, user, signingKey(user, userSigningUsage, n.UserSigning.Public))
}

// signingKey is a public cross-signing key, without signatures.
func signingKey(user event.UserID, usage string, key table.Key32) scan.Value {
	var keys, b scan.Builder
	keys.Text(keyID(key), keyID(key)[len("ed25519:"):])
	return b.Raw("keys", keys.Done()).Texts("usage", []string{usage}).Text("user_id", string(user)).Done()
}

// signWith returns object with the signature of a cross-signing key added.
func signWith(pair table.SigningPair, user event.UserID, object scan.Value) scan.Value {
	key, err := curve25519.NewSigningKey(pair.Seed[:])
	if err != nil {
		return object
	}
	signed, err := signature.Sign(object, string(user), keyID(pair.Public), key)
	if err != nil {
		return object // of no canonical form; the server will not take it
	}
	return signed
}

// UploadIdentity is the request that puts new cross-signing keys in force; nil if
// there are none. A server may answer 401 and what it wants of the user, whose
// answer is auth in another attempt (spec: user-interactive authentication).
func (m *Machine) UploadIdentity(auth scan.Value) *Request {
	k := m.present()
	return k.uploadIdentity(auth)
}

func (k *kept) uploadIdentity(auth scan.Value) *Request {
	if k.account == nil || !k.secrets.New.Whole() {
		return nil
	}
	master, self, user := k.identityBody()
	var b scan.Builder
	b.Raw("master_key", master).Raw("self_signing_key", self).Raw("user_signing_key", user)
	if auth != nil {
		b.Raw("auth", auth)
	}
	return &Request{Kind: UploadIdentity, Method: "POST", Path: []string{"keys", "device_signing", "upload"}, Body: b.Done()}
}

// firstIdentity is the upload that needs no user: that of the first keys
// (MSC3967), until the server says otherwise.
func (k *kept) firstIdentity() *Request {
	if k.secrets.Reset || k.pace.identityRefused {
		return nil
	}
	return k.uploadIdentity(nil)
}

// identityUploaded puts keys in force that the server took.
func (w *Work) identityUploaded(ctx context.Context, r *Request) error {
	if n := w.secrets.New; !n.Whole() || publicOf(r.Body.Get("master_key")) != n.Master.Public {
		return nil // taken up already, or given up
	}
	before, err := w.changeUser(ctx, w.m.user)
	if errors.Is(err, ErrNotKnown) {
		return nil // lost; the next query shows what the server has
	}
	if err != nil {
		return err
	}
	after := before.Clone()
	n := w.secrets.New
	after.Master = signingKey(w.m.user, masterUsage, n.Master.Public)
	after.SelfSigning = signingKey(w.m.user, selfSigningUsage, n.SelfSigning.Public)
	after.UserSigning = signingKey(w.m.user, userSigningUsage, n.UserSigning.Public)
	checkSigned(w.m.user, before, after)
	w.takeOwnIdentity(after)
	w.users.put(w.m.user, after)
	return nil
}

// takeOwnIdentity acts on what our own identity is now, which is not stored yet.
func (w *Work) takeOwnIdentity(me *table.UserDevices) {
	master, n := publicOf(me.Master), w.secrets.New
	switch {
	case !n.Whole() || me.Master == nil:
	case n.Master.Public == master && n.SelfSigning.Public == publicOf(me.SelfSigning) && n.UserSigning.Public == publicOf(me.UserSigning):
		s := w.changeSecrets()
		s.Keys, s.New, s.Reset = s.New, table.CrossSigning{}, false
	case !w.secrets.Reset:
		w.CancelIdentity() // another device was first
	}
	if w.verified(w.m.user, me, me) {
		me.Pinned, me.Verified = master, true
	}
	w.signSelf(me)
	w.judgeBackup(me)
}
