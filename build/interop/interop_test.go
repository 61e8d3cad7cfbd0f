package main

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/interop/mautrixpeer"
	"github.com/alcove-chat/alcove/build/interop/peer"
	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// cannot is what mautrix may refuse to do; see mautrixpeer.
func cannot(scenario string) bool {
	return strings.Contains(scenario, "fallback") || strings.Contains(scenario, "in a room") || strings.Contains(scenario, "emoji, users") || strings.Contains(scenario, "invite")
}

// TestScenariosOnSandbox: the sandbox is homeserver enough for all that a client
// that we did not write does with encryption, and the scenarios hold for it.
func TestScenariosOnSandbox(t *testing.T) {
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			m := &matrix{server: server.URL}
			err := m.one(t.Context(), [2]peer.Client{mautrixpeer.Client{}, mautrixpeer.Client{}}, sc)
			if errors.Is(err, peer.ErrCannot) && cannot(sc.name) {
				t.Skip(err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
