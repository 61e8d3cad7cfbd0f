package idb

import (
	"fmt"

	"github.com/alcove-chat/alcove/storage"
)

// openError says what a failed open means. Whatever is not known is taken as
// "no usable database here": private windows and broken profiles show as
// UnknownError, InvalidStateError, SecurityError and more.
func (a answer) openError() error {
	switch a.name {
	case "":
		return nil
	case "VersionError":
		return storage.ErrNewer
	case "QuotaExceededError":
		return fmt.Errorf("%w: %s", storage.ErrQuota, a.message)
	case "AbortError": // the site's data is being cleared right now
		return fmt.Errorf("%w: %s", storage.ErrClosed, a.message)
	case "StoreMissing":
		return fmt.Errorf("%w: the database lacks store %q: raise Schema.Version with every new store", storage.ErrMisuse, a.message)
	}
	return fmt.Errorf("%w: %s: %s", storage.ErrUnavailable, a.name, a.message)
}

// transactionError says what a failed transaction means. We never abort one
// ourselves but for the fence, so an AbortError means that the browser closed
// the connection; after an UnknownError (Safari: "Connection to Indexed
// Database server lost", Chrome: I/O errors) only opening again helps.
func (a answer) transactionError() error {
	switch a.name {
	case "":
		return nil
	case "Fenced":
		return storage.ErrFenced
	case "QuotaExceededError":
		return fmt.Errorf("%w: %s", storage.ErrQuota, a.message)
	case "AbortError", "InvalidStateError", "UnknownError", "TimeoutError":
		return fmt.Errorf("%w: %s: %s", storage.ErrClosed, a.name, a.message)
	}
	return fmt.Errorf("%s: %s", a.name, a.message)
}
