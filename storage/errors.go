package storage

import "errors"

// Errors of Commit and Read. A backend wraps them; test with errors.Is.
var (
	// ErrFenced: another core has opened the database since. This one must
	// stop writing and become a follower.
	ErrFenced = errors.New("storage: fenced by a newer owner")
	// ErrQuota: the origin's space is used up. Nothing was written.
	ErrQuota = errors.New("storage: quota exceeded")
	// ErrHung: a transaction did not settle in time. It may or may not have
	// been committed; the database was closed and must be opened again.
	ErrHung = errors.New("storage: request did not settle")
	// ErrClosed: the database was closed, by Close, by a version change, by
	// the user clearing site data, or by the browser. A commit that was in
	// flight at that moment may or may not have been made. Opening again helps
	// unless the reason says otherwise, also where opening ends this way.
	ErrClosed = errors.New("storage: closed")
	// ErrMisuse: the call breaks a rule of this package, as a batch that names
	// a store which the schema lacks does. Nothing was sent to the database.
	ErrMisuse = errors.New("storage: misuse")
)

// Failed reports whether err is of this package: doing the same again would only
// repeat it, unless something changes first.
func Failed(err error) bool {
	for _, one := range []error{ErrFenced, ErrQuota, ErrHung, ErrClosed} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// Reasons of ErrClosed, wrapped together with it where one is known. ErrHung
// is another.
var (
	// ErrOutdated: another tab runs a newer version and upgrades the database.
	// The page should be reloaded.
	ErrOutdated = errors.New("storage: another tab upgrades the database")
	// ErrDeleted: the database was deleted, as by a logout in another tab.
	ErrDeleted = errors.New("storage: database deleted")
)

// Errors of opening a database.
var (
	// ErrBlocked: another tab holds an older version open and does not let go.
	ErrBlocked = errors.New("storage: open blocked by another tab")
	// ErrNewer: the database on disk was made by a newer version of the schema.
	ErrNewer = errors.New("storage: database is newer than this program")
	// ErrUnavailable: there is no usable database here, as in some private
	// windows or where the user forbids site data.
	ErrUnavailable = errors.New("storage: not available")
)
