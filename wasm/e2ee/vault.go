package e2ee

import (
	"context"
	"errors"
	"slices"

	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
)

// AccountData returns the user's account data of a type, as the server has it;
// nil where there is none.
type AccountData func(kind string) scan.Value

// Datum is account data to be written. Those of one answer must be written in
// their order: what says that something is there comes after it.
type Datum struct {
	Type    string
	Content scan.Value
}

const (
	defaultKeyType = "m.secret_storage.default_key"
	keyType        = "m.secret_storage.key."
)

// What keeps the secret storage from being used.
var (
	// ErrNoVault says that the account has no secret storage.
	ErrNoVault = errors.New("e2ee: no secret storage")
	// ErrUnproven says that nothing tells whether a key is the right one, so that
	// nothing new may be encrypted with it.
	ErrUnproven = errors.New("e2ee: nothing proves the secret storage key")
)

// Vault is the account's secret storage, open (spec: secrets, storage).
type Vault struct {
	id  string
	key secretstorage.Key
	// proven: the key passed a check, or opened a secret that is the right one.
	proven bool
}

// HasVault reports whether the account has a secret storage that can be opened.
func HasVault(data AccountData) bool {
	_, _, err := describedVault(data)
	return err == nil
}

func describedVault(data AccountData) (id string, d secretstorage.Description, err error) {
	if id = data(defaultKeyType).Get("key").Text(); id == "" {
		return "", d, ErrNoVault
	}
	content := data(keyType + id)
	if content.Kind() != scan.Object || !content.Get("algorithm").Exists() {
		return "", d, ErrNoVault
	}
	d, err = secretstorage.ParseDescription(content)
	return id, d, err
}

// OpenVault opens the secret storage with what the user typed: the recovery key,
// or else the passphrase.
func OpenVault(ctx context.Context, data AccountData, typed string, derive passphrase.PBKDF2) (*Vault, error) {
	id, d, err := describedVault(data)
	if err != nil {
		return nil, err
	}
	key, err := recovery.Decode(typed)
	if err == nil && d.Check(key) == nil {
		return &Vault{id, key, d.Checkable()}, nil
	}
	if d.Passphrase == nil {
		return nil, secretstorage.ErrKey
	}
	phrased, err := d.Open(ctx, typed, derive)
	if err != nil {
		return nil, err
	}
	return &Vault{id, phrased, d.Checkable()}, nil
}

// NewVault makes a secret storage, whose key is made of the passphrase unless
// that is "". What it returns is to be written after what Store does, so that a
// device that dies in between leaves the old storage as it is.
func (m *Machine) NewVault(ctx context.Context, phrase string, derive passphrase.PBKDF2) (v *Vault, written []Datum, err error) {
	v = &Vault{proven: true}
	if v.id, err = secretstorage.NewID(m.Random); err != nil {
		return nil, nil, err
	}
	var p *secretstorage.Passphrase
	if phrase == "" {
		v.key, err = secretstorage.NewKey(m.Random)
	} else if p, err = secretstorage.NewPassphrase(m.Random); err == nil {
		v.key, err = p.Key(ctx, phrase, derive)
	}
	if err != nil {
		return nil, nil, err
	}
	d, err := secretstorage.Describe(v.key, "", p, m.Random)
	if err != nil {
		return nil, nil, err
	}
	var b scan.Builder
	return v, []Datum{{keyType + v.id, d.Content()}, {defaultKeyType, b.Text("key", v.id).Done()}}, nil
}

// RecoveryKey is the storage's key as people keep it. Whoever has it has all.
func (v *Vault) RecoveryKey() string { return recovery.Encode(v.key) }

// Store returns the secrets that this device has, encrypted for the storage.
func (m *Machine) Store(ctx context.Context, v *Vault) (written []Datum, err error) {
	if !v.proven {
		return nil, ErrUnproven
	}
	w := m.Begin()
	if err := w.fetchMe(ctx); err != nil {
		return nil, err
	}
	for _, name := range secretNames {
		secret := w.secret(name)
		if secret == "" {
			continue
		}
		content, err := secretstorage.Encrypt(name, secret, v.id, v.key, m.Random)
		if err != nil {
			return nil, err
		}
		written = append(written, Datum{name, content})
	}
	return written, nil
}

// Recovered says what of the secrets was in the secret storage and is in force
// now.
type Recovered struct {
	// Identity: all cross-signing keys, so that this device is signed.
	Identity bool
	// Backup: the backup's key.
	Backup bool
	// Outdated are secrets that are not those of what the server has.
	Outdated []string
}

// Recover takes the secrets out of the storage, signs this device and connects the
// backup. Each secret is compared with its public half: the storage's MAC does not
// say that it is the right one.
func (w *Work) Recover(ctx context.Context, v *Vault, data AccountData) (r Recovered, err error) {
	if err := w.fetchMe(ctx); err != nil {
		return r, err
	}
	if !w.me().Known || w.tracker.Outdated[w.m.user] != 0 || w.pace.saving.look {
		return r, ErrNotKnown
	}
	for _, name := range secretNames {
		secret, err := secretstorage.Decrypt(name, data(name), v.id, v.key)
		switch {
		case errors.Is(err, secretstorage.ErrMissing):
		case err == nil && w.acceptSecret(name, secret):
			v.proven = true
		default:
			r.Outdated = append(r.Outdated, name)
		}
	}
	me, k := w.me(), &w.secrets.Keys
	r.Identity = w.ours(&k.Master, me.Master) != nil && w.ours(&k.SelfSigning, me.SelfSigning) != nil &&
		w.ours(&k.UserSigning, me.UserSigning) != nil
	r.Backup = w.backupKey() != nil
	return r, w.tookSecrets(ctx)
}

// VaultTypes returns the types of account data that the secret storage is in. Of
// data it asks for that which names its key.
func VaultTypes(data AccountData) []string {
	types := slices.Clone(secretNames)
	if id := data(defaultKeyType).Get("key").Text(); id != "" {
		types = append(types, keyType+id)
	}
	return types
}

// HasPassphrase reports whether the secret storage opens with a passphrase, too.
func HasPassphrase(data AccountData) bool {
	_, d, err := describedVault(data)
	return err == nil && d.Passphrase != nil
}
