//go:build !js

package client_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// TestNewRoomIsEncryptedBeforeTheSyncSaysSo: a server that tells of a new room,
// and not yet that it is encrypted, as Synapse may, gets no message in plain.
func TestNewRoomIsEncryptedBeforeTheSyncSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		answer, err := next()
		if err != nil || !strings.HasSuffix(r.URL.Path, "/sync") {
			return answer, err
		}
		raw, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(raw, []byte(event.RoomEncryption), []byte("org.example.later"))))
		answer.ContentLength = -1
		return answer, err
	}
	alice.login()
	alice.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true})
	sending, err := alice.SendStatus(t.Context(), api.SendRef{TxnID: alice.say(room, "secret")})
	until(t, sending, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
	stored := alice.ask("GET", "rooms/"+escape(room)+"/messages?dir=b&limit=1", "").Get("chunk")
	for e := range stored.Items() {
		if e.Get("type").Text() != event.RoomEncrypted {
			t.Errorf("the server can read %s", e)
		}
	}
}
