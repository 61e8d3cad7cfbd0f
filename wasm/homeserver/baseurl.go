package homeserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ErrBaseURL says that a text is no base URL of a homeserver.
var ErrBaseURL = errors.New("not a base URL")

// CleanBaseURL checks a base URL and returns it without trailing slashes, its
// scheme and host in lower case. It has a path at most: no user, query or
// fragment.
func CleanBaseURL(text string) (string, error) {
	u, err := parseBase(strings.TrimSpace(text))
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// baseURL is a homeserver's address in its parts.
type baseURL struct {
	scheme string // http or https
	host   string // with port
	path   string // "" or starting with a slash, never ending with one
}

func (u baseURL) String() string { return u.scheme + "://" + u.host + u.path }

func parseBase(text string) (baseURL, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "https" && scheme != "http" {
		return baseURL{}, fmt.Errorf("scheme: %w", ErrBaseURL)
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], strings.TrimRight(rest[i:], "/")
	}
	if !event.IsServer(host) {
		return baseURL{}, fmt.Errorf("host: %w", ErrBaseURL)
	}
	if !validBasePath(path) {
		return baseURL{}, fmt.Errorf("path: %w", ErrBaseURL)
	}
	return baseURL{scheme, strings.ToLower(host), path}, nil
}

func validBasePath(path string) bool {
	if path == "" {
		return true
	}
	for _, part := range strings.Split(path[1:], "/") {
		if part == "" || part == "." || part == ".." || !all(part, unreserved) {
			return false
		}
	}
	return true
}

// isLoopback reports whether a host is this machine, which browsers trust
// without TLS.
func isLoopback(host string) bool {
	name, _ := event.SplitPort(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || name == "[::1]" {
		return true
	}
	parts := strings.Split(name, ".")
	if len(parts) != 4 || parts[0] != "127" {
		return false
	}
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 8); err != nil {
			return false
		}
	}
	return true
}

func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}
