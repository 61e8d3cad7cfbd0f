//go:build !js

package client_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
)

// TestTypingHasOneRequestAtATime: two under way could overtake each other, and
// others would see the opposite of the truth until it is repeated.
func TestTypingHasOneRequestAtATime(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.stranger(w.register("alice")), w.user("bob")
	var mu sync.Mutex
	var running, most int
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/typing/") {
			return next()
		}
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		answer, err := next()
		mu.Lock()
		running--
		mu.Unlock()
		return answer, err
	}
	alice.login()
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	for _, on := range []bool{true, false, true, false, true} {
		alice.ok(alice.SetTyping(t.Context(), api.SetTypingParams{RoomID: room, Typing: on}))
		time.Sleep(5 * time.Millisecond) // lets a request go out
	}
	bob.details(room, func(d api.RoomDetails) bool { return len(d.Typing) == 1 })
	alice.say(room, "done")
	bob.details(room, func(d api.RoomDetails) bool { return len(d.Typing) == 0 })
	mu.Lock()
	defer mu.Unlock()
	if most != 1 {
		t.Errorf("%d requests at a time", most)
	}
}
