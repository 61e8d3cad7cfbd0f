package homeserver

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// ErrPassword says that the server wants the account's password before it does
// what it was asked, or that it was given a wrong one; ErrStages that it wants
// something else (spec: user-interactive authentication).
var (
	ErrPassword = errors.New("server wants the password")
	ErrStages   = errors.New("server wants more than a password")
)

// asksUser reports whether an answer says what the user has to do first.
func (e *Error) asksUser() bool {
	return e.Status == 401 && e.Body.Get("flows").Kind() == scan.Array
}

// WithPassword sends a call that the server may want the user's password for,
// which it sends only if asked. body makes the call's body with the "auth" that
// goes into it, nil the first time.
func (c *Client) WithPassword(ctx context.Context, call Call, user event.UserID, password string, body func(auth scan.Value) scan.Value) (scan.Value, error) {
	call.Body = body(nil)
	answer, err := c.Do(ctx, call)
	var asks *Error
	if !errors.As(err, &asks) || !asks.asksUser() {
		return answer, err
	}
	switch {
	case !asks.takesPassword():
		return nil, errors.Join(ErrStages, err)
	case password == "":
		return nil, errors.Join(ErrPassword, err)
	}
	call.Body = body(passwordStage(user, password, asks.Body.Get("session").Text()))
	if answer, err = c.Do(ctx, call); errors.As(err, &asks) && (asks.asksUser() || asks.Errcode == Forbidden) {
		return nil, errors.Join(ErrPassword, err)
	}
	return answer, err
}

// takesPassword reports whether a password alone is enough.
func (e *Error) takesPassword() bool {
	for flow := range e.Body.Get("flows").Items() {
		n, has := 0, false
		for stage := range flow.Get("stages").Items() {
			n++
			has = has || stage.Text() == LoginPassword
		}
		if n == 1 && has {
			return true
		}
	}
	return false
}

func passwordStage(user event.UserID, password, session string) scan.Value {
	var id, b scan.Builder
	id.Text("type", "m.id.user").Text("user", string(user))
	return b.Text("type", LoginPassword).Raw("identifier", id.Done()).Text("password", password).TextIf("session", session).Done()
}
