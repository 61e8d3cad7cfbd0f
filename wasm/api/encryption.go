package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// EncryptionCalls set up end-to-end encryption and show whom to believe.
type EncryptionCalls interface {
	// Encryption streams where encryption stands on this device.
	Encryption(ctx context.Context) (Stream[EncryptionStatus], error)
	// SetUpEncryption makes what the account lacks of an identity, a recovery and
	// a backup, and returns what opens the recovery on other devices. Where the
	// account has an identity that this device does not belong to, it refuses:
	// RecoverEncryption or ResetEncryption is meant then.
	//
	//rpc:once
	SetUpEncryption(ctx context.Context, p SetUpEncryptionParams) (Recovery, error)
	// RecoverEncryption makes this device one of the account's by its recovery,
	// and connects it to the backup.
	RecoverEncryption(ctx context.Context, p RecoverEncryptionParams) error
	// ResetEncryption gives the account a new identity, recovery and backup in
	// place of those it has. Everybody who verified the user has to do so again,
	// and what only the old backup can decrypt is lost.
	//
	//rpc:once
	ResetEncryption(ctx context.Context, p SetUpEncryptionParams) (Recovery, error)
	// RestoreKeys brings all keys of the backup here and streams how far it is.
	// Aborting it keeps what came. Keys of messages on display come without it.
	// Where this device has not got the backup's key yet, its verified devices are
	// asked for it, and it waits for half a minute; then, and at once where nobody
	// can be asked, it ends with "encryption.missing". RecoverEncryption brings the
	// key too.
	RestoreKeys(ctx context.Context) (Stream[KeyProgress], error)
	// ExportKeys returns all keys of messages as a file that a passphrase opens.
	ExportKeys(ctx context.Context, p KeyFilePassphrase) (KeyFile, error)
	// ImportKeys takes in such a file, of this or another client.
	ImportKeys(ctx context.Context, p ImportKeysParams) (Stream[KeyProgress], error)

	// Devices streams a user's devices: our own first-hand from the server,
	// others' as far as they can receive encrypted messages.
	Devices(ctx context.Context, p DevicesParams) (Stream[ListUpdate[Device]], error)
	// SetDeviceBlocked says that a device is to get no keys, or may again.
	SetDeviceBlocked(ctx context.Context, p SetDeviceBlockedParams) error
	// RenameDevice gives one of the user's own devices another name.
	RenameDevice(ctx context.Context, p RenameDeviceParams) error
	// SignOutDevices ends other sessions of the user.
	SignOutDevices(ctx context.Context, p SignOutDevicesParams) error
	// AcceptIdentity acknowledges that a user has another identity than before,
	// which keeps messages to them from being sent until then. To verify them does
	// so too.
	AcceptIdentity(ctx context.Context, p UserParams) error
}

// IdentityState is how this device stands to the user's identity, which are the
// account's cross-signing keys.
type IdentityState string

const (
	// IdentityUnknown: the server was not asked yet.
	IdentityUnknown IdentityState = "unknown"
	// IdentityNone: the account has none. SetUpEncryption makes one.
	IdentityNone IdentityState = "none"
	// IdentityUnverified: there is one, and this device does not belong to it.
	IdentityUnverified IdentityState = "unverified"
	// IdentityVerified: this device belongs to it.
	IdentityVerified IdentityState = "verified"
)

// BackupState is where the backup of keys stands.
type BackupState string

const (
	// BackupUnknown: the server was not asked yet.
	BackupUnknown BackupState = "unknown"
	BackupNone    BackupState = "none"
	// BackupOff: there is none, and our user wants none (MSC4287).
	BackupOff BackupState = "off"
	// BackupUntrusted: there is one, and this device cannot tell whose.
	BackupUntrusted BackupState = "untrusted"
	// BackupOn: keys are uploaded as they come. To read what is there takes its key
	// too: EncryptionStatus.Restorable.
	BackupOn BackupState = "on"
)

