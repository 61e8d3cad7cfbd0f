package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
	"github.com/alcove-chat/alcove/wasm/verification"
)

// Errors of the composition itself.
var (
	errNotOpen   = errors.New("the first call must be open")
	errOpen      = errors.New("open was called before")
	errSignedOut = errors.New("nobody is signed in")
	errSignedIn  = errors.New("somebody is signed in already")
	errUnsent    = errors.New("messages wait to be sent")
	errNoRoom    = errors.New("no such room")
	errNoView    = errors.New("no open view of this name")
	errViewName  = errors.New("a view of this name is open already")
	errBadParams = errors.New("params do not fit together")
	errPower     = errors.New("the user's power level does not allow it")
	errVersion   = errors.New("the room version lacks it")
	// errKept: an account is stored here, and its database cannot be opened. It
	// may be there again at the next start, so nobody shall sign in elsewhere.
	errKept = errors.New("what is stored cannot be opened")
)

// ErrKeys says that the keys of what is stored cannot be had now. Platform.Keys
// wraps it.
var ErrKeys = errors.New("no keys to what is stored")

// row says that errors of a kind have a code.
type row struct {
	is          error
	code        api.Code
	recoverable bool
}

// codes is the table from errors to codes; the first row that fits counts.
func codes() []row {
	return []row{
		{context.Canceled, api.CallAborted, true},
		{context.DeadlineExceeded, api.NetworkTimeout, true},
		{errNotOpen, api.CallInvalid, false},
		{errOpen, api.CallInvalid, false},
		{errBadParams, api.CallInvalid, false},
		{errViewName, api.CallInvalid, false},
		{errSignedOut, api.SessionMissing, false},
		{errSignedIn, api.SessionExists, false},
		{errUnsent, api.SessionUnsent, true},
		{errNoRoom, api.RoomUnknown, false},
		{errVersion, api.RoomVersion, false},
		{errPower, api.SendForbidden, false},
		{errNoView, api.ViewUnknown, false},
		{timeline.ErrUnknownRoom, api.RoomUnknown, false},
		{timeline.ErrClosed, api.ViewUnknown, false},
		{outbox.ErrUnknown, api.SendUnknown, false},
		{outbox.ErrStarted, api.SendStarted, false},
		{outbox.ErrNoRoom, api.RoomUnknown, false},
		{outbox.ErrTooLarge, api.SendTooLarge, false},
		{outbox.ErrInvalid, api.SendInvalid, false},
		{outbox.ErrReused, api.SendInvalid, false},
		{outbox.ErrTarget, api.SendTarget, false},
		{outbox.ErrPlain, api.EncryptionUnavailable, false},
		{errPlain, api.EncryptionUnavailable, false},
		{errIdentity, api.EncryptionExists, false},
		{errVault, api.EncryptionMissing, false},
		{e2ee.ErrNoVault, api.EncryptionMissing, false},
		{e2ee.ErrNoSecret, api.EncryptionMissing, false},
		{e2ee.ErrUnproven, api.EncryptionMissing, false},
		{e2ee.ErrOtherKey, api.CallInvalid, false},
		{secretstorage.ErrKey, api.EncryptionSecret, false},
		{secretstorage.ErrGarbled, api.EncryptionMissing, false},
		{secretstorage.ErrAlgorithm, api.EncryptionMissing, false},
		{passphrase.ErrRounds, api.EncryptionMissing, false},
		{keyexport.ErrFormat, api.KeyFileInvalid, false},
		{keyexport.ErrPassphrase, api.KeyFileInvalid, false},
		{homeserver.ErrPassword, api.EncryptionPassword, true},
		{homeserver.ErrStages, api.ServerUnsupported, false},
		{verification.ErrUnknown, api.VerificationUnknown, false},
		{verification.ErrPhase, api.VerificationState, false},
		{verification.ErrMethod, api.VerificationState, false},
		{verification.ErrBusy, api.VerificationState, true},
		{verification.ErrNobody, api.VerificationState, false},
		{verification.ErrKeys, api.VerificationState, true},
		{verification.ErrCode, api.VerificationState, true},
		{errKept, api.StorageUnavailable, true},
		{ledger.ErrLost, api.StorageWiped, false},
		{storage.ErrOutdated, api.StorageOutdated, false},
		{storage.ErrFenced, api.StorageFenced, false},
		{storage.ErrQuota, api.StorageQuota, true},
		{storage.ErrHung, api.StorageHung, true},
		{storage.ErrClosed, api.StorageClosed, true},
		{storage.ErrBlocked, api.StorageBlocked, true},
		{storage.ErrNewer, api.StorageNewer, false},
		{storage.ErrUnavailable, api.StorageUnavailable, false},
		{seal.ErrKey, api.StorageWiped, false},
		{ErrKeys, api.StorageKeys, true},
		{table.ErrGarbled, api.StorageCorrupt, false},
		{homeserver.ErrOAuthOnly, api.LoginUnsupported, false},
		{homeserver.ErrTooOld, api.ServerUnsupported, false},
		{homeserver.ErrOtherDevice, api.SessionMismatch, false},
		{homeserver.ErrInvalidCall, api.CallInvalid, false},
		{homeserver.ErrUnreachable, api.NetworkOffline, true},
		{homeserver.ErrTimeout, api.NetworkTimeout, true},
		{homeserver.ErrSlept, api.NetworkTimeout, true},
		{homeserver.ErrTooLarge, api.ServerTooLarge, false},
		// The outcomes of discovery wrap their cause: not to reach anything is told
		// as that, a wrong answer as the outcome.
		{homeserver.ErrPrompt, api.DiscoveryFailed, true},
		{homeserver.ErrFailPrompt, api.DiscoveryFailed, true},
		{homeserver.ErrFailError, api.DiscoveryInvalid, false},
		{homeserver.ErrBaseURL, api.DiscoveryFailed, false},
		{homeserver.ErrRedirected, api.ServerInvalid, true},
		{homeserver.ErrUnknownToken, api.SessionExpired, false},
		{homeserver.ErrLocked, api.SessionLocked, true},
		{homeserver.ErrSuspended, api.SessionSuspended, false},
		{homeserver.ErrDeactivated, api.LoginDeactivated, false},
		{homeserver.ErrRequestTooLarge, api.ServerRefused, false},
		{homeserver.ErrNotMatrix, api.ServerInvalid, true},
		{syncer.ErrNoResponse, api.ServerInvalid, true},
		{homeserver.ErrLimited, api.ServerLimited, true},
		{homeserver.ErrServer, api.ServerError, true},
		{homeserver.ErrUnknownEndpoint, api.ServerUnsupported, false},
		{homeserver.ErrInviteBlocked, api.InviteBlocked, false},
		{homeserver.ErrForbidden, api.ServerForbidden, false},
		{homeserver.ErrNotFound, api.ServerNotFound, false},
	}
}

