package homeserver

import (
	"errors"
	"time"
)

// EndsSession reports that the token is of no use any more. Error.SoftLogout
// says whether the device may go on after signing in again.
func EndsSession(err error) bool {
	return errors.Is(err, ErrUnknownToken) || errors.Is(err, ErrDeactivated)
}

// IsOffline reports that the server was not reached.
func IsOffline(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrSlept)
}

// MayPass reports that the same request may succeed later, without anybody
// changing anything.
func MayPass(err error) bool {
	if errors.Is(err, ErrRequestTooLarge) {
		return false
	}
	return IsOffline(err) || errors.Is(err, ErrServer) || errors.Is(err, ErrLimited) || errors.Is(err, ErrNotMatrix) ||
		errors.Is(err, ErrTooLarge) || errors.Is(err, ErrRedirected) || errors.Is(err, ErrLocked) || EndsSession(err)
}

// RetryAfter returns how long the server asks to wait, or 0.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
