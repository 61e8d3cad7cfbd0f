// Package homeserver speaks the client-server API over HTTP: it finds a
// server, signs in, and has one small method for each request the core makes.
//
// Its law: a token goes to the origin of its own base URL only, never into a
// URL and never into an error; every answer is hostile until it was checked,
// and none is read beyond a limit. No custom header is ever sent, because the
// CORS list of the spec lets through Authorization and Content-Type alone
// (FEATURES B-61).
//
// It keeps no state of a session beyond the pauses that the server asked for:
// what to send, when to try again for good and what to store is its callers'.
package homeserver

import (
	"context"
	"errors"
)

// Transport sends one request and reads its answer, whatever the status. The
// two there are, fetch in the browser and net/http elsewhere, behave alike;
// tests bring their own.
//
// Do must return once ctx is done. An error means that there is no answer: it
// is one of the sentinels below or ctx's own.
type Transport interface {
	Do(ctx context.Context, r *Request) (*Response, error)
}

// Request is what goes out.
type Request struct {
	Method string
	URL    string
	// Token goes into the Authorization header; a transport must drop it when
	// a redirect leads to another origin.
	Token       string
	ContentType string
	Body        []byte
	// MaxBody is the most bytes of the answer's body to read.
	MaxBody int64
}

// Response is what came back.
type Response struct {
	Status      int
	ContentType string
	// RetryAfter is that header as it came, "" also where CORS hides it.
	RetryAfter string
	Body       []byte
}

// Why there is no answer.
var (
	// ErrUnreachable says that the server could not be reached or the
	// connection broke. In a browser it also covers what CORS forbids.
	ErrUnreachable = errors.New("server unreachable")
	// ErrTimeout says that the time limit of a request passed.
	ErrTimeout = errors.New("server did not answer in time")
	// ErrSlept says that the machine slept while a request was under way, so
	// that its answer may never come; try again at once (FEATURES D-32).
	ErrSlept = errors.New("machine slept during the request")
	// ErrTooLarge says that the answer exceeded the limit.
	ErrTooLarge = errors.New("answer too large")
	// ErrRedirected says that the server redirected a request that writes. It
	// is not followed: its body may hold a password.
	ErrRedirected = errors.New("request that writes was redirected")
)
