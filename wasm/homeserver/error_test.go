//go:build !js

package homeserver_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

var classes = map[string]error{
	"notMatrix": homeserver.ErrNotMatrix, "server": homeserver.ErrServer, "limited": homeserver.ErrLimited,
	"forbidden": homeserver.ErrForbidden, "notFound": homeserver.ErrNotFound, "endpoint": homeserver.ErrUnknownEndpoint,
	"token": homeserver.ErrUnknownToken, "locked": homeserver.ErrLocked, "suspended": homeserver.ErrSuspended,
	"deactivated": homeserver.ErrDeactivated, "blocked": homeserver.ErrInviteBlocked, "oversize": homeserver.ErrRequestTooLarge,
}

// FEATURES C-3, B-06, B-08: what an answer amounts to, and nothing else.
func TestErrorClasses(t *testing.T) {
	code := func(errcode string) string { return `{"errcode":"` + errcode + `","error":"e"}` }
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{403, code("M_FORBIDDEN"), "forbidden"},
		{404, code("M_NOT_FOUND"), "notFound"},
		{400, code("M_NOT_FOUND"), "notFound"},
		{404, code("M_UNKNOWN"), "notFound"},
		{404, code("M_UNRECOGNIZED"), "endpoint"},
		{405, code("M_UNRECOGNIZED"), "endpoint"},
		{400, code("M_UNRECOGNIZED"), "endpoint"},
		{404, `<html>not found</html>`, "endpoint notMatrix"},
		{405, ``, "endpoint notMatrix"},
		{401, code("M_UNKNOWN_TOKEN"), "token"},
		{401, code("M_MISSING_TOKEN"), "token"},
		{401, `{"errcode":"M_UNKNOWN_TOKEN","soft_logout":true}`, "token soft"},
		{401, `{"errcode":"M_UNKNOWN_TOKEN","soft_logout":"true"}`, "token"},
		{401, `<html>proxy wants a password</html>`, "notMatrix"},
		{401, `{}`, "notMatrix"},
		{401, code("M_USER_LOCKED"), "locked"},
		{401, `{"errcode":"M_USER_LOCKED","soft_logout":true}`, "locked soft"},
		{403, code("M_USER_SUSPENDED"), "suspended forbidden"},
		{403, code("M_USER_DEACTIVATED"), "deactivated forbidden"},
		{403, code("M_INVITE_BLOCKED"), "blocked forbidden"},
		{403, code("M_GUEST_ACCESS_FORBIDDEN"), "forbidden"},
		{403, `<html>blocked</html>`, "notMatrix"},
		{429, code("M_LIMIT_EXCEEDED"), "limited"},
		{429, `too many`, "limited"},
		{400, code("M_LIMIT_EXCEEDED"), "limited"},
		{500, code("M_UNKNOWN"), "server"},
		{502, `<html>bad gateway</html>`, "server"},
		{503, ``, "server"},
		{413, code("M_TOO_LARGE"), "oversize"},
		{400, code("M_TOO_LARGE"), "oversize"},
		{413, `<html>too large for this proxy</html>`, "notMatrix oversize"},
		{400, code("M_BAD_JSON"), ""},
		{400, code("ORG.EXAMPLE_OWN"), ""},
		{400, `{"errcode":7}`, "notMatrix"},
		{400, `["M_FORBIDDEN"]`, "notMatrix"},
		{302, ``, "notMatrix"},
		{204, ``, "ok"},
		{200, ``, "ok"},
		{200, `{}`, "ok"},
		{200, " \n{}", "ok"},
		{200, `<html>log in to this network</html>`, "notMatrix"},
		{200, `{"joined_rooms":[`, "notMatrix"},
		{200, `"text"`, "notMatrix"},
		{200, `null`, "notMatrix"},
		{200, `{} {}`, "notMatrix"},
		{200, strings.Repeat("[", 1<<16), "notMatrix"},
		{200, strings.Repeat("[", 1<<16) + strings.Repeat("]", 1<<16), "ok"},
	} {
		t.Run(fmt.Sprintf("%d %.40s", c.status, c.body), func(t *testing.T) {
			s := newScript(step{status: c.status, body: c.body})
			_, err := client(s).Once().Do(t.Context(), getCall)
			want := " " + c.want + " "
			if (err == nil) != (c.want == "ok") {
				t.Fatal(err)
			}
			for name, class := range classes {
				if errors.Is(err, class) != strings.Contains(want, " "+name+" ") {
					t.Errorf("%s: %v (%v)", name, errors.Is(err, class), err)
				}
			}
			var e *homeserver.Error
			if errors.As(err, &e) && e.SoftLogout != strings.Contains(want, " soft ") {
				t.Error("soft logout is wrong")
			}
		})
	}
}

