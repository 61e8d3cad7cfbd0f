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

const (
	// The call itself.
	CallAborted  Code = "call.aborted"
	CallUnknown  Code = "call.unknown"
	CallInvalid  Code = "call.invalid"
	CallMismatch Code = "call.mismatch" // page and core were built from other API definitions: reload
	Internal     Code = "internal.error"
	CoreDied     Code = "core.died" // the worker ended and was started again

	// The network and the homeserver.
	NetworkOffline    Code = "network.offline"
	NetworkTimeout    Code = "network.timeout"
	ServerInvalid     Code = "server.invalid"   // not Matrix: HTML, a captive portal, broken JSON
	ServerTooLarge    Code = "server.tooLarge"  // the answer exceeds the limit
	ServerError       Code = "server.error"     // 5xx
	ServerLimited     Code = "server.limited"   // 429
	ServerForbidden   Code = "server.forbidden" // 403
	ServerNotFound    Code = "server.notFound"  // 404
	ServerUnsupported Code = "server.unsupported"
	ServerRefused     Code = "server.refused" // any other 4xx

	// Discovery and signing in.
	DiscoveryFailed   Code = "discovery.failed"  // FAIL_PROMPT: ask the user for another address
	DiscoveryInvalid  Code = "discovery.invalid" // FAIL_ERROR: the server's own record is wrong
	LoginForbidden    Code = "login.forbidden"   // wrong user or password
	LoginDeactivated  Code = "login.deactivated"
	LoginUnsupported  Code = "login.unsupported"
	SessionMissing    Code = "session.missing"    // not signed in
	SessionExists     Code = "session.exists"     // signed in already
	SessionExpired    Code = "session.expired"    // the token is not valid any more
	SessionSoftLogout Code = "session.softLogout" // sign in again on the same device
	SessionMismatch   Code = "session.mismatch"   // the token belongs to another user or device than the store
	SessionUnsent     Code = "session.unsent"     // logging out would lose messages that wait to be sent
	SessionLocked     Code = "session.locked"
	SessionSuspended  Code = "session.suspended"

	// Rooms, timelines and sending.
	RoomUnknown   Code = "room.unknown"
	ViewUnknown   Code = "view.unknown"
	SendForbidden Code = "send.forbidden"
	SendTooLarge  Code = "send.tooLarge"
	SendInvalid   Code = "send.invalid"
	SendUnknown   Code = "send.unknown"
	SendStarted   Code = "send.started"

	// Storage.
	StorageQuota       Code = "storage.quota"
	StorageFenced      Code = "storage.fenced"
	StorageHung        Code = "storage.hung"
	StorageClosed      Code = "storage.closed"
	StorageBlocked     Code = "storage.blocked"
	StorageNewer       Code = "storage.newer"
	StorageUnavailable Code = "storage.unavailable"
	StorageCorrupt     Code = "storage.corrupt"
	StorageWiped       Code = "storage.lost"
)
