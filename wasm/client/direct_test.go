package client

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// B-19: what others wrote into account data stays, in whatever shape.
func TestWithDirect(t *testing.T) {
	for _, c := range []struct {
		now, user string
		alone     bool
		want      string
		changed   bool
	}{
		{``, "@a:h", false, `{"@a:h":["!r"]}`, true},
		{`{"@a:h":["!r"]}`, "@a:h", false, `{}`, false},
		{`{"@a:h":["!x"],"@b:h":["!r","!y"]}`, "@a:h", false, `{"@b:h":["!r","!y"],"@a:h":["!x","!r"]}`, true},
		{`{"@a:h":["!x"],"@b:h":["!r","!y"]}`, "@a:h", true, `{"@b:h":["!y"],"@a:h":["!x","!r"]}`, true},
		{`{"@b:h":["!r"],"odd":7}`, "", true, `{"odd":7}`, true},
		{`{"@b:h":["!r"],"@a:h":["!r"]}`, "@a:h", true, `{"@a:h":["!r"]}`, true},
		{`{"@b:h":["!x"]}`, "", true, ``, false},
		{`{"@a:h":"odd"}`, "@a:h", true, `{"@a:h":["!r"]}`, true},
		{`7`, "@a:h", true, `{"@a:h":["!r"]}`, true},
	} {
		next, changed := withDirect(scan.Value(c.now), event.UserID(c.user), "!r", c.alone)
		if changed != c.changed || changed && string(next) != c.want {
			t.Errorf("%s with %q: %s, %v", c.now, c.user, next, changed)
		}
	}
}

// B-18, B-19: what says no block is none, and what others wrote stays.
func TestWithInvitePermission(t *testing.T) {
	for _, c := range []struct {
		now     string
		block   bool
		want    string
		changed bool
	}{
		{``, true, `{"default_action":"block"}`, true},
		{``, false, ``, false},
		{`{"x":1,"default_action":"allow"}`, true, `{"x":1,"default_action":"block"}`, true},
		{`{"default_action":"block","x":{"y":2}}`, false, `{"x":{"y":2}}`, true},
		{`{"default_action":"block"}`, true, ``, false},
		{`{"default_action":"org.example.ask"}`, false, ``, false},
		{`{"default_action":["block"]}`, false, ``, false},
		{`["block"]`, true, `{"default_action":"block"}`, true},
	} {
		next, changed := withInvitePermission(scan.Value(c.now), api.InvitePermission{Block: c.block})
		if changed != c.changed || changed && string(next) != c.want {
			t.Errorf("%s, %v: %s, %v", c.now, c.block, next, changed)
		}
	}
}

func TestWithIgnored(t *testing.T) {
	for _, c := range []struct {
		now     string
		ignored bool
		want    string
		changed bool
	}{
		{``, true, `{"ignored_users":{"@a:h":{}}}`, true},
		{`{"x":1,"ignored_users":{"@b:h":{"since":2}}}`, true, `{"x":1,"ignored_users":{"@b:h":{"since":2},"@a:h":{}}}`, true},
		{`{"ignored_users":{"@a:h":{},"@b:h":{}}}`, false, `{"ignored_users":{"@b:h":{}}}`, true},
		{`{"ignored_users":{"@a:h":{}}}`, true, ``, false},
		{`{"ignored_users":[]}`, false, ``, false},
		{`[]`, true, `{"ignored_users":{"@a:h":{}}}`, true},
	} {
		next, changed := withIgnored(scan.Value(c.now), api.SetIgnoredParams{UserID: "@a:h", Ignored: c.ignored})
		if changed != c.changed || changed && string(next) != c.want {
			t.Errorf("%s, %v: %s, %v", c.now, c.ignored, next, changed)
		}
	}
}
