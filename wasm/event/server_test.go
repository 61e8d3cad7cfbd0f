package event_test

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
)

// TestServers: the names that the spec's grammar allows, and which are addresses.
func TestServers(t *testing.T) {
	for name, address := range map[string]bool{
		"a": false, "example.org": false, "EXAMPLE.org:8448": false, "1a.2b": false, "x--y.z": false, "localhost:1": false,
		"1.2.3.4": true, "1.2.3.4:80": true, "127.1": true, "7": true, "[::1]": true, "[2001:DB8::1.2.3.4]:443": true,
	} {
		host, _ := event.SplitPort(name)
		if !event.IsServer(name) || event.IsAddress(host) != address {
			t.Errorf("%s: %v, an address %v", name, event.IsServer(name), event.IsAddress(host))
		}
	}
	for _, name := range []string{"", ":80", "a:", "a:b", "a:0", "a:70000", "a:1:2", "[]", "[1]", "[::1", "::1", "[::g]", "[::1]x", ".a", "-a", "a..b", "a/b", "a b", "a@b", "ü", "a_b", "a\x00", "\u212a"} {
		if event.IsServer(name) {
			t.Errorf("%q is a server", name)
		}
	}
	if got := event.UserID("@a:b:1").Server(); got != "b:1" {
		t.Errorf("%q", got)
	}
	if got := event.UserID("@a").Server(); got != "" {
		t.Errorf("%q", got)
	}
}