// Every errcode in the specification's examples has a name here.
func TestCatalogueIsWhole(t *testing.T) {
	api := conformance.NeedAPI(t)
	known := declaredErrcodes(t)
	n := 0
	for e := range api.Examples() {
		errcode := scan.Value(e.Body).Get("errcode").Text()
		if !strings.HasPrefix(errcode, "M_") {
			continue
		}
		n++
		if !known[errcode] {
			t.Errorf("%s of %s is not in the catalogue", errcode, e.Operation.Name())
		}
	}
	if n < 50 {
		t.Errorf("only %d errors seen", n)
	}
}

func declaredErrcodes(t *testing.T) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errcode.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			known[text] = true
		}
		return true
	})
	return known
}

func TestErrorMessageIsClean(t *testing.T) {
	hostile := `{"errcode":"M_FORBIDDEN\u001b[31m","error":"a\u0000\u001b[2Jb\u202ec\nd` + strings.Repeat("é", 1000) + `","extra":{"x":1}}`
	s := newScript(step{status: 403, body: hostile})
	_, err := client(s).Do(t.Context(), getCall)
	var e *homeserver.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if strings.ContainsAny(err.Error(), "\x00\x1b\n\u202e") || len(err.Error()) > 400 {
		t.Errorf("%q", err)
	}
	if !strings.HasPrefix(e.Message, "a  [2Jb c d") || e.Body.Path("extra", "x").Int() != 1 {
		t.Errorf("%q %s", e.Message, e.Body)
	}
}

// No error holds a token, a password or what was written.
func TestErrorsKeepSecrets(t *testing.T) {
	secrets := []string{"s3cret-token", "hunter2", "my diary", "login-token"}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("since") {
		case "cut":
			w.Header().Set("Content-Length", "100")
		case "away":
			w.Header().Set("Location", "ftp://elsewhere/")
			w.WriteHeader(302)
		default:
			answer(w, 400, `{"errcode":"M_BAD_JSON"}`)
		}
	}))
	dead := httptest.NewServer(nil)
	dead.Close()
	defer srv.Close()
	for _, base := range []string{srv.URL, dead.URL} {
		c, err := homeserver.Network{}.Client(base, "s3cret-token")
		if err != nil {
			t.Fatal(err)
		}
		c = c.Once()
		ctx, cancel := context.WithCancel(t.Context())
		errs := []error{}
		add := func(err error) {
			if err == nil {
				t.Error("no error to look at")
				return
			}
			errs = append(errs, err)
		}
		_, err = c.LoginPassword(ctx, homeserver.Password{User: "u", Password: "hunter2"})
		add(err)
		_, err = c.LoginToken(ctx, "login-token", "", "")
		add(err)
		_, err = c.SendEvent(ctx, "!r", "m.room.message", "t", scan.Value(`{"body":"my diary"}`))
		add(err)
		for _, since := range []string{"cut", "away"} {
			_, err = c.Sync(ctx, homeserver.SyncParams{Since: since})
			add(err)
		}
		cancel()
		_, err = c.SendEvent(ctx, "!r", "m.room.message", "t", scan.Value(`{"body":"my diary"}`))
		add(err)
		_, err = c.SendEvent(t.Context(), "..", "m.room.message", "t", scan.Value(`{"body":"my diary"}`))
		add(err)
		for _, err := range errs {
			for _, secret := range secrets {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
					t.Errorf("%q in %v", secret, err)
				}
			}
		}
	}
}

// FEATURES 2-16: a hidden profile is none.
func TestProfileForbiddenIsNotFound(t *testing.T) {
	s := newScript(step{status: 403, body: `{"errcode":"M_FORBIDDEN","error":"no"}`})
	_, err := client(s).Profile(t.Context(), "@a:b")
	var e *homeserver.Error
	if !errors.Is(err, homeserver.ErrNotFound) || errors.Is(err, homeserver.ErrForbidden) || !errors.As(err, &e) || e.Message != "no" || len(s.at) != 1 {
		t.Errorf("%v after %d requests", err, len(s.at))
	}
}
