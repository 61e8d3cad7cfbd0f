package client_test

import (
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// TestExplain: where an error is several things, the one that the page can do
// something about counts.
func TestExplain(t *testing.T) {
	for _, c := range []struct {
		code api.Code
		err  error
	}{
		{api.DiscoveryFailed, fmt.Errorf("%w: %w", homeserver.ErrFailPrompt, homeserver.ErrBaseURL)},
		{api.DiscoveryInvalid, fmt.Errorf("%w: %w", homeserver.ErrFailError, homeserver.ErrBaseURL)},
		{api.NetworkOffline, fmt.Errorf("%w: %w", homeserver.ErrFailError, homeserver.ErrUnreachable)},
		{api.ServerUnsupported, fmt.Errorf("%w: %w", homeserver.ErrFailError, homeserver.ErrTooOld)},
		{api.StorageFenced, fmt.Errorf("commit: %w", storage.ErrFenced)},
		{api.StorageHung, fmt.Errorf("%w: %w", storage.ErrClosed, storage.ErrHung)},
		{api.SessionSuspended, &homeserver.Error{Status: 403, Errcode: homeserver.UserSuspended}},
		{api.SessionSoftLogout, &homeserver.Error{Status: 401, Errcode: homeserver.UnknownToken, SoftLogout: true}},
	} {
		if got := client.Explain(c.err); got.Code != c.code {
			t.Errorf("%v: %s, want %s", c.err, got.Code, c.code)
		}
	}
}
