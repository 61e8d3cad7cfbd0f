//go:build !js

package client_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/seal"
)

var testKeys = seal.Keys{Data: [32]byte{1}, View: [32]byte{2}, Protected: true}

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// clock is the machine's; what waits for half a minute waits for late where that
// is set, and what waits for room on a full disk does not where there is room.
type clock struct {
	late chan time.Time
	room bool
}

func (clock) Now() time.Time                       { return time.Now() }
func (clock) Jitter(d time.Duration) time.Duration { return rand.N(max(d, 1)) }
func (c clock) After(d time.Duration) <-chan time.Time {
	if d == 30*time.Second && c.late != nil {
		return c.late
	}
	if d == time.Minute && c.room {
		d = time.Millisecond
	}
	return time.After(d)
}

func body(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// user is a core of its own, with one page, and with a disk of its own.
type user struct {
	*client.Page
	w       *world
	t       *testing.T
	name    string
	disks   map[string]*mem.Disk
	wire    wire
	clock   clock
	end     context.CancelFunc // of all that the core does
	dying   atomic.Pointer[dying]
	dead    atomic.Bool // whatever still runs of the core changes nothing
	session api.Session
	// sentinel is what the page keeps outside of the database.
	sentinel string
	// volatile says that databases live in memory only.
	volatile bool
	// remove deletes a database where it is set.
	remove func(ctx context.Context, d *mem.Disk) error
	tab    int64 // makes names unique among the pages of a core
	views  int
	txns   int
}

// user makes an account and signs it in.
func (w *world) user(name string) *user { return w.device(w.register(name)) }

// device signs an account in on a device of its own.
func (w *world) device(name string) *user {
	w.t.Helper()
	u := w.stranger(name)
	u.login()
	return u
}

// stranger is a core where nobody is signed in.
func (w *world) stranger(name string) *user { return w.timed(name, clock{}) }

// timed is a stranger with a clock of its own.
func (w *world) timed(name string, own clock) *user {
	w.t.Helper()
	u := &user{w: w, t: w.t, name: name, clock: own, disks: map[string]*mem.Disk{}}
	u.start()
	return u
}

func (u *user) login() {
	u.t.Helper()
	s, err := u.LoginPassword(u.t.Context(), api.LoginPasswordParams{User: u.name, Password: "pw"})
	if err != nil {
		u.t.Fatal(err)
	}
	u.session = s
	u.remember()
}

// start begins a new life of the core on the same disks.
func (u *user) start() {
	u.t.Helper()
	s, err := u.tryStart()
	if err != nil {
		u.t.Fatal(err)
	}
	u.session = s
	u.remember()
}

func (u *user) tryStart() (api.Session, error) {
	u.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	u.end = cancel
	core := client.New(ctx, client.Platform{
		OpenDatabase: func(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
			if u.disks[name] == nil {
				u.disks[name] = mem.NewDisk()
			}
			db, err := mem.Open(ctx, u.disks[name], schema, storage.Options{})
			return mortal{db, u}, !u.volatile, err
		},
		DeleteDatabase: func(ctx context.Context, name string) error {
			if u.dead.Load() {
				return errCut
			}
			if u.remove != nil {
				return u.remove(ctx, u.disks[name])
			}
			return mem.Delete(ctx, u.disks[name], storage.Options{})
		},
		Keys:    func(context.Context, string) (seal.Keys, error) { return testKeys, nil },
		Network: homeserver.Network{Transport: homeserver.NewHTTPTransport(u.checked())},
		Clock:   u.clock,
	})
	u.Page = core.Attach()
	u.t.Cleanup(func() {
		cancel()
		_ = core.Close(context.Background())
	})
	return u.Open(u.t.Context(), api.OpenParams{Store: "test", Homeserver: u.w.url, Sentinel: u.sentinel})
}

// remember does with the sentinel what a page does.
func (u *user) remember() api.StorageStatus {
	u.t.Helper()
	stream, err := u.Storage(u.t.Context())
	s := until(u.t, stream, err, func(api.StorageStatus) bool { return true })
	if s.Open {
		u.sentinel = s.Sentinel
	}
	return s
}

func (u *user) checked() http.RoundTripper {
	if u.w.checker == nil {
		return &u.wire
	}
	return u.w.checker.RoundTripper(&u.wire)
}

// close ends the core's life.
func (u *user) close() {
	u.t.Helper()
	if err := u.Client.Close(context.Background()); err != nil {
		u.t.Fatal(err)
	}
}

// id is the user's id, with the name that the server has.
func (u *user) id() event.UserID {
	return event.UserID("@" + u.name + ":localhost")
}

// ok ends the test on an error.
func (u *user) ok(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatalf("%s: %v", u.name, err)
	}
}

// room makes a room and invites the others, who join.
func (u *user) room(p api.CreateRoomParams, others ...*user) event.RoomID {
	u.t.Helper()
	for _, o := range others {
		p.Invite = append(p.Invite, o.id())
	}
	ref, err := u.CreateRoom(u.t.Context(), p)
	u.ok(err)
	for _, o := range others {
		o.join(ref.RoomID)
	}
	return ref.RoomID
}

func (u *user) join(room event.RoomID) {
	u.t.Helper()
	_, err := u.JoinRoom(u.t.Context(), api.JoinRoomParams{Room: string(room)})
	u.ok(err)
}

// say sends a message through the outbox.
func (u *user) say(room event.RoomID, text string) event.TxnID {
	u.t.Helper()
	var b scan.Builder
	return u.send(room, event.RoomMessage, b.Text("msgtype", "m.text").Text("body", text).Done())
}

