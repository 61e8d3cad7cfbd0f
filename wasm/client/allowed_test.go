//go:build !js

package client_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// whatIsAllowed (FEATURES 2-10): the server is asked what it allows, and again when it
// refuses that.
func whatIsAllowed(w *world) {
	alice := w.stranger(w.register("alice"))
	var strict atomic.Bool
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		refuses := strict.Load() && r.Method == "PUT" && strings.Contains(r.URL.Path, "/profile/")
		answer, err := next()
		switch {
		case err != nil:
		case refuses:
			answer.Body.Close()
			answer.StatusCode, answer.Body = http.StatusForbidden, body(`{"errcode":"M_FORBIDDEN","error":"no more"}`)
		case strict.Load() && strings.HasSuffix(r.URL.Path, "/capabilities"):
			answer.Body.Close()
			answer.Body = body(`{"capabilities":{"m.set_displayname":{"enabled":false}}}`)
		}
		return answer, err
	}
	alice.login()
	allowed := func(good func(api.Capabilities) bool) api.Capabilities {
		w.t.Helper()
		s, err := alice.Capabilities(w.t.Context())
		return until(w.t, s, err, good)
	}
	now := allowed(func(c api.Capabilities) bool { return c.Known })
	if !now.Name || !now.Avatar || !slices.Contains(now.RoomVersions, now.RoomVersion) || !now.Restricted || !now.Knock {
		w.t.Errorf("%+v", now)
	}
	strict.Store(true)
	err := alice.SetProfile(w.t.Context(), api.SetProfileParams{Field: "displayname", Value: scan.Value(`"Al"`)})
	if code(err) != api.ServerForbidden {
		w.t.Errorf("refused: %v", err)
	}
	allowed(func(c api.Capabilities) bool { return !c.Name && c.Avatar && c.RoomVersion == "1" })
}
