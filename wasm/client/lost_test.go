//go:build !js

package client_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/table"
)

// wipe lets the browser forget the database.
func (u *user) wipe() {
	u.t.Helper()
	u.close()
	u.disks = map[string]*mem.Disk{}
}

// L-3: a database that is gone is noticed, and the device with it never used
// again, whatever the page asks for.
func TestWipedStorageIsLost(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Name: "Kitchen"})
	before := alice.session.DeviceID
	alice.wipe()
	alice.start()
	s := alice.becomes(api.StorageLost, api.StorageWiped)
	if s.UserID != alice.id() || s.Homeserver != w.url || s.DeviceID != "" || s.Sync != api.SyncStopped {
		t.Errorf("%+v", s)
	}
	if st := alice.remember(); st.Open || st.Lost == nil || !st.Lost.Account || st.Lost.Since == 0 || alice.sentinel == "" {
		t.Errorf("%+v, sentinel %q", st, alice.sentinel)
	}
	if _, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{}); code(err) != api.SessionMissing {
		t.Errorf("in a lost account: %v", err)
	}
	flows, err := alice.LoginFlows(t.Context(), api.LoginFlowsParams{}) // the page need not know the server
	if err != nil || flows.Homeserver != w.url {
		t.Errorf("%+v, %v", flows, err)
	}
	var granted strings.Builder
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/login") && r.Method == http.MethodPost {
			granted.WriteString("asked ")
		}
		return next()
	}
	s, err = alice.LoginPassword(t.Context(), api.LoginPasswordParams{User: alice.name, Password: "pw", DeviceID: before})
	if err != nil || s.DeviceID == before || s.State != api.Ready || granted.String() != "asked " {
		t.Fatalf("%+v, %v", s, err)
	}
	alice.until(room, func(r api.Room) bool { return r.Name == "Kitchen" })
	alice.remember()
	alice.close()
	alice.start()
	alice.becomes(api.Ready, "")
}

// TestGarbledFormatIsLost: what the rest means cannot be told without it, and
// nobody guesses. Who signs in again has all that the server has.
func TestGarbledFormatIsLost(t *testing.T) {
	for name, value := range map[string][]byte{"garbled": {0xA1, 1, 2}, "gone": nil} {
		t.Run(name, func(t *testing.T) {
			alice := newWorld(t, startSandbox().URL).user("alice")
			room := alice.room(api.CreateRoomParams{Name: "Kitchen"})
			before := alice.session.DeviceID
			alice.close()
			alice.disk().Garble(table.Meta, table.FormatKey, value)
			alice.start()
			alice.becomes(api.StorageLost, api.StorageWiped)
			alice.login()
			if s := alice.becomes(api.Ready, ""); s.DeviceID == before {
				t.Errorf("%+v", s)
			}
			alice.until(room, func(r api.Room) bool { return r.Name == "Kitchen" })
		})
	}
}

// TestStaleSentinel: the page's note may be older than the database, because a
// browser keeps it less carefully than that.
func TestStaleSentinel(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	first := alice.sentinel
	alice.wipe()
	alice.start()
	alice.becomes(api.StorageLost, api.StorageWiped)
	alice.login()
	alice.close()
	for _, note := range []string{first, "", "garbage", `{"v":1,"userId":"@a:x","database":"zz"}`} {
		alice.sentinel = note
		alice.start()
		if alice.session.State != api.Ready || alice.sentinel == note || alice.sentinel == "" {
			t.Errorf("%q: %+v, then %q", note, alice.session, alice.sentinel)
		}
		alice.close()
	}
	second := alice.sentinel
	alice.start()
	alice.ok(alice.Logout(t.Context(), api.LogoutParams{}))
	alice.login()
	alice.close()
	alice.sentinel = second // of before the logout
	alice.start()
	alice.becomes(api.Ready, "")
	alice.close()
	alice.sentinel = first // of a database that this one did not replace
	alice.start()
	alice.becomes(api.StorageLost, api.StorageWiped)
}