// Explain turns an error into what a page may see. An error that no row knows
// is a defect: its text may hold anything, so it is not shown.
func Explain(err error) *api.Error {
	if err == nil {
		return nil
	}
	var known *api.Error
	if errors.As(err, &known) {
		return known
	}
	var refused *homeserver.Error
	isRefused := errors.As(err, &refused)
	out := &api.Error{Code: api.Internal, Message: "a defect of the core"}
	if isRefused {
		out.Code, out.Message = api.ServerRefused, err.Error()
		out.Errcode, out.Status = string(refused.Errcode), refused.Status
		out.RetryAfterMs = refused.RetryAfter.Milliseconds()
	}
	for _, r := range codes() {
		if errors.Is(err, r.is) {
			out.Code, out.Message, out.Recoverable = r.code, err.Error(), r.recoverable
			break
		}
	}
	if out.Code == api.SessionExpired && isRefused && refused.SoftLogout {
		out.Code = api.SessionSoftLogout
	}
	return out
}

// explainLogin tells a wrong password from other refusals.
func explainLogin(err error) error {
	if errors.Is(err, homeserver.ErrForbidden) && !errors.Is(err, homeserver.ErrDeactivated) {
		e := Explain(err)
		e.Code = api.LoginForbidden
		return e
	}
	return err
}

// explainSend tells refusals to send from others.
func explainSend(err error) *api.Error {
	e := Explain(err)
	switch {
	case e.Code == api.ServerForbidden:
		e.Code = api.SendForbidden
	case isChanged(err):
		return &api.Error{Code: api.SendIdentityChanged, Message: err.Error(), Recoverable: true}
	case errors.Is(err, homeserver.ErrRequestTooLarge):
		e.Code = api.SendTooLarge
	}
	return e
}

func isChanged(err error) bool {
	var changed *e2ee.ChangedError
	return errors.As(err, &changed)
}
