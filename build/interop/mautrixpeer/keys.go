package mautrixpeer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/backup"
	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// patience is how long to wait for another device to send a secret.
const patience = 30 * time.Second

func (d *device) SetUp(ctx context.Context, password, passphrase string) (made peer.Recovery, err error) {
	made.Passphrase = passphrase
	if made.Key, _, err = d.machine.GenerateAndUploadCrossSigningKeysWithPassword(ctx, password, passphrase); err != nil {
		return made, err
	}
	if err := d.machine.SignOwnDevice(ctx, d.machine.OwnIdentity()); err != nil {
		return made, err
	}
	if err := d.machine.SignOwnMasterKey(ctx); err != nil {
		return made, err
	}
	secrets, err := d.secrets(ctx, made)
	if err != nil {
		return made, err
	}
	return made, d.newBackup(ctx, secrets)
}

// secrets opens secret storage.
func (d *device) secrets(ctx context.Context, with peer.Recovery) (*ssss.Key, error) {
	name, key, err := d.machine.SSSS.GetDefaultKeyData(ctx)
	switch {
	case err != nil:
		return nil, err
	case with.Key != "":
		return key.VerifyRecoveryKey(name, with.Key)
	}
	return key.VerifyPassphrase(name, with.Passphrase)
}

// newBackup makes a backup, signed by this device and the master key, whose key
// is in secret storage.
func (d *device) newBackup(ctx context.Context, secrets *ssss.Key) error {
	key, err := backup.NewMegolmBackupKey()
	if err != nil {
		return err
	}
	auth := backup.MegolmAuthData{PublicKey: id.Ed25519(encoded(key.PublicKey().Bytes()))}
	signature, err := d.machine.GetAccount().SignJSON(auth)
	if err != nil {
		return err
	}
	auth.Signatures = signatures.NewSingleSignature(d.client.UserID, id.KeyAlgorithmEd25519, d.DeviceID(), signature)
	_, err = d.client.CreateKeyBackupVersion(ctx, &mautrix.ReqRoomKeysVersionCreate[backup.MegolmAuthData]{
		Algorithm: id.KeyBackupAlgorithmMegolmBackupV1, AuthData: auth})
	if err != nil {
		return err
	}
	if err := d.share(ctx, key); err != nil {
		return err
	}
	return d.machine.SSSS.SetEncryptedAccountData(ctx, event.AccountDataMegolmBackupKey, key.Bytes(), secrets)
}

func (d *device) Recover(ctx context.Context, with peer.Recovery) error {
	secrets, err := d.secrets(ctx, with)
	if err != nil {
		return err
	}
	if err := d.machine.VerifyWithRecoveryKey(ctx, secrets.RecoveryKey()); err != nil {
		return err
	}
	raw, err := d.machine.SSSS.GetDecryptedAccountData(ctx, event.AccountDataMegolmBackupKey, secrets)
	if err != nil {
		return err
	}
	key, err := backup.MegolmBackupKeyFromBytes(raw)
	if err != nil {
		return err
	}
	return d.share(ctx, key)
}

// share keeps the backup's key, and all that a verified device may ask for.
func (d *device) share(ctx context.Context, key *backup.MegolmBackupKey) error {
	d.backup = key
	seeds := d.machine.ExportCrossSigningKeys()
	for name, secret := range map[id.Secret][]byte{id.SecretMegolmBackupV1: key.Bytes(), id.SecretXSMaster: seeds.MasterKey,
		id.SecretXSSelfSigning: seeds.SelfSigningKey, id.SecretXSUserSigning: seeds.UserSigningKey} {
		if err := d.machine.CryptoStore.PutSecret(ctx, name, encoded(secret)); err != nil {
			return err
		}
	}
	return nil
}

// ask gets the backup's key from another device.
func (d *device) ask(ctx context.Context) error {
	return d.machine.GetOrRequestSecret(ctx, id.SecretMegolmBackupV1, func(secret string) (bool, error) {
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(secret, "="))
		if err != nil {
			return false, err
		}
		d.backup, err = backup.MegolmBackupKeyFromBytes(raw)
		return true, err
	}, patience)
}

func (d *device) sessions(ctx context.Context) ([]*crypto.InboundGroupSession, error) {
	return d.machine.CryptoStore.GetAllGroupSessions(ctx).AsList()
}

func (d *device) BackUp(ctx context.Context) error {
	if d.backup == nil {
		return errors.New("mautrix has no backup")
	}
	version, err := d.machine.GetAndVerifyLatestKeyBackupVersion(ctx, d.backup)
	if err != nil {
		return err
	}
	all, err := d.sessions(ctx)
	if err != nil {
		return err
	}
	for _, session := range all {
		data, err := d.sealed(session)
		if err != nil {
			return err
		}
		if _, err := d.client.PutKeysInBackupForRoomAndSession(ctx, version.Version, session.RoomID, session.ID(), data); err != nil {
			return err
		}
	}
	return nil
}

// sealed is a session as a backup has it.
func (d *device) sealed(s *crypto.InboundGroupSession) (*mautrix.ReqKeyBackupData, error) {
	first := s.Internal.FirstKnownIndex()
	key, err := s.Internal.Export(first)
	if err != nil {
		return nil, err
	}
	chain := s.ForwardingChains
	if chain == nil {
		chain = []string{}
	}
	data, err := backup.EncryptSessionData(d.backup, backup.MegolmSessionData{Algorithm: id.AlgorithmMegolmV1, ForwardingKeyChain: chain,
		SenderClaimedKeys: backup.SenderClaimedKeys{Ed25519: s.SigningKey}, SenderKey: s.SenderKey, SessionKey: string(key)})
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(data)
	return &mautrix.ReqKeyBackupData{FirstMessageIndex: int(first), ForwardedCount: len(chain), SessionData: raw}, err
}

func (d *device) Restore(ctx context.Context) (int, error) {
	if d.backup == nil {
		if err := d.ask(ctx); err != nil {
			return 0, fmt.Errorf("ask for the backup's key: %w", err)
		}
	}
	before, err := d.sessions(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := d.machine.DownloadAndStoreLatestKeyBackup(ctx, d.backup); err != nil {
		return 0, err
	}
	after, err := d.sessions(ctx)
	d.retry()
	return len(after) - len(before), err
}

func (d *device) Export(ctx context.Context, passphrase string) (string, error) {
	all, err := d.sessions(ctx)
	if err != nil {
		return "", err
	}
	file, err := crypto.ExportKeys(passphrase, all)
	return string(file), err
}

// strict is a key file with what mautrix wants and others leave out: the padding
// of base64, and a newline at the end.
func strict(file string) string {
	head, rest, _ := strings.Cut(file, "\n")
	body, foot, _ := strings.Cut(rest, "-----")
	body = strings.ReplaceAll(strings.TrimRight(body, "\n="), "\n", "")
	body += strings.Repeat("=", (4-len(body)%4)%4)
	return head + "\n" + body + "\n-----" + strings.TrimRight(foot, "\n") + "\n"
}

func (d *device) Import(ctx context.Context, file, passphrase string) (int, error) {
	taken, total, err := d.machine.ImportKeys(ctx, passphrase, []byte(strict(file)))
	if err == nil && taken < total {
		err = fmt.Errorf("mautrix imported %d of %d", taken, total)
	}
	d.retry()
	return taken, err
}