// EncryptionStatus is where encryption stands on this device.
type EncryptionStatus struct {
	// Available is false where nothing is kept, so that keys would be lost with
	// the page: then encrypted messages can be neither read nor written.
	Available bool          `json:"available"`
	Identity  IdentityState `json:"identity"`
	// Recovery says that the account has secret storage (spec: secrets, storage).
	Recovery bool `json:"recovery"`
	// Passphrase says that it opens with a passphrase too.
	Passphrase bool        `json:"passphrase,omitempty"`
	Backup     BackupState `json:"backup"`
	// Restorable says that this device has the backup's key. After a verification
	// another device brings it, a little later.
	Restorable bool `json:"restorable,omitempty"`
	// Unsaved counts the keys that are not in the backup yet.
	Unsaved int `json:"unsaved,omitempty"`
	// Fingerprint is the device's Ed25519 key, for people to compare.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Conflict says that the server has other keys under this device's name:
	// another copy of this device was at work. Signing in anew mends it.
	Conflict bool `json:"conflict,omitempty"`
	// Changed lists users who have another identity than they had: AcceptIdentity.
	Changed []ChangedIdentity `json:"changed,omitempty"`
}

// ChangedIdentity is a user whose identity is another than before.
type ChangedIdentity struct {
	UserID event.UserID `json:"userId"`
	// Verified says that the identity before was verified.
	Verified bool `json:"verified,omitempty"`
}

// SetUpEncryptionParams say how the recovery opens.
type SetUpEncryptionParams struct {
	// Passphrase opens it beside the recovery key; empty for the key alone.
	Passphrase string `json:"passphrase,omitempty"`
	// Password is the account's, where the server asks for it: without it the
	// call ends with "encryption.password" then.
	Password string `json:"password,omitempty"`
	// Backup makes a backup also for a user who turned it off, and turns it on.
	Backup bool `json:"backup,omitempty"`
}

// Recovery is what opens the recovery.
type Recovery struct {
	// Key is for people to write down. It is not kept. Empty where the account's
	// recovery stays the one it had.
	Key string `json:"key,omitempty"`
}

// RecoverEncryptionParams hold what opens the recovery.
type RecoverEncryptionParams struct {
	// Secret is the recovery key or the passphrase.
	Secret string `json:"secret"`
}

// KeyProgress is how far a restore or import is.
type KeyProgress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
	// Better counts the keys that were not here, or now open more.
	Better int `json:"better"`
	// Bad counts what could not be read.
	Bad int `json:"bad,omitempty"`
	// Waiting says that another device was asked for the backup's key.
	Waiting bool `json:"waiting,omitempty"`
}

// KeyFilePassphrase protects a file of keys.
type KeyFilePassphrase struct {
	Passphrase string `json:"passphrase"`
}

// KeyFile is a file of keys (spec: key exports).
type KeyFile struct {
	Text string `json:"text"`
	Keys int    `json:"keys"`
}

// ImportKeysParams hold a file of keys and what opens it.
type ImportKeysParams struct {
	Text       string `json:"text"`
	Passphrase string `json:"passphrase"`
}

// DevicesParams name a user; empty means our own.
type DevicesParams struct {
	UserID event.UserID `json:"userId,omitempty"`
}

// UserParams name a user.
type UserParams struct {
	UserID event.UserID `json:"userId"`
}

// DeviceTrust is how sure it is whose a device is.
type DeviceTrust string

const (
	// DeviceNoKeys: the device cannot encrypt.
	DeviceNoKeys DeviceTrust = "noKeys"
	// DeviceBlocked: our user wants it to get nothing.
	DeviceBlocked DeviceTrust = "blocked"
	// DeviceUnsigned: its user did not sign it.
	DeviceUnsigned DeviceTrust = "unsigned"
	// DeviceSigned: its user signed it.
	DeviceSigned DeviceTrust = "signed"
	// DeviceVerified: and our user verified that user, or the device.
	DeviceVerified DeviceTrust = "verified"
)

