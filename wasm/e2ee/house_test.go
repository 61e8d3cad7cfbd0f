package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// house is a homeserver and those who live there, each a device with a machine.
type house struct {
	*testing.T
	server  http.Handler
	random  *rand.ChaCha8
	now     time.Time
	tenants []*tenant
	// mishaps lets answers get lost or come twice, and disks die.
	mishaps bool
	// forge, where it is set, changes what the server answers.
	forge func(r *e2ee.Request, answer scan.Value) scan.Value
}

func newHouse(t *testing.T, seed uint64) *house {
	h := &house{T: t, random: rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), 1}), now: time.UnixMilli(1_700_000_000_000)}
	h.server = conformance.NewChecker(t).Handler(sandbox.New(sandbox.Options{Name: "house", Now: func() time.Time { return h.now }}))
	return h
}

// tenant is one device.
type tenant struct {
	*house
	name, token, since string
	user               event.UserID
	device             event.DeviceID
	disk               *mem.Disk
	db                 *storage.Conn
	machine            *e2ee.Machine
	data               map[string]scan.Value // account data, as this device saw it
	asked              map[e2ee.Kind]int
	deaths, commits    int
}

func (h *house) register(name string) *tenant {
	h.Helper()
	return h.move(name, "register", `{"username":%q,"password":%q,"auth":{"type":"m.login.dummy"}}`)
}

// login is another device of a user.
func (h *house) login(name string) *tenant {
	h.Helper()
	return h.move(name, "login", `{"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":%q}`)
}

func (h *house) move(name, path, body string) *tenant {
	h.Helper()
	n := &tenant{house: h, name: name, disk: mem.NewDisk(), data: map[string]scan.Value{}, asked: map[e2ee.Kind]int{}}
	status, answer := n.do("POST", "/"+path, scan.Value(fmt.Sprintf(body, name, "secret "+name)))
	if status != http.StatusOK {
		h.Fatalf("%s: %s", path, answer)
	}
	n.token, n.user, n.device = answer.Get("access_token").Text(), event.UserID(answer.Get("user_id").Text()), event.DeviceID(answer.Get("device_id").Text())
	h.tenants = append(h.tenants, n)
	n.start()
	return n
}

func (n *tenant) start() {
	n.Helper()
	var err error
	if n.db, err = mem.Open(n.Context(), n.disk, table.Schema(), storage.Options{}); err != nil {
		n.Fatal(err)
	}
	p := e2ee.Platform{Random: n.random, Now: func() time.Time { return n.now }}
	if n.machine, err = e2ee.Open(n.Context(), n.db, p, n.user, n.device); err != nil {
		n.Fatal(err)
	}
	if !n.machine.Ready() {
		n.try(func(_ context.Context, w *e2ee.Work) error { return w.Create() })
	}
}

