//go:build !js

package client_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// whenever a core dies during a call that pages send again, the next core
// answers as the first would have, and the server has what it would have. Each
// call is cut off before and after every request and every commit that it
// makes, and when all is done but the answer is not heard.
func TestTwiceIsOnce(t *testing.T) {
	for _, p := range plays {
		t.Run(p.call+" "+p.about, func(t *testing.T) {
			t.Parallel()
			want := p.perform(t, death{})
			if want.died || want.result == "" {
				t.Fatalf("without a death: %+v", want)
			}
			for _, after := range []bool{false, true} {
				for _, at := range []string{"request", "commit"} {
					for n := 1; n < 20; n++ {
						d := death{at: at, n: n, after: after}
						got := p.perform(t, d)
						if got.result != want.result {
							t.Fatalf("dead at %+v:\n%s\nwithout:\n%s", d, got.result, want.result)
						}
						if !got.died {
							break // the call has fewer: it was done, and nobody heard of it
						}
					}
				}
			}
		})
	}
}

// TestEveryCallIsPlayed: a new call has to be thought of here.
func TestEveryCallIsPlayed(t *testing.T) {
	played := map[string]bool{}
	for _, p := range plays {
		played[p.call] = true
	}
	// Its second run is on another core, which the view is not on; a page starts
	// with Open, and says what it is to each core.
	elsewhere := []string{"RoomListChange", "Paginate", "ExploreMore", "Open", "SetPage"}
	once := callsMarkedOnce(t)
	client := reflect.TypeFor[api.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		isStream := strings.Contains(m.Type.Out(0).String(), "Stream[")
		want := !isStream && !once[m.Name] && !slices.Contains(elsewhere, m.Name)
		if played[m.Name] != want {
			t.Errorf("%s: played %v, want %v", m.Name, played[m.Name], want)
		}
	}
}

func callsMarkedOnce(t *testing.T) map[string]bool {
	found := map[string]bool{}
	files, err := filepath.Glob("../api/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Doc != nil && len(f.Names) == 1 {
				for _, line := range f.Doc.List {
					if line.Text == "//rpc:once" {
						found[f.Names[0].Name] = true
					}
				}
			}
			return true
		})
	}
	return found
}

// play is a call in a situation.
type play struct {
	call, about string
	// before makes the situation.
	before func(s *stage)
	run    func(s *stage) (any, error)
	// others is what they do after each run, as far as they may.
	others func(s *stage)
	// after waits for what the call set off, and returns more to compare.
	after func(s *stage) string
}

// stage is where a play takes place: the user who makes the call, somebody else
// in a room, and the room.
type stage struct {
	*world
	ctx   context.Context // of the calls
	me    *user
	other hand
	room  event.RoomID
	// child is in the room, which is a space.
	child event.RoomID
	// key opens the recovery that second, another device of the user's, has made.
	key    string
	second event.DeviceID
	// eye sees all of the room.
	eye hand
	// friend has a core too.
	friend *user
}

// death is when a core dies.
type death struct {
	at    string // "request" or "commit"; "" for none; "failing commit" for one that is survived
	n     int
	after bool // it was done when the core died
}

type outcome struct {
	result string
	// died: it came that far.
	died bool
}

// perform plays once, or twice where the core dies in between.
func (p *play) perform(t *testing.T, d death) outcome {
	t.Helper()
	s := newStage(t)
	if p.before != nil {
		p.before(s)
	}
	died := false
	if d.at != "" {
		died = s.cutOff(d, func() { _, _ = p.run(s) })
		p.meanwhile(s)
		s.me = s.me.reborn()
	}
	answer, err := p.run(s)
	p.meanwhile(s)
	return outcome{s.result(p, answer, err), died}
}

func (p *play) meanwhile(s *stage) {
	if p.others != nil {
		p.others(s)
	}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	// A server of its own: what hundreds of accounts do would reach each of them.
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	w := &world{t: t, url: server.URL}
	s := &stage{world: w, ctx: t.Context(), me: w.timed(w.register("me"), clock{room: true}), other: w.hand(w.register("other"))}
	s.eye = s.other
	s.me.wire.around = s.me.pass
	s.me.login()
	return s
}

