package e2ee

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Names of the secrets (spec: secrets).
const (
	masterSecret      = "m.cross_signing.master"
	selfSigningSecret = "m.cross_signing.self_signing"
	userSigningSecret = "m.cross_signing.user_signing"
	backupSecret      = "m.megolm_backup.v1"
)

var secretNames = []string{masterSecret, selfSigningSecret, userSigningSecret, backupSecret}

// pace is what is known of identity and backup for this run alone: what the server
// would not have is tried again in the next. What it points to is replaced, not
// changed.
type pace struct {
	// identityRefused: the server wants something of the user first.
	identityRefused bool
	// unsignable: it would not take the signature of this device.
	unsignable bool
	saving     saving
}

// loadSecrets takes what was stored. Lost secrets come again from where they came
// from, and a lost backup is looked for.
func (k *kept) loadSecrets(secrets, backup []byte) {
	k.secrets, k.backup = &table.Secrets{}, &table.KeyBackup{}
	if s, err := table.DecodeSecrets(secrets); err == nil {
		k.secrets = s
	}
	if b, err := table.DecodeKeyBackup(backup); err == nil {
		k.backup = b
	}
	k.pace.saving.look = true
}

// answeredSecrets takes the answer to a request about identity or backup.
func (w *Work) answeredSecrets(ctx context.Context, r *Request, body scan.Value) error {
	switch r.Kind {
	case UploadIdentity:
		return w.identityUploaded(ctx, r)
	case UploadSignatures:
		return w.signaturesUploaded(ctx, r, func(user event.UserID, name string) bool {
			return body.Path("failures", string(user), name).Exists()
		})
	case LookBackup:
		return w.backupFound(ctx, body)
	case CreateBackup:
		return w.backupCreated(ctx, r, body)
	case DeleteBackup:
		w.backupGone()
		return nil
	case SaveKeys:
		return w.keysSaved(ctx, r, body)
	case FetchKey:
		return w.keyFetched(ctx, r, body)
	}
	return fmt.Errorf("e2ee: no request of kind %q", r.Kind)
}

// refusedSecrets takes note that the server will not take such a request.
func (w *Work) refusedSecrets(ctx context.Context, r *Request, errcode string) error {
	switch r.Kind {
	case UploadIdentity:
		w.pace.identityRefused = true
	case UploadSignatures:
		return w.signaturesUploaded(ctx, r, func(event.UserID, string) bool { return true })
	case LookBackup, CreateBackup, DeleteBackup, SaveKeys, FetchKey:
		w.backupRefused(r, errcode)
	default:
		return fmt.Errorf("e2ee: no request of kind %q", r.Kind)
	}
	return nil
}

// secret returns a secret that this device has and that is in force, as others
// take it; "" if there is none. Our own user must have been fetched.
func (w *Work) secret(name string) string {
	if name == backupSecret {
		if key := w.backupKey(); key != nil {
			private := key.Private()
			return unpadded.Encode(private[:])
		}
		return ""
	}
	if pair, public := w.signingSecret(name); pair != nil && w.ours(pair, public) != nil {
		return unpadded.Encode(pair.Seed[:])
	}
	return ""
}

func (w *Work) signingSecret(name string) (*table.SigningPair, scan.Value) {
	keys, me := &w.secrets.Keys, w.me()
	switch name {
	case masterSecret:
		return &keys.Master, me.Master
	case selfSigningSecret:
		return &keys.SelfSigning, me.SelfSigning
	case userSigningSecret:
		return &keys.UserSigning, me.UserSigning
	}
	return nil, nil
}

// acceptSecret keeps a secret if it is the private half of what the server has,
// whoever brought it. What the key of a backup opens may have to be asked first.
func (w *Work) acceptSecret(name, text string) bool {
	b, err := unpadded.Decode(text)
	if err != nil || len(b) != len(table.Key32{}) {
		return false
	}
	if name == backupSecret {
		return w.acceptBackupKey(table.Key32(b))
	}
	_, public := w.signingSecret(name)
	key, err := curve25519.NewSigningKey(b)
	if err != nil || public == nil || table.Key32(key.Public()) != publicOf(public) {
		return false
	}
	w.changeSecrets()
	pair, _ := w.signingSecret(name)
	*pair = table.SigningPair{Seed: table.Key32(b), Public: table.Key32(key.Public())}
	return true
}

func (w *Work) acceptBackupKey(private table.Key32) bool {
	key, err := backup.KeyOf(private[:])
	if err != nil {
		return false
	}
	if w.pace.saving.look {
		w.changeSecrets().Offered = private
		return true
	}
	info, err := backup.ParseInfo(w.backup.Said)
	if err != nil || w.backup.Version == "" || !key.Opens(info) {
		return false
	}
	w.changeSecrets().Backup = private
	w.backupConnected()
	return true
}

// takeSecrets acts on secrets that were accepted.
func (w *Work) tookSecrets(ctx context.Context) error {
	me, err := w.changeUser(ctx, w.m.user)
	if err != nil {
		return err
	}
	w.takeOwnIdentity(me)
	if err := w.answerSecrets(ctx); err != nil {
		return err
	}
	return w.prepareBackup(ctx)
}