// Device is a session of a user.
type Device struct {
	// Key identifies the item; it is the device id.
	Key string         `json:"key"`
	ID  event.DeviceID `json:"id"`
	// Name, LastSeen (milliseconds since 1970) and LastIP are known of our own.
	Name     string      `json:"name,omitempty"`
	LastSeen int64       `json:"lastSeen,omitempty"`
	LastIP   string      `json:"lastIp,omitempty"`
	Trust    DeviceTrust `json:"trust"`
	// This marks the device that asks.
	This bool `json:"this,omitempty"`
	// Fingerprint is its Ed25519 key.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// SetDeviceBlockedParams name a device.
type SetDeviceBlockedParams struct {
	UserID   event.UserID   `json:"userId"`
	DeviceID event.DeviceID `json:"deviceId"`
	Blocked  bool           `json:"blocked"`
}

// RenameDeviceParams name a device of our own.
type RenameDeviceParams struct {
	DeviceID event.DeviceID `json:"deviceId"`
	Name     string         `json:"name"`
}

// SignOutDevicesParams name devices of our own.
type SignOutDevicesParams struct {
	DeviceIDs []event.DeviceID `json:"deviceIds"`
	// Password as in SetUpEncryptionParams.
	Password string `json:"password,omitempty"`
}

// CryptoState is what became of an encrypted event.
type CryptoState string

const (
	CryptoDecrypted CryptoState = "decrypted"
	// CryptoPlain: it was not encrypted, though the room is.
	CryptoPlain CryptoState = "plain"
	// CryptoFailed: see Reason. It may change when keys come.
	CryptoFailed CryptoState = "failed"
)

// Shield is how an event is to be marked.
type Shield string

const (
	// ShieldGrey: not sure who wrote it.
	ShieldGrey Shield = "grey"
	// ShieldRed: something is wrong.
	ShieldRed Shield = "red"
)

// EventCrypto is what is known of an event in an encrypted room.
type EventCrypto struct {
	State CryptoState `json:"state"`
	// Reason is why State is failed, or why there is a Shield.
	Reason CryptoReason `json:"reason,omitempty"`
	// Shield is absent where all is well.
	Shield   Shield         `json:"shield,omitempty"`
	DeviceID event.DeviceID `json:"deviceId,omitempty"`
	// SharedBy is who invited our user and handed the key on: who wrote the event is
	// their word.
	SharedBy event.UserID `json:"sharedBy,omitempty"`
}

// CryptoReason says why an event could not be decrypted, or why to be careful
// with it. Reasons are added, never renamed; a page falls back on what it says of
// the state or the shield.
type CryptoReason string

// Why an event could not be decrypted.
const (
	// KeyMissing: its key is not here, and may come.
	KeyMissing CryptoReason = "keyMissing"
	// KeyLater: its key is known from a later message on only, as for what was
	// written before this device was told.
	KeyLater CryptoReason = "keyLater"
	// KeyWithheld: the sender's device would not give this one the key.
	KeyWithheld CryptoReason = "keyWithheld"
	// KeyUnverified: it would not, because this device is not verified.
	KeyUnverified CryptoReason = "keyUnverified"
	// KeyBlocked: it would not, because its user blocked this device.
	KeyBlocked CryptoReason = "keyBlocked"
	// KeyUnreachable: it could not, because it had no session with this device.
	KeyUnreachable CryptoReason = "keyUnreachable"
	// KeyNotShared: it was written before our user was invited, and is not for those
	// who come later.
	KeyNotShared CryptoReason = "keyNotShared"
	// Replayed: it is another message, sent again.
	Replayed CryptoReason = "replayed"
	// Forged: it was not written with the key that it names.
	Forged CryptoReason = "forged"
	// SenderMismatch: its key belongs to another user than its sender.
	SenderMismatch CryptoReason = "senderMismatch"
	// Misplaced: it was written for another room.
	Misplaced CryptoReason = "misplaced"
	// Malformed: it is not of the form that it should have.
	Malformed CryptoReason = "malformed"
	// AlgorithmUnknown: it is encrypted in a way that this core does not know.
	AlgorithmUnknown CryptoReason = "algorithmUnknown"
)

// Why to be careful with an event.
const (
	// NotEncrypted: it came in plain, in a room that is encrypted.
	NotEncrypted CryptoReason = "notEncrypted"
	// IdentityChanged: its sender has another identity than before, and our user
	// did not acknowledge that.
	IdentityChanged CryptoReason = "identityChanged"
	// DeviceDistrusted: our user blocked the device that wrote it.
	DeviceDistrusted CryptoReason = "deviceDistrusted"
	// DeviceNotSigned: its sender did not sign the device that wrote it.
	DeviceNotSigned CryptoReason = "deviceNotSigned"
	// DeviceUnknown: nobody knows the device that wrote it, which may be gone.
	DeviceUnknown CryptoReason = "deviceUnknown"
	// Copied: somebody else sent the same message, and it is not known who wrote it.
	Copied CryptoReason = "copied"
	// KeyUnproven: its key came from a backup, a file, another device or with an
	// invite, so that nobody can prove who wrote it.
	KeyUnproven CryptoReason = "keyUnproven"
)