// cutOff runs a call until the core dies or the call is done, and then ends the
// core.
func (s *stage) cutOff(d death, run func()) (died bool) {
	u, disk := s.me, s.me.disk()
	dead, gone := make(chan struct{}), make(chan struct{})
	u.dying.Store(&dying{death: d, dead: dead, gone: gone})
	ctx, cancel := context.WithCancel(s.ctx)
	defer func(before context.Context) { s.ctx = before }(s.ctx)
	s.ctx = ctx
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	select {
	case <-done:
	case <-dead:
		died = true
	}
	u.dead.Store(true)
	u.wire.cut.Store(true)
	close(gone)
	disk.Kill()
	u.end()
	cancel()
	<-done
	return died
}

// result is all that a play leads to, with names that are the same each time.
func (s *stage) result(p *play, answer any, err error) string {
	s.t.Helper()
	text := fmt.Sprintf("%+v %s\n", answer, code(err))
	if p.after != nil {
		text += p.after(s) + "\n"
	}
	_, events := s.eye.ask("GET", "rooms/"+escape(s.room)+"/messages?dir=f&limit=1000", "")
	names := []string{s.me.name, "me", s.other.name, "other"}
	if s.friend != nil {
		names = append(names, s.friend.name, "friend")
	}
	if s.room != "" {
		names = append(names, string(s.room), "!room")
	}
	if s.child != "" {
		names = append(names, string(s.child), "!child")
	}
	for e := range events.Get("chunk").Items() {
		names = append(names, e.Get("event_id").Text(), fmt.Sprint("$", len(names)))
		content := string(e.Get("content"))
		if e.Get("type").Text() == event.RoomEncrypted {
			content = "" // is another each time
		}
		text += fmt.Sprintln(e.Get("sender").Text(), e.Get("type").Text(), e.Get("state_key").Text(), content)
	}
	return strings.NewReplacer(names...).Replace(text)
}

// dying counts what a core does towards its death.
type dying struct {
	death
	seen atomic.Int64
	// dead is closed when it has come, and gone when nothing is left of the core.
	dead, gone chan struct{}
}

// pass lets a request through, unless it is the core's last.
func (u *user) pass(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
	d := u.dying.Load()
	background := strings.HasSuffix(r.URL.Path, "/sync") || strings.HasSuffix(r.URL.Path, "/filter") || strings.HasSuffix(r.URL.Path, "/whoami")
	if background || !d.comes("request") {
		return next()
	}
	if d.after {
		if answer, err := next(); err == nil {
			answer.Body.Close()
		}
	}
	d.die()
	return nil, errCut
}

// comes reports whether this is the last thing that the core does.
func (d *dying) comes(at string) bool {
	return d != nil && d.at == at && int(d.seen.Add(1)) == d.n
}

func (d *dying) die() {
	close(d.dead)
	<-d.gone
}

// mortal is the database of a core that may die.
type mortal struct {
	*storage.Conn
	u *user
}

func (m mortal) Commit(ctx context.Context, b *storage.Batch, how storage.Durability) (uint64, error) {
	d := m.u.dying.Load()
	if d.comes("failing commit") {
		return 0, storage.ErrQuota
	}
	if !d.comes("commit") {
		return m.Conn.Commit(ctx, b, how)
	}
	if d.after {
		_, _ = m.Conn.Commit(ctx, b, how)
	}
	d.die()
	return 0, storage.ErrClosed
}

// disk is where the user's only store is.
func (u *user) disk() *mem.Disk {
	for _, d := range u.disks {
		return d
	}
	return nil
}

// reborn is the next core on the same disk.
func (u *user) reborn() *user {
	next := &user{w: u.w, t: u.t, name: u.name, disks: u.disks, tab: nth.Add(1)}
	next.start()
	return next
}

// hand is an account without a core.
type hand struct {
	w           *world
	name, token string
}

func (w *world) hand(local string) hand {
	w.t.Helper()
	answer := w.post("login", "", fmt.Sprintf(`{"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":"pw"}`, local))
	return hand{w, local, answer.Get("access_token").Text()}
}

func (h hand) id() event.UserID { return event.UserID("@" + h.name + ":localhost") }

// post makes a request that must succeed.
func (h hand) post(path, body string) scan.Value {
	h.w.t.Helper()
	return h.w.post(path, h.token, body)
}

func (h hand) ask(method, path, body string) (status int, answer scan.Value) {
	h.w.t.Helper()
	return h.w.ask(method, path, h.token, body)
}
