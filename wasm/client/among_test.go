//go:build !js

package client_test

import (
	"net/http"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// syncsAtOnce keeps the answers of the sync back while shut is not closed, from
// when it is sent on shutting; what came meanwhile comes in one then.
func (u *user) syncsAtOnce(shutting <-chan chan struct{}) {
	u.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		answer, err := next()
		if err != nil || !strings.HasSuffix(r.URL.Path, "/sync") {
			return answer, err
		}
		select {
		case shut := <-shutting:
			answer.Body.Close()
			<-shut
			return next()
		default:
			return answer, err
		}
	}
}

// verifyAmong: in a room that nobody looked into on this device the question is
// heard also where something was said after it.
func verifyAmong(w *world) {
	alice, bob, room := friends(w)
	bob.say(room, "hello")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "hello" })
	second := w.stranger(bob.name)
	shutting := make(chan chan struct{}, 1)
	second.syncsAtOnce(shutting)
	second.login()
	second.until(room, func(r api.Room) bool { return r.Membership == event.Join })
	alice.trusts(second, api.DeviceUnsigned)
	shut := make(chan struct{})
	shutting <- shut
	alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	sending, err := alice.SendStatus(w.t.Context(), api.SendRef{TxnID: alice.say(room, "look!")})
	until(w.t, sending, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
	close(shut)
	second.asked(alice)
}
