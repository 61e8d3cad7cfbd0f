package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// SessionCalls open, watch and end the session.
type SessionCalls interface {
	// Open must be the first call: it opens the database of this name and
	// restores the session that is in it, if there is one. It returns once
	// storage is open, without waiting for the network.
	Open(ctx context.Context, p OpenParams) (Session, error)
	// Session streams the state of the session and of its connection.
	Session(ctx context.Context) (Stream[Session], error)
	// LoginFlows discovers the homeserver and asks how one may sign in.
	LoginFlows(ctx context.Context, p LoginFlowsParams) (LoginFlows, error)
	// LoginPassword signs in with m.login.password and starts to sync.
	//
	//rpc:once
	LoginPassword(ctx context.Context, p LoginPasswordParams) (Session, error)
	// Logout ends the session on the server, and in any case removes all that
	// is stored of it. A server that cannot be reached does not keep it here.
	// After a loss of storage it forgets who was signed in.
	Logout(ctx context.Context, p LogoutParams) error
	// SetPage tells the core what only the page knows. Coming back online or
	// into view retries the connection at once.
	//
	//rpc:ordered
	SetPage(ctx context.Context, p PageState) error
}

// OpenParams configure the core once, before anything else.
type OpenParams struct {
	// Store names the database; one account has one.
	Store string `json:"store"`
	// Homeserver is the default for signing in: a server name or a base URL.
	Homeserver string `json:"homeserver,omitempty"`
	// TimeZone lists the page's offsets from UTC, oldest first, so that day
	// dividers stand where the user's days begin. Empty means UTC.
	TimeZone []ZoneOffset `json:"timeZone,omitempty"`
	// Sentinel is what the page kept of StorageStatus.Sentinel.
	Sentinel string `json:"sentinel,omitempty"`
}

// ZoneOffset is an offset from UTC that holds from a moment on.
type ZoneOffset struct {
	// From is in milliseconds since 1970.
	From int64 `json:"from"`
	// Minutes east of UTC.
	Minutes int `json:"minutes"`
}

// SessionState is where the session stands.
type SessionState string

const (
	SignedOut SessionState = "signedOut"
	// Restoring: a stored session is being opened.
	Restoring SessionState = "restoring"
	Ready     SessionState = "ready"
	// SoftLogout: the server wants a new sign-in on the same device; all that
	// is stored stays (spec: soft logout).
	SoftLogout SessionState = "softLogout"
	// StorageLost: the browser lost what was stored, the session with it. Signing
	// in makes a new device; a logout forgets that there was an account.
	StorageLost SessionState = "storageLost"
)

// SyncState is where the connection to the homeserver stands.
type SyncState string

const (
	// SyncStopped: there is no session, or it has ended.
	SyncStopped SyncState = "stopped"
	// SyncStarting: the first response of this start is awaited.
	SyncStarting SyncState = "starting"
	// SyncLive: the last response came as it should.
	SyncLive SyncState = "live"
	// SyncOffline: the server cannot be reached; the core tries again.
	SyncOffline SyncState = "offline"
	// SyncFailing: the server answers, but not as it should; see Error.
	SyncFailing SyncState = "failing"
	// SyncPaused: storage is full or lost, so nothing new is taken in.
	SyncPaused SyncState = "paused"
)

// Session is the state of the account on this device.
type Session struct {
	State SessionState `json:"state"`
	Sync  SyncState    `json:"sync"`
	// UserID, DeviceID and Homeserver (a base URL) are absent while signed out;
	// after a loss of storage UserID and Homeserver are who it was, if known.
	UserID     event.UserID   `json:"userId,omitempty"`
	DeviceID   event.DeviceID `json:"deviceId,omitempty"`
	Homeserver string         `json:"homeserver,omitempty"`
	// Error is why the connection is failing, or why the session ended.
	Error *Error `json:"error,omitempty"`
	// Progress is present during an initial sync.
	Progress *Progress `json:"progress,omitempty"`
}

// Progress counts what long work has done so far.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// LoginFlowsParams name the homeserver: a server name, a base URL or a user id.
// Empty means the default of OpenParams.
type LoginFlowsParams struct {
	Homeserver string `json:"homeserver,omitempty"`
}

// LoginFlows are the ways to sign in that the homeserver offers.
type LoginFlows struct {
	// Homeserver is the base URL that discovery found.
	Homeserver string      `json:"homeserver"`
	Flows      []LoginFlow `json:"flows"`
}

// LoginFlow is one way to sign in, such as m.login.password.
type LoginFlow struct {
	Type string `json:"type"`
}

// LoginPasswordParams are the credentials. DeviceID signs in to the same
// device again after a soft logout; after a loss of storage it is not heeded.
type LoginPasswordParams struct {
	Homeserver string `json:"homeserver,omitempty"`
	// User is a localpart or a full user id.
	User       string         `json:"user"`
	Password   string         `json:"password"`
	DeviceName string         `json:"deviceName,omitempty"`
	DeviceID   event.DeviceID `json:"deviceId,omitempty"`
}

// LogoutParams say whether to go ahead where something would be lost, such as
// messages that were not sent yet.
type LogoutParams struct {
	Force bool `json:"force,omitempty"`
}

// PageState is what the page knows of itself.
type PageState struct {
	Online  bool `json:"online"`
	Visible bool `json:"visible"`
}
