package homeserver

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// ErrInvalidCall says that a request was not sent because its parameters
// cannot form one.
var ErrInvalidCall = errors.New("invalid request")

// What a server's answer amounts to. An *Error is any number of these.
var (
	// ErrNotMatrix says that the answer is not what a homeserver sends: HTML,
	// a captive portal, broken JSON, a required member is absent.
	ErrNotMatrix = errors.New("not an answer of a homeserver")
	// ErrServer says that the server failed (5xx).
	ErrServer = errors.New("server error")
	// ErrLimited says that the server asks for a pause; see Error.RetryAfter.
	ErrLimited = errors.New("rate limited")
	// ErrRequestTooLarge says that the server, or a proxy before it, takes no
	// request of this size. The same request will fare no better.
	ErrRequestTooLarge = errors.New("request too large")
	// ErrForbidden says that the user may not do this. ErrSuspended, ErrDeactivated
	// and ErrInviteBlocked are cases of it: look for those first.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound says that what was asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrUnknownEndpoint says that the server does not know the request at
	// all (404 or 405 with M_UNRECOGNIZED since v1.6, or without any errcode).
	ErrUnknownEndpoint = errors.New("server does not know this request")
	// ErrUnknownToken says that the token is not valid any more; see
	// Error.SoftLogout.
	ErrUnknownToken = errors.New("token is not valid")
	// ErrLocked says that the account is locked; nothing stored may be
	// dropped, and the session may come back (spec: account locking).
	ErrLocked = errors.New("account is locked")
	// ErrSuspended says that the account is suspended: it may read, not write.
	ErrSuspended = errors.New("account is suspended")
	// ErrDeactivated says that the account is closed for good.
	ErrDeactivated = errors.New("account is deactivated")
	// ErrInviteBlocked says that who was invited takes no invitations (FEATURES B-18).
	ErrInviteBlocked = errors.New("invitations are blocked")
)

// Error is an answer that is no success. Use errors.Is with the sentinels
// above to tell what it amounts to.
type Error struct {
	// Call names what was tried, such as "send event".
	Call   string
	Status int
	// Errcode is "" where the answer is not Matrix.
	Errcode Errcode
	// Message is the server's own text, shortened and without control
	// characters. It is untrusted.
	Message string
	// RetryAfter is how long the server asks to wait.
	RetryAfter time.Duration
	// SoftLogout says that the session may go on with the same device after
	// signing in again (spec: soft logout).
	SoftLogout bool
	// Body is the JSON object of the answer, for members that only some
	// errcodes have, such as admin_contact; nil where it was none.
	Body scan.Value
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: status %d", e.Call, e.Status)
	if e.Errcode != "" {
		b.WriteString(" " + string(e.Errcode))
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// Is reports whether the answer amounts to one of the sentinels.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotMatrix:
		return e.Errcode == "" && e.Status < 500 && e.Status != 429 && !e.asksUser()
	case ErrServer:
		return e.Status >= 500
	case ErrLimited:
		return e.Status == 429 || e.Errcode == LimitExceeded
	case ErrRequestTooLarge:
		return e.Status == 413 || e.Errcode == TooLarge
	case ErrUnknownEndpoint:
		return e.Errcode == Unrecognized || e.Errcode == "" && (e.Status == 404 || e.Status == 405)
	case ErrNotFound:
		return e.Errcode == NotFound || e.Errcode == Unknown && e.Status == 404
	}
	return e.isAccount(target)
}

// isAccount covers what is about the user's rights.
func (e *Error) isAccount(target error) bool {
	switch target {
	case ErrForbidden:
		return e.Errcode == Forbidden || e.Errcode != "" && e.Status == 403
	case ErrUnknownToken:
		return e.Errcode == UnknownToken || e.Errcode == MissingToken
	case ErrLocked:
		return e.Errcode == UserLocked
	case ErrSuspended:
		return e.Errcode == UserSuspended
	case ErrDeactivated:
		return e.Errcode == UserDeactivated
	case ErrInviteBlocked:
		return e.Errcode == InviteBlocked
	}
	return false
}

// readError makes an Error of an answer that is no success.
func readError(call string, r *Response, now time.Time) *Error {
	e := &Error{Call: call, Status: r.Status}
	if body, err := scan.Parse(r.Body); err == nil && body.Kind() == scan.Object {
		e.Errcode = Errcode(clean(body.Get("errcode").Text(), 64))
		e.Message = clean(body.Get("error").Text(), 256)
		e.SoftLogout = body.Get("soft_logout").IsTrue()
		e.Body = body
	}
	e.RetryAfter = retryAfter(r.RetryAfter, e.Body, now)
	return e
}

// notMatrix makes an Error of a success that is none.
func notMatrix(call string, status int, why string) *Error {
	return &Error{Call: call, Status: status, Message: why}
}

// clean shortens a server's text and takes out what could disturb a log or a
// terminal.
func clean(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() >= most {
			break
		}
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || invisible(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// invisible reports line separators and characters that reorder text.
func invisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
