package homeserver

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// ErrOAuthOnly says that the server has no login of its own: it answers to
// GET /login as to an unknown request (FEATURES B-02).
var ErrOAuthOnly = errors.New("server offers OAuth only")

// The ways to sign in that the core knows.
const (
	LoginPassword = "m.login.password"
	LoginToken    = "m.login.token"
	LoginSSO      = "m.login.sso"
)

// LoginFlow is one way to sign in.
type LoginFlow struct {
	Type string
	// Raw has what only some types have, such as identity_providers.
	Raw scan.Value
}

// LoginFlows asks how one may sign in. The flow for application services is
// left out: no browser holds such a token (FEATURES 2-05).
func (c *Client) LoginFlows(ctx context.Context) ([]LoginFlow, error) {
	const name = "ask for login flows"
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V3("login"), NoToken: true})
	var answer *Error
	if errors.As(err, &answer) && answer.Errcode == Unrecognized {
		return nil, ErrOAuthOnly
	}
	if err != nil {
		return nil, err
	}
	if body.Get("flows").Kind() != scan.Array {
		return nil, notMatrix(name, 200, "no flows")
	}
	var flows []LoginFlow
	for f := range body.Get("flows").Items() {
		kind := f.Get("type").Text()
		if kind != "" && kind != "m.login.application_service" && kind != "m.login.appservice" {
			flows = append(flows, LoginFlow{kind, f})
		}
	}
	return flows, nil
}

// Password are credentials to sign in with.
type Password struct {
	// User is a localpart or a full user id.
	User     string
	Password string
	// DeviceName is shown to the user's other devices; used for a new one.
	DeviceName string
	// DeviceID signs in to that device again; "" makes a new one.
	DeviceID event.DeviceID
}

// Session is what signing in gives.
type Session struct {
	UserID   event.UserID
	DeviceID event.DeviceID
	Token    string
	// BaseURL is where the server wants the client to go from now on; "" where
	// it does not say. It is unchecked: see Network.Moved.
	BaseURL string
}

// LoginPassword signs in with m.login.password. Its own error for wrong
// credentials is ErrForbidden.
func (c *Client) LoginPassword(ctx context.Context, p Password) (Session, error) {
	var id, b scan.Builder
	id.Text("type", "m.id.user").Text("user", p.User)
	b.Text("type", LoginPassword).Raw("identifier", id.Done()).Text("password", p.Password)
	b.TextIf("initial_device_display_name", p.DeviceName).TextIf("device_id", string(p.DeviceID))
	return c.login(ctx, b.Done())
}

// LoginToken signs in with m.login.token, which single sign-on ends with.
func (c *Client) LoginToken(ctx context.Context, token, deviceName string, device event.DeviceID) (Session, error) {
	var b scan.Builder
	b.Text("type", LoginToken).Text("token", token)
	b.TextIf("initial_device_display_name", deviceName).TextIf("device_id", string(device))
	return c.login(ctx, b.Done())
}

func (c *Client) login(ctx context.Context, body scan.Value) (Session, error) {
	const name = "sign in"
	// Once: who signs in wants to see at once that the server asks for a pause.
	r, err := c.Once().Do(ctx, Call{Name: name, Method: "POST", Path: V3("login"), Body: body, NoToken: true})
	if err != nil {
		return Session{}, err
	}
	s := Session{
		UserID:   event.UserID(r.Get("user_id").Text()),
		DeviceID: event.DeviceID(r.Get("device_id").Text()),
		Token:    r.Get("access_token").Text(),
		BaseURL:  r.Path("well_known", "m.homeserver", "base_url").Text(),
	}
	if s.UserID == "" || s.DeviceID == "" || !validToken(s.Token) {
		return Session{}, notMatrix(name, 200, "no user, device or token")
	}
	return s, nil
}

// validToken reports whether a token fits into a header.
func validToken(token string) bool {
	return token != "" && all(token, func(c byte) bool { return c > 0x20 && c < 0x7f })
}

// Logout ends the session of the client's token on the server.
func (c *Client) Logout(ctx context.Context) error {
	_, err := c.Do(ctx, Call{Name: "sign out", Method: "POST", Path: V3("logout")})
	return err
}