// do makes a request of the client-server API.
func (n *tenant) do(method, path string, body scan.Value) (int, scan.Value) {
	r := httptest.NewRequest(method, "/_matrix/client/v3"+path, strings.NewReader(string(body)))
	if n.token != "" {
		r.Header.Set("Authorization", "Bearer "+n.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer := httptest.NewRecorder()
	n.server.ServeHTTP(answer, r)
	return answer.Code, scan.Value(answer.Body.Bytes())
}

func (n *tenant) send(r *e2ee.Request) (int, scan.Value) {
	n.asked[r.Kind]++
	var path strings.Builder
	for _, part := range r.Path {
		path.WriteString("/" + url.PathEscape(part))
	}
	if r.Version != "" {
		path.WriteString("?version=" + url.QueryEscape(r.Version))
	}
	return n.do(r.Method, path.String(), r.Body)
}

// try does a piece of work and commits it. It reports false if the device died
// over it, and is up again.
func (n *tenant) try(fn func(context.Context, *e2ee.Work) error) bool {
	n.Helper()
	if n.mishaps && n.chance(8) {
		n.disk.OnCommit(1, mem.Fault{Kill: true, Applied: n.chance(2)})
	}
	w := n.machine.Begin()
	err := fn(n.Context(), w)
	if err == nil {
		var stored bool
		if stored, err = store(n.Context(), n.T, n.db, w); stored {
			n.commits++
		}
	}
	if errors.Is(err, storage.ErrClosed) {
		n.deaths++
		n.start()
		return false
	}
	if err != nil {
		n.Fatal(err)
	}
	w.Committed()
	remembers(n.Context(), n.T, n.machine, n.db)
	return true
}

// work does a piece of work until it is done.
func (n *tenant) work(fn func(context.Context, *e2ee.Work) error) {
	n.Helper()
	for !n.try(fn) {
	}
}

// refused does a piece of work that must fail in this way.
func (n *tenant) refused(want error, fn func(context.Context, *e2ee.Work) error) {
	n.Helper()
	if err := fn(n.Context(), n.machine.Begin()); !errors.Is(err, want) {
		n.Errorf("got %v, want %v", err, want)
	}
}

func (h *house) chance(in uint64) bool { return h.random.Uint64()%in == 0 }

// ask brings one request to the server, and back what it says.
func (n *tenant) ask() bool {
	n.Helper()
	all := n.machine.Outgoing()
	if len(all) == 0 {
		return false
	}
	n.bring(&all[n.random.Uint64()%uint64(len(all))])
	return true
}

func (n *tenant) bring(r *e2ee.Request) {
	n.Helper()
	status, answer := n.send(r)
	if n.mishaps && n.chance(4) { // lost, and asked again
		status, answer = n.send(r)
	}
	if n.forge != nil {
		answer = n.forge(r, answer)
	}
	times := 1
	if n.mishaps && n.chance(6) {
		times = 2
	}
	for range times {
		n.try(func(ctx context.Context, w *e2ee.Work) error {
			if status == http.StatusOK {
				return w.Answered(ctx, r, answer)
			}
			return w.Refused(ctx, r, answer.Get("errcode").Text())
		})
	}
}

// sync takes in what the server has; it has it again if the device died.
func (n *tenant) sync() (news bool) {
	n.Helper()
	query := "/sync?timeout=0"
	if n.since != "" {
		query += "&since=" + url.QueryEscape(n.since)
	}
	status, body := n.do("GET", query, nil)
	if status != http.StatusOK {
		n.Fatalf("sync: %s", body)
	}
	p := e2ee.SyncPart{
		ToDevice: slices.Collect(body.Path("to_device", "events").Items()), Changed: users(body.Path("device_lists", "changed")),
		Left:   users(body.Path("device_lists", "left")),
		Counts: body.Get("device_one_time_keys_count"), Fallback: body.Get("device_unused_fallback_key_types"),
	}
	for one := range body.Path("account_data", "events").Items() {
		n.data[one.Get("type").Text()] = one.Get("content").Clone()
	}
	if n.try(func(ctx context.Context, w *e2ee.Work) error { return w.Receive(ctx, p) }) {
		news = len(p.ToDevice)+len(p.Changed) > 0 || n.since == ""
		n.since = body.Get("next_batch").Text()
		return news
	}
	return true
}

func users(list scan.Value) (all []event.UserID) {
	for item := range list.Items() {
		all = append(all, event.UserID(item.Text()))
	}
	return all
}

// settle lets everybody sync and ask until nobody has anything to say.
func (h *house) settle() {
	h.Helper()
	for range 200 {
		busy := false
		for _, n := range h.tenants {
			busy = n.sync() || busy
			for range 1000 {
				if !n.ask() {
					break
				}
				busy = true
			}
		}
		if !busy {
			return
		}
	}
	for _, n := range h.tenants {
		h.Logf("%s %s: %v", n.user, n.device, n.asked)
	}
	h.Fatal("they never come to rest")
}

// meet lets users share a room, so that they hear of each other's devices.
func (h *house) meet(first *tenant, others ...*tenant) {
	h.Helper()
	_, answer := first.do("POST", "/createRoom", scan.Value(`{"preset":"public_chat"}`))
	room := url.PathEscape(answer.Get("room_id").Text())
	for _, n := range others {
		if status, answer := n.do("POST", "/join/"+room, scan.Value(`{}`)); status != http.StatusOK {
			h.Fatal(string(answer))
		}
	}
	for _, n := range append(others, first) {
		n.work(func(ctx context.Context, w *e2ee.Work) error {
			for _, other := range append(others, first) {
				if _, err := w.Write(ctx, other.user, "m.dummy", scan.Value(`{}`)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	h.settle()
}

// write writes account data, and waits until all devices have it.
func (n *tenant) write(all ...e2ee.Datum) {
	n.Helper()
	for _, d := range all {
		path := "/user/" + url.PathEscape(string(n.user)) + "/account_data/" + url.PathEscape(d.Type)
		if status, answer := n.do("PUT", path, d.Content); status != http.StatusOK {
			n.Fatal(string(answer))
		}
	}
	n.settle()
}

func (n *tenant) account(kind string) scan.Value { return n.data[kind] }

func (n *tenant) status() e2ee.Status {
	n.Helper()
	s, err := n.machine.Status(n.Context())
	if err != nil {
		n.Fatal(err)
	}
	return s
}

// trust is how far n trusts a device.
func (n *tenant) trust(of *tenant) e2ee.Trust {
	n.Helper()
	all, _, err := n.machine.Begin().Devices(n.Context(), of.user)
	if err != nil {
		n.Fatal(err)
	}
	if i := slices.IndexFunc(all, func(d e2ee.Device) bool { return d.ID == of.device }); i >= 0 {
		return all[i].Trust
	}
	return e2ee.TrustUnknown
}

func (n *tenant) identity(of event.UserID) e2ee.IdentityState {
	n.Helper()
	states, err := n.machine.Begin().Identities(n.Context(), []event.UserID{of})
	if err != nil {
		n.Fatal(err)
	}
	return states[of]
}

func (n *tenant) master(of *tenant) table.Key32 {
	n.Helper()
	_, master, err := n.machine.Begin().Devices(n.Context(), of.user)
	if err != nil {
		n.Fatal(err)
	}
	return master
}

// ed25519 is the device's own key.
func (n *tenant) ed25519() table.Key32 {
	n.Helper()
	all, _, err := n.machine.Begin().Devices(n.Context(), n.user)
	if err != nil {
		n.Fatal(err)
	}
	for _, d := range all {
		if d.ID == n.device {
			return d.Key
		}
	}
	n.Fatal("a device that does not know itself")
	return table.Key32{}
}

func (n *tenant) bootstrap() {
	n.Helper()
	n.settle()
	n.work(func(ctx context.Context, w *e2ee.Work) error {
		if err := w.NewIdentity(ctx, false); !errors.Is(err, e2ee.ErrIdentityExists) {
			return err
		}
		return nil
	})
	n.settle()
}
