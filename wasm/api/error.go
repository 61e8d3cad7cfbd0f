package api

// Error is why a call failed. A page switches on Code alone.
type Error struct {
	Code Code `json:"code"`
	// Message is for developers, in English. It holds no token, key or text of
	// a message.
	Message string `json:"message"`
	// Errcode is the homeserver's, such as M_FORBIDDEN.
	Errcode string `json:"errcode,omitempty"`
	// Status is the HTTP status of the homeserver's answer.
	Status int `json:"status,omitempty"`
	// RetryAfterMs is how long the server asks to wait.
	RetryAfterMs int64 `json:"retryAfterMs,omitempty"`
	// Recoverable says that the same call may succeed later.
	Recoverable bool `json:"recoverable"`
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Code is a stable error code, noun.reason. Codes are added, never reused or
// renamed.
type Code string

// The call itself.
const (
	// CallAborted: the page aborted it.
	CallAborted Code = "call.aborted"
	// CallUnknown: there is no call of this name.
	CallUnknown Code = "call.unknown"
	// CallInvalid: the params do not fit the call; Message names the member.
	CallInvalid Code = "call.invalid"
	// CallMismatch: page and core were built from other API definitions. Reload.
	CallMismatch Code = "call.mismatch"
	// Internal: a defect of the core. The call is lost, nothing else is.
	Internal Code = "internal.error"
	// CoreDied: the worker ended, or its tab, before it answered. The call may or
	// may not have happened; those that are safe to be made again were.
	CoreDied Code = "core.died"
	// CoreMissing: the worker's script or the core's program could not be loaded.
	CoreMissing Code = "core.missing"
)

// The network and the homeserver.
const (
	// NetworkOffline: the server cannot be reached.
	NetworkOffline Code = "network.offline"
	// NetworkTimeout: the server did not answer in time.
	NetworkTimeout Code = "network.timeout"
	// ServerInvalid: the answer is not Matrix, but HTML, a captive portal or
	// broken JSON.
	ServerInvalid Code = "server.invalid"
	// ServerTooLarge: the answer exceeds the limit.
	ServerTooLarge Code = "server.tooLarge"
	// ServerError: the server failed (5xx).
	ServerError Code = "server.error"
	// ServerLimited: too many requests (429); see RetryAfterMs.
	ServerLimited Code = "server.limited"
	// ServerForbidden: the user may not do this (403).
	ServerForbidden Code = "server.forbidden"
	// ServerNotFound: the server does not have it (404).
	ServerNotFound Code = "server.notFound"
	// ServerUnsupported: the server cannot do what this needs.
	ServerUnsupported Code = "server.unsupported"
	// ServerRefused: any other 4xx; see Errcode.
	ServerRefused Code = "server.refused"
)

// Discovery and signing in.
const (
	// DiscoveryFailed: ask the user for another address (FAIL_PROMPT).
	DiscoveryFailed Code = "discovery.failed"
	// DiscoveryInvalid: the server's own record is wrong (FAIL_ERROR).
	DiscoveryInvalid Code = "discovery.invalid"
	// LoginForbidden: wrong user or password.
	LoginForbidden Code = "login.forbidden"
	// LoginDeactivated: the account exists no more.
	LoginDeactivated Code = "login.deactivated"
	// LoginUnsupported: the server does not offer this way to sign in.
	LoginUnsupported Code = "login.unsupported"
	// SessionMissing: nobody is signed in.
	SessionMissing Code = "session.missing"
	// SessionExists: somebody is signed in already.
	SessionExists Code = "session.exists"
	// SessionExpired: the token is not valid any more.
	SessionExpired Code = "session.expired"
	// SessionSoftLogout: sign in again on the same device; nothing is lost.
	SessionSoftLogout Code = "session.softLogout"
	// SessionMismatch: the token belongs to another user or device than the
	// store.
	SessionMismatch Code = "session.mismatch"
	// SessionUnsent: logging out would lose messages that wait to be sent.
	SessionUnsent Code = "session.unsent"
	// SessionLocked: the server has locked the account.
	SessionLocked Code = "session.locked"
	// SessionSuspended: the server lets the account read, but not write.
	SessionSuspended Code = "session.suspended"
)

// Rooms, timelines and sending.
const (
	// RoomUnknown: the account has no such room.
	RoomUnknown Code = "room.unknown"
	// RoomVersion: the room's version, or the server, lacks what this needs.
	RoomVersion Code = "room.version"
	// InviteBlocked: who was invited takes no invitations; see InvitePermission.
	InviteBlocked Code = "invite.blocked"
	// ViewUnknown: no live list of this name is open.
	ViewUnknown Code = "view.unknown"
	// SendForbidden: the user's power level does not allow it.
	SendForbidden Code = "send.forbidden"
	// SendTooLarge: the event exceeds what servers accept.
	SendTooLarge Code = "send.tooLarge"
	// SendInvalid: this can never be sent, such as content that is no object.
	SendInvalid Code = "send.invalid"
	// SendUnknown: the outbox has no event of this transaction id, and had none
	// lately.
	SendUnknown Code = "send.unknown"
	// SendStarted: the event may have reached the server already.
	SendStarted Code = "send.started"
	// SendTarget: what the event belongs to is not there: it was cancelled, or no
	// timeline item of the room has this key.
	SendTarget Code = "send.target"
)

// Encryption.
const (
	// SendIdentityChanged: somebody in the room has another identity than before;
	// see EncryptionStatus.Changed. The message waits until that is acknowledged.
	SendIdentityChanged Code = "send.identityChanged"
	// EncryptionUnavailable: nothing is kept here, so there is no encryption.
	EncryptionUnavailable Code = "encryption.unavailable"
	// EncryptionPassword: the server wants the account's password, or had a wrong
	// one.
	EncryptionPassword Code = "encryption.password"
	// EncryptionSecret: this is neither the recovery key nor the passphrase.
	EncryptionSecret Code = "encryption.secret"
	// EncryptionExists: the account has an identity that this device does not
	// belong to.
	EncryptionExists Code = "encryption.exists"
	// EncryptionMissing: the account has no recovery, or none that opens; or the
	// backup's key is not here, and no other device brought it.
	EncryptionMissing Code = "encryption.missing"
	// KeyFileInvalid: this is no file of keys, or another passphrase opens it.
	KeyFileInvalid Code = "keyFile.invalid"
	// VerificationUnknown: there is no such verification any more.
	VerificationUnknown Code = "verification.unknown"
	// VerificationState: that cannot be done in this phase.
	VerificationState Code = "verification.state"
)

// Storage.
const (
	// StorageQuota: the disk, or the browser's share of it, is full.
	StorageQuota Code = "storage.quota"
	// StorageFenced: another tab took the database over.
	StorageFenced Code = "storage.fenced"
	// StorageHung: the browser's database does not answer.
	StorageHung Code = "storage.hung"
	// StorageClosed: the database is closed.
	StorageClosed Code = "storage.closed"
	// StorageBlocked: another tab keeps the database open, in an older version or
	// though it is to be deleted. It goes on when that tab lets go.
	StorageBlocked Code = "storage.blocked"
	// StorageOutdated: another tab runs a newer version of Alcove, which has the
	// database now. Reload.
	StorageOutdated Code = "storage.outdated"
	// StorageNewer: a newer version of Alcove wrote the database.
	StorageNewer Code = "storage.newer"
	// StorageUnavailable: the browser offers no database here, or cannot open
	// the one that is there.
	StorageUnavailable Code = "storage.unavailable"
	// StorageCorrupt: what is stored cannot be read.
	StorageCorrupt Code = "storage.corrupt"
	// StorageKeys: the browser does not hand out the keys that what is stored is
	// sealed with.
	StorageKeys Code = "storage.keys"
	// StorageWiped: the browser lost what was stored, or the keys to it.
	// Sign in again.
	StorageWiped Code = "storage.lost"
)

// The passphrase that what is stored lies under, where the user set one.
const (
	// LockLocked: it takes the passphrase to go on.
	LockLocked Code = "lock.locked"
	// LockPassphrase: the passphrase is wrong.
	LockPassphrase Code = "lock.passphrase"
	// LockExists: there is a passphrase already; change it.
	LockExists Code = "lock.exists"
	// LockMissing: there is no passphrase.
	LockMissing Code = "lock.missing"
	// LockUnsupported: a passphrase needs HTTPS and a browser that may store
	// data.
	LockUnsupported Code = "lock.unsupported"
)
