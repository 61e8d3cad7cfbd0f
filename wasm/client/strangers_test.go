//go:build !js

package client_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
)

// strangers have a sync tell of people of another server who ask to verify, and
// whose server never says which devices they have.
func (u *user) strangers(n int) {
	var told, asked atomic.Bool
	u.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/keys/query"):
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte(":far.example")) {
				asked.Store(true)
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
		case strings.HasSuffix(r.URL.Path, "/sync") && told.CompareAndSwap(false, true):
			answer, err := next()
			if err != nil {
				return answer, err
			}
			raw, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			return strange(answer, raw, n), err
		}
		return next()
	}
}

// strange adds their questions to an answer of the sync, before those of others.
func strange(answer *http.Response, raw []byte, n int) *http.Response {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(
			`{"type":"m.key.verification.request","sender":"@m%d:far.example","content":{"from_device":"M","transaction_id":"t%d","methods":["m.sas.v1"],"timestamp":%d}}`,
			i, i, time.Now().UnixMilli()))
	}
	whole := strings.Replace(string(raw), "{", `{"to_device":{"events":[`+strings.Join(all, ",")+`]},`, 1)
	answer.Body, answer.ContentLength = body(whole), -1
	answer.Header.Del("Content-Length")
	return answer
}

// verifyAmongStrangers: people whose server does not answer, and who ask first,
// keep nobody else from being verified.
func verifyAmongStrangers(w *world) {
	alice := w.stranger(w.register("alice"))
	alice.strangers(50)
	alice.login()
	alice.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
	alice.setUp()
	second := w.device(alice.name)
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified })
	id := second.startVerification(api.StartVerificationParams{})
	theirs := alice.asked(second)
	compare(second, alice, id, theirs)
	matches(second, alice, id, theirs)
}

// verifyAtOnce: a device asks once others can know its keys, and is not taken for
// one that nobody has.
func verifyAtOnce(w *world) {
	alice := w.keyed("alice")
	alice.setUp()
	second := w.stranger(alice.name)
	var uploaded atomic.Bool
	upload := make(chan struct{})
	second.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/keys/upload"):
			<-upload
			answer, err := next()
			uploaded.Store(true)
			return answer, err
		case strings.Contains(r.URL.Path, "/sendToDevice/") && !uploaded.Load():
			w.t.Error("it asked before it can be known")
		}
		return next()
	}
	second.login()
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified })
	asks := early(func() (api.VerificationRef, error) {
		return second.StartVerification(w.t.Context(), api.StartVerificationParams{})
	})
	if _, err := second.Profile(w.t.Context(), api.ProfileParams{UserID: alice.id()}); err != nil {
		w.t.Error(err) // there and back
	}
	close(upload)
	if _, err := asks(); err != nil {
		w.t.Error(err)
	}
	alice.asked(second)
}
