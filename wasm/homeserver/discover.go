package homeserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// How discovery ends where it finds no homeserver (spec: well-known URIs,
// FEATURES 2-18). Each wraps the reason.
var (
	// ErrPrompt says that nothing is known about the name: ask the user for
	// the server's address.
	ErrPrompt = errors.New("no homeserver found under this name")
	// ErrFailPrompt says the same where looking for it failed: tell the user,
	// then ask.
	ErrFailPrompt = errors.New("homeserver could not be discovered")
	// ErrFailError says that the domain's own record is wrong: signing in
	// there must not go on.
	ErrFailError = errors.New("homeserver's record is wrong")
	// ErrTooOld says that a homeserver knows none of the versions that the
	// core speaks, v1.1 and later.
	ErrTooOld = errors.New("homeserver is too old")
)

const discoverLimit = 20 * time.Second

// Found is a homeserver that answered.
type Found struct {
	BaseURL  string
	Versions *Versions
	// WellKnown is the domain's record, nil where it has none.
	WellKnown scan.Value
	// IdentityServer is the base URL of the one that the record names, or "".
	// Nothing here speaks to it, so that a dead one keeps nobody out.
	IdentityServer string
}

// Discover finds the homeserver of a user id, a server name or a base URL.
// Only this machine is spoken to without TLS, unless the user wrote http://.
func (n Network) Discover(ctx context.Context, input string) (Found, error) {
	input = strings.TrimSpace(input)
	if strings.Contains(input, "://") {
		return n.discoverURL(ctx, input)
	}
	name := input
	if strings.HasPrefix(name, "@") {
		// At the first colon: what follows may have a port.
		_, name, _ = strings.Cut(name, ":")
	}
	name = strings.ToLower(strings.TrimRight(name, "/"))
	if !event.IsServer(name) {
		return Found{}, fmt.Errorf("%w: %w", ErrFailPrompt, ErrBaseURL)
	}
	return n.discoverName(ctx, name)
}

// Moved returns where a client goes on after a login at from that told it to
// go to: there, if that is a homeserver's address which answers and does not
// leave TLS, else where it was. Servers are known to tell a wrong one.
func (n Network) Moved(ctx context.Context, from, to string) string {
	origin, err := parseBase(from)
	if err != nil {
		return from
	}
	base, err := delegated(to, origin)
	if err != nil || base == from {
		return from
	}
	if _, err := n.probe(ctx, base); err != nil {
		return from
	}
	return base
}

// discoverURL takes a URL as the base URL that it claims to be, or else as the
// domain that a record lies on: users do not tell one from the other.
func (n Network) discoverURL(ctx context.Context, input string) (Found, error) {
	base, err := parseBase(input)
	if err != nil {
		return Found{}, fmt.Errorf("%w: %w", ErrFailPrompt, err)
	}
	v, err := n.probe(ctx, base.String())
	if err == nil {
		return Found{BaseURL: base.String(), Versions: v}, nil
	}
	if base.path == "" && ctx.Err() == nil {
		found, recordErr := n.discoverRecord(ctx, base)
		if recordErr == nil || errors.Is(recordErr, ErrFailError) {
			return found, recordErr
		}
	}
	return Found{}, fmt.Errorf("%w: %w", ErrFailPrompt, err)
}

// discoverName reads the record of a server name. Without one that can be
// used the name itself may be the homeserver: a browser cannot even tell a
// missing record from a dead host where the 404 comes without CORS headers.
func (n Network) discoverName(ctx context.Context, name string) (Found, error) {
	record, direct := origins(name)
	found, err := n.discoverRecord(ctx, record)
	if err == nil || errors.Is(err, ErrFailError) || ctx.Err() != nil {
		return found, err
	}
	v, directErr := n.probe(ctx, direct.String())
	switch {
	case directErr == nil:
		return Found{BaseURL: direct.String(), Versions: v}, nil
	case errors.Is(directErr, ErrTooOld):
		return Found{}, fmt.Errorf("%w: %w", ErrFailError, directErr)
	case errors.Is(err, ErrPrompt):
		return Found{}, fmt.Errorf("%w: %w", ErrPrompt, directErr)
	}
	return Found{}, err
}

// origins returns where a name's record lies, which is the host without its
// port, and where the name itself would answer. On this machine ports tell
// servers apart and there is no TLS.
func origins(name string) (record, direct baseURL) {
	if isLoopback(name) {
		local := baseURL{scheme: "http", host: name}
		return local, local
	}
	host, _ := event.SplitPort(name)
	return baseURL{scheme: "https", host: host}, baseURL{scheme: "https", host: name}
}

// discoverRecord reads /.well-known/matrix/client and asks the homeserver that
// it names.
func (n Network) discoverRecord(ctx context.Context, origin baseURL) (Found, error) {
	const name = "read well-known record"
	record, err := n.ask(ctx, origin.String(), Call{Name: name, Path: []string{".well-known", "matrix", "client"}})
	if err != nil {
		return Found{}, fmt.Errorf("%w: %w", recordFailure(ctx, err), err)
	}
	text := record.Path("m.homeserver", "base_url").Text()
	if text == "" {
		return Found{}, fmt.Errorf("%w: %w", ErrFailPrompt, notMatrix(name, 200, "no base_url"))
	}
	base, err := delegated(text, origin)
	if err != nil {
		return Found{}, fmt.Errorf("%w: %w", ErrFailError, err)
	}
	v, err := n.probe(ctx, base)
	if err != nil {
		return Found{}, fmt.Errorf("%w: %w", ErrFailError, err)
	}
	identity, err := delegated(record.Path("m.identity_server", "base_url").Text(), origin)
	if err != nil {
		identity = ""
	}
	return Found{BaseURL: base, Versions: v, WellKnown: record, IdentityServer: identity}, nil
}

// recordFailure sorts out why there is no record: IGNORE, which ends in PROMPT
// where nothing else is found, or FAIL_PROMPT.
func recordFailure(ctx context.Context, err error) error {
	var answer *Error
	if ctx.Err() == nil && errors.As(err, &answer) && answer.Status == 404 {
		return ErrPrompt
	}
	return ErrFailPrompt
}

// delegated checks a base URL out of a record. A record must not lead from TLS
// to plain HTTP.
func delegated(text string, from baseURL) (string, error) {
	base, err := parseBase(text)
	if err != nil {
		return "", err
	}
	if base.scheme == "http" && from.scheme != "http" && !isLoopback(base.host) {
		return "", fmt.Errorf("scheme: %w", ErrBaseURL)
	}
	return base.String(), nil
}

// probe asks a base URL for its versions.
func (n Network) probe(ctx context.Context, base string) (*Versions, error) {
	const name = "ask for versions"
	body, err := n.ask(ctx, base, Call{Name: name, Path: []string{"_matrix", "client", "versions"}})
	if err != nil {
		return nil, err
	}
	v, ok := ReadVersions(body)
	if !ok {
		return nil, notMatrix(name, 200, "no list of versions")
	}
	if !v.Supports("v1.1") {
		return nil, ErrTooOld
	}
	return v, nil
}

func (n Network) ask(ctx context.Context, base string, call Call) (scan.Value, error) {
	c, err := n.Client(base, "")
	if err != nil {
		return nil, err
	}
	call.Method, call.Limit, call.MaxBody = "GET", discoverLimit, 1<<20
	return c.Once().Do(ctx, call)
}
