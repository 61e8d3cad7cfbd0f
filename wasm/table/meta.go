package table

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Names of the records in Meta.
var (
	// SessionKey: a Session; absent while signed out.
	SessionKey = []byte("session")
	// NextBatchKey: the token for the next sync.
	NextBatchKey = []byte("nextBatch")
	// FarewellKey: a Session of which nothing is left but the server and the
	// token, until that server knows that it is over.
	FarewellKey = []byte("farewell")
	// FilterKey: a Filter.
	FilterKey = []byte("filter")
)

// Session is the account that this database belongs to.
type Session struct {
	// Homeserver is a base URL.
	Homeserver string
	UserID     event.UserID
	DeviceID   event.DeviceID
	// Token is the access token. It must never reach a log, an error or the
	// page.
	Token string
	// Ended is true after the server refused the token but asked to keep the
	// device (spec: soft logout).
	Ended bool
	// Keyed says that the device has keys, an OlmAccount.
	Keyed bool
}

// sessionFormat 2 added Keyed.
const sessionFormat = 2

// Encode returns the stored form.
func (s *Session) Encode() []byte {
	w := newWriter(sessionFormat)
	for _, t := range []string{s.Homeserver, string(s.UserID), string(s.DeviceID), s.Token} {
		w.text(t)
	}
	w.bool(s.Ended)
	w.bool(s.Keyed)
	return w.done()
}

// DecodeSession reads the stored form.
func DecodeSession(value []byte) (*Session, error) {
	d, version := newReader(value, sessionFormat)
	s := &Session{Homeserver: d.text(), UserID: event.UserID(d.text()), DeviceID: event.DeviceID(d.text()), Token: d.text(), Ended: d.bool()}
	if version >= 2 {
		s.Keyed = d.bool()
	}
	return s, named("session", d.done())
}

// Filter is a sync filter that the server keeps.
type Filter struct {
	ID string
	// Definition is the JSON that was uploaded; another one needs a new upload.
	Definition string
}

const filterFormat = 1

// Encode returns the stored form.
func (f *Filter) Encode() []byte {
	w := newWriter(filterFormat)
	w.text(f.ID)
	w.text(f.Definition)
	return w.done()
}

// DecodeFilter reads the stored form.
func DecodeFilter(value []byte) (Filter, error) {
	d, _ := newReader(value, filterFormat)
	f := Filter{ID: d.text(), Definition: d.text()}
	return f, named("filter", d.done())
}

const tokenFormat = 1

// EncodeToken returns the stored form of a sync token.
func EncodeToken(token string) []byte {
	w := newWriter(tokenFormat)
	w.text(token)
	return w.done()
}

// DecodeToken reads the stored form, also that of before, which was the token
// alone.
func DecodeToken(value []byte) (string, error) {
	if !slices.ContainsFunc(value, func(c byte) bool { return c <= ' ' || c > '~' }) {
		return string(value), nil
	}
	d, _ := newReader(value, tokenFormat)
	token := d.text()
	if err := d.done(); err != nil {
		return "", named("sync token", err)
	}
	return token, nil
}
