//go:build !js

package backup_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestAPI: the bodies we make are those that the spec's API takes.
func TestAPI(t *testing.T) {
	random := source(8)
	public := newKey(t, random).Public()
	data, err := public.Encrypt([]byte(`{}`), random)
	if err != nil {
		t.Fatal(err)
	}
	var session scan.Builder
	session.Int("first_message_index", 0).Int("forwarded_count", 0).Bool("is_verified", true).Raw("session_data", data)
	api := conformance.NewChecker(t).Handler(http.NotFoundHandler())
	for path, body := range map[string]scan.Value{
		"POST version":                       backup.NewInfo(public).Content(),
		"PUT keys/%21room%3Aid/id?version=1": session.Done(),
	} {
		method, rest, _ := strings.Cut(path, " ")
		r := httptest.NewRequest(method, "/_matrix/client/v3/room_keys/"+rest, strings.NewReader(string(body)))
		r.Header.Set("Authorization", "Bearer t")
		r.Header.Set("Content-Type", "application/json")
		api.ServeHTTP(httptest.NewRecorder(), r)
	}
}