// TestForgetTheLost: a logout ends the state, and nothing is left of it.
func TestForgetTheLost(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	alice.close()
	alice.disk().Garble(table.Meta, table.SessionKey, []byte{1, 2})
	alice.start()
	if s := alice.becomes(api.StorageLost, api.StorageWiped); s.UserID != alice.id() {
		t.Errorf("%+v", s)
	}
	alice.ok(alice.Logout(t.Context(), api.LogoutParams{}))
	alice.becomes(api.SignedOut, "")
	if s := alice.remember(); !s.Open || s.Lost != nil || alice.sentinel != "" || alice.disk().Size() != 0 {
		t.Errorf("%+v, sentinel %q, %d bytes", s, alice.sentinel, alice.disk().Size())
	}
	alice.close()
	alice.start()
	alice.becomes(api.SignedOut, "")
	alice.login()
}

// TestNobodyInALostStore: without a sentinel, what is left of an account still
// does not pass for an empty store.
func TestNobodyInALostStore(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	alice.close()
	alice.disk().Garble(table.Meta, table.SessionKey, nil)
	alice.sentinel = ""
	alice.start()
	if s := alice.becomes(api.StorageLost, api.StorageWiped); s.UserID != "" {
		t.Errorf("%+v", s)
	}
	alice.login()
	alice.becomes(api.Ready, "")
}

// S-14: a logout takes everything away, whatever of it fails; where all fails it
// says so, and the next sign-in does not find the account.
func TestLogoutThatFails(t *testing.T) {
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		commit, remove bool
		fails          bool
	}{"commit": {commit: true}, "delete": {remove: true}, "both": {true, true, true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, startSandbox().URL)
			alice := w.stranger(w.register("alice"))
			removing := false
			alice.remove = func(ctx context.Context, d *mem.Disk) error {
				if removing {
					return refused
				}
				return mem.Delete(ctx, d, storage.Options{})
			}
			alice.login()
			alice.room(api.CreateRoomParams{Name: "Kitchen"})
			removing = c.remove
			if c.commit {
				alice.disk().SetQuota(1)
				for n := range 50 {
					alice.disk().OnCommit(n+1, mem.Fault{Err: storage.ErrQuota})
				}
			}
			err := alice.Logout(t.Context(), api.LogoutParams{})
			if (err != nil) != c.fails {
				t.Errorf("%v", err)
			}
			if !c.fails {
				alice.showsNothing()
			}
			alice.becomes(api.SignedOut, "")
			removing = false
			alice.disks = map[string]*mem.Disk{"alcove:test": alice.disk().Clone()}
			alice.disk().SetQuota(0)
			alice.login()
			if n := len(alice.rooms(api.RoomFilter{}).until(func(r []api.Room) bool { return len(r) == 1 })); n != 1 {
				t.Errorf("%d rooms", n)
			}
		})
	}
}

// TestNoMemoryInPlaceOfAnAccount: where a database must be, none in memory takes
// its place; where none is, one may.
func TestNoMemoryInPlaceOfAnAccount(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	alice.close()
	kept := alice.disks
	alice.volatile, alice.disks = true, map[string]*mem.Disk{}
	_, err := alice.tryStart()
	if e := code(err); e != api.StorageUnavailable {
		t.Errorf("%v", err)
	}
	alice.volatile, alice.disks = false, kept
	alice.start()
	alice.becomes(api.Ready, "")
	alice.close()
	alice.sentinel, alice.volatile, alice.disks = "", true, map[string]*mem.Disk{}
	alice.start()
	alice.login()
	if s := alice.remember(); !s.InMemory || alice.sentinel != "" {
		t.Errorf("%+v, sentinel %q", s, alice.sentinel)
	}
}

// TestNobodyLeavesNothing: a store that was opened and never signed in to is as
// empty as before.
func TestNobodyLeavesNothing(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.ok(alice.SetPage(t.Context(), api.PageState{Online: true}))
	alice.close()
	if n := alice.disk().Size(); n > 0 {
		t.Errorf("%d bytes", n)
	}
	alice.start()
	alice.becomes(api.SignedOut, "")
}
