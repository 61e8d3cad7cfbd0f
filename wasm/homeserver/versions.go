package homeserver

import (
	"context"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// Versions is what a server says it supports (FEATURES B-01). Its methods
// answer "no" on nil.
type Versions struct {
	// Raw is the answer of /versions, to be stored.
	Raw scan.Value
	// minor is the highest N of the v1.N that the server lists, or -1.
	minor    int
	unstable map[string]bool
}

// Versions asks the server what it supports. With a token the answer may name
// more (MSC4026): ask again after signing in.
func (c *Client) Versions(ctx context.Context) (*Versions, error) {
	body, err := c.Do(ctx, Call{Name: "ask for versions", Method: "GET", Path: []string{"_matrix", "client", "versions"}, MaxBody: 1 << 20})
	if err != nil {
		return nil, err
	}
	v, ok := ReadVersions(body)
	if !ok {
		return nil, notMatrix("ask for versions", 200, "no list of versions")
	}
	return v, nil
}

// ReadVersions reads an answer of /versions, and reports whether it is one.
func ReadVersions(raw scan.Value) (*Versions, bool) {
	list := raw.Get("versions")
	if list.Kind() != scan.Array {
		return nil, false
	}
	v := &Versions{Raw: raw, minor: -1, unstable: map[string]bool{}}
	for item := range list.Items() {
		name, ok := item.AsText()
		if !ok {
			return nil, false
		}
		v.minor = max(v.minor, minorOf(name))
	}
	for key, value := range raw.Get("unstable_features").Members() {
		v.unstable[key.Text()] = value.IsTrue()
	}
	return v, true
}

// minorOf returns the N of v1.N, or -1; the r0 versions came before all.
func minorOf(version string) int {
	text, ok := strings.CutPrefix(version, "v1.")
	if !ok {
		return -1
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

// Supports reports whether the server supports a version of the
// specification, such as "v1.16", or a later one.
func (v *Versions) Supports(version string) bool {
	n := minorOf(version)
	return v != nil && n >= 0 && v.minor >= n
}

// Unstable reports whether the server advertises an unstable feature.
func (v *Versions) Unstable(feature string) bool { return v != nil && v.unstable[feature] }