func (u *user) send(room event.RoomID, kind string, content scan.Value) event.TxnID {
	u.t.Helper()
	u.txns++
	txn := event.TxnID(fmt.Sprintf("%s-%s-%d-%d", u.name, u.session.DeviceID, u.tab, u.txns))
	_, err := u.Send(u.t.Context(), api.SendParams{RoomID: room, TxnID: txn, Type: kind, Content: content})
	u.ok(err)
	return txn
}

func (u *user) state(room event.RoomID, kind, content string) {
	u.t.Helper()
	_, err := u.SetState(u.t.Context(), api.SetStateParams{RoomID: room, Type: kind, Content: scan.Value(content)})
	u.ok(err)
}

// act changes somebody's membership.
func (u *user) act(room event.RoomID, who *user, what api.MembershipAction) {
	u.t.Helper()
	u.ok(u.SetMembership(u.t.Context(), api.SetMembershipParams{RoomID: room, UserID: who.id(), Action: what, Reason: "tea"}))
}

// ask sends any request, which must succeed.
func (u *user) ask(method, path, body string) scan.Value {
	u.t.Helper()
	r, err := u.Request(u.t.Context(), api.RequestParams{Method: method, Path: "/_matrix/client/v3/" + path, Body: scan.Value(body)})
	u.ok(err)
	if r.Status != http.StatusOK {
		u.t.Fatalf("%s %s: %d %s", method, path, r.Status, r.Body)
	}
	return r.Body
}

// view names a list that the test opens.
func (u *user) view() string {
	u.views++
	return fmt.Sprintf("view %d of %d", u.views, u.tab)
}

// rooms opens a room list.
func (u *user) rooms(f api.RoomFilter) *list[api.Room] {
	u.t.Helper()
	s, err := u.RoomList(u.t.Context(), api.RoomListParams{View: u.view(), Filter: f})
	return follow(u.t, s, err, func(r *api.Room) string { return r.Key })
}

// until waits until the room is in the user's list as wanted.
func (u *user) until(room event.RoomID, good func(api.Room) bool) api.Room {
	u.t.Helper()
	l := u.rooms(api.RoomFilter{})
	defer l.close()
	at := func(r api.Room) bool { return r.ID == room && good(r) }
	all := l.until(func(r []api.Room) bool { return slices.ContainsFunc(r, at) })
	return all[slices.IndexFunc(all, at)]
}

// opened is an open timeline.
type opened struct {
	*list[api.TimelineItem]
	u    *user
	view string
}

func (u *user) timeline(room event.RoomID) *opened {
	u.t.Helper()
	u.until(room, func(api.Room) bool { return true }) // a fresh device may not have it yet
	view := u.view()
	s, err := u.Timeline(u.t.Context(), api.TimelineParams{View: view, RoomID: room})
	return &opened{follow(u.t, s, err, func(i *api.TimelineItem) string { return i.Key }), u, view}
}

// toStart pages back to the room's first event.
func (o *opened) toStart() []api.TimelineItem {
	o.t.Helper()
	for range 100 {
		p, err := o.u.Paginate(o.t.Context(), api.PaginateParams{View: o.view, Limit: 30})
		o.u.ok(err)
		if p.Start {
			return o.until(func(i []api.TimelineItem) bool { return len(i) > 0 && i[0].Kind == api.ItemStart })
		}
	}
	o.t.Fatal("the timeline has no start")
	return nil
}

// reads waits until the timeline has exactly these messages.
func (o *opened) reads(want ...string) {
	o.t.Helper()
	o.until(func(i []api.TimelineItem) bool { return slices.Equal(bodies(i), want) })
}

// changed waits for a readable change and returns its item.
func (o *opened) changed(kind api.ChangeKind, more func(*api.EventItem) bool) *api.EventItem {
	o.t.Helper()
	at := func(i api.TimelineItem) bool {
		return i.Event != nil && i.Event.Change != nil && i.Event.Change.Kind == kind && (more == nil || more(i.Event))
	}
	items := o.until(func(i []api.TimelineItem) bool { return slices.ContainsFunc(i, at) })
	return items[slices.IndexFunc(items, at)].Event
}

func bodies(items []api.TimelineItem) []string {
	var all []string
	for _, i := range items {
		if i.Event != nil && i.Event.Type == event.RoomMessage {
			all = append(all, i.Event.Content.Get("body").Text())
		}
	}
	return all
}

// spaces opens the list of the user's spaces.
func (u *user) spaces() *list[api.Space] {
	u.t.Helper()
	s, err := u.Spaces(u.t.Context())
	return follow(u.t, s, err, func(s *api.Space) string { return s.Key })
}

// details waits until the room's details are as wanted.
func (u *user) details(room event.RoomID, good func(api.RoomDetails) bool) api.RoomDetails {
	u.t.Helper()
	s, err := u.Room(u.t.Context(), api.RoomParams{RoomID: room})
	return until(u.t, s, err, good)
}

func (u *user) members(room event.RoomID) *list[api.Member] {
	u.t.Helper()
	s, err := u.Members(u.t.Context(), api.MembersParams{RoomID: room})
	return follow(u.t, s, err, func(m *api.Member) string { return m.Key })
}

// becomes waits for a state of the session.
func (u *user) becomes(state api.SessionState, code api.Code) api.Session {
	u.t.Helper()
	s, err := u.Session(u.t.Context())
	return until(u.t, s, err, func(s api.Session) bool {
		return s.State == state && (s.Error == nil && code == "" || s.Error != nil && s.Error.Code == code)
	})
}

// code is what a page would see of an error.
func code(err error) api.Code {
	if err == nil {
		return ""
	}
	return client.Explain(err).Code
}
