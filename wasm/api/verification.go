package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// VerificationCalls let people and devices make sure of each other's keys.
type VerificationCalls interface {
	// Verifications streams the verifications under way and those that ended in
	// this run, the newest last.
	Verifications(ctx context.Context) (Stream[ListUpdate[Verification]], error)
	// StartVerification asks a device of our own, or another user, to verify.
	//
	//rpc:once
	StartVerification(ctx context.Context, p StartVerificationParams) (VerificationRef, error)
	// Verify takes the user's next step in a verification, which ends with its
	// core.
	//
	//rpc:once
	Verify(ctx context.Context, p VerifyParams) error
}

// StartVerificationParams say whom to verify: our own devices where UserID is
// empty or our own, all of them where DeviceID is empty; else another user.
type StartVerificationParams struct {
	UserID   event.UserID   `json:"userId,omitempty"`
	DeviceID event.DeviceID `json:"deviceId,omitempty"`
	// Scanner says that this page can scan a QR code.
	Scanner bool `json:"scanner,omitempty"`
}

// VerificationRef names a verification.
type VerificationRef struct {
	ID string `json:"id"`
}

// VerificationPhase is where a verification stands.
type VerificationPhase string

const (
	// VerificationAsked: the other side was asked.
	VerificationAsked VerificationPhase = "asked"
	// VerificationAsking: the other side asks; accept or cancel.
	VerificationAsking VerificationPhase = "asking"
	// VerificationReady: both want to; start emoji, or show or scan a code.
	VerificationReady VerificationPhase = "ready"
	// VerificationWaiting: the other side has to act.
	VerificationWaiting VerificationPhase = "waiting"
	// VerificationCompare: both show Emoji and Decimals; match or mismatch.
	VerificationCompare VerificationPhase = "compare"
	// VerificationScanned: the other side scanned our code; confirm that it shows
	// success, or cancel.
	VerificationScanned VerificationPhase = "scanned"
	VerificationDone    VerificationPhase = "done"
	// VerificationCancelled: see Reason.
	VerificationCancelled VerificationPhase = "cancelled"
)

// Verification is one attempt of two people, or of a user with another device, to
// find out that they talk to each other.
type Verification struct {
	// Key identifies the item; it is the ID.
	Key      string            `json:"key"`
	ID       string            `json:"id"`
	Phase    VerificationPhase `json:"phase"`
	UserID   event.UserID      `json:"userId"`
	DeviceID event.DeviceID    `json:"deviceId,omitempty"`
	// RoomID is present where it takes place in a room.
	RoomID event.RoomID `json:"roomId,omitempty"`
	// Own is true for the user's own devices, Incoming where the other side asked.
	Own      bool `json:"own,omitempty"`
	Incoming bool `json:"incoming,omitempty"`
	// Emoji are seven numbers of the spec's table (SAS method: emoji), Decimals
	// three numbers, while Phase is compare.
	Emoji    []int `json:"emoji,omitempty"`
	Decimals []int `json:"decimals,omitempty"`
	// CanEmoji and CanScan are what may be started while Phase is ready.
	CanEmoji bool `json:"canEmoji,omitempty"`
	CanScan  bool `json:"canScan,omitempty"`
	// QR is the content of the code to show, as base64, where there is one.
	QR string `json:"qr,omitempty"`
	// Reason is why it was cancelled, such as m.mismatched_sas (spec: key
	// verification framework), and ByUs who did.
	Reason string `json:"reason,omitempty"`
	ByUs   bool   `json:"byUs,omitempty"`
}

// VerifyStep is what a user does in a verification.
type VerifyStep string

const (
	// VerifyAccept: in phase asking.
	VerifyAccept VerifyStep = "accept"
	// VerifyEmoji begins the comparison of emoji; in phase ready.
	VerifyEmoji VerifyStep = "emoji"
	// VerifyScan hands over the Code that was scanned; in phase ready.
	VerifyScan VerifyStep = "scan"
	// VerifyMatch: what both show is the same, or the other side shows success; in
	// phases compare and scanned.
	VerifyMatch VerifyStep = "match"
	// VerifyMismatch: it is not; in phase compare.
	VerifyMismatch VerifyStep = "mismatch"
	VerifyCancel   VerifyStep = "cancel"
)

// VerifyParams are a step in a verification.
type VerifyParams struct {
	ID   string     `json:"id"`
	Step VerifyStep `json:"step"`
	// Code is the content of a scanned code, as base64, for the step scan.
	Code string `json:"code,omitempty"`
	// Scanner says that this page can scan, for the step accept.
	Scanner bool `json:"scanner,omitempty"`
}
