//go:build !js

package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// explored is an open exploration.
type explored struct {
	*list[api.SpaceRoom]
	u    *user
	view string
}

func (u *user) explore(p api.ExploreParams) *explored {
	u.t.Helper()
	p.View = u.view()
	s, err := u.Explore(u.t.Context(), p)
	return &explored{follow(u.t, s, err, func(r *api.SpaceRoom) string { return r.Key }), u, p.View}
}

func (e *explored) more() bool {
	e.t.Helper()
	more, err := e.u.ExploreMore(e.t.Context(), api.ExploreMoreParams{View: e.view})
	e.u.ok(err)
	return more.More
}

func (e *explored) all() {
	e.t.Helper()
	for range 100 {
		if !e.more() {
			return
		}
	}
	e.t.Fatal("the space has no end")
}

// tree shows the list, deeper places further in.
func tree(places []api.SpaceRoom) string {
	var b strings.Builder
	for _, p := range places {
		name := p.Room.Name
		if p.Hidden {
			name = "?"
		}
		b.WriteString("|" + strings.Repeat(" ", p.Level-1) + name)
	}
	return b.String()
}

func (e *explored) shows(want string) []api.SpaceRoom {
	e.t.Helper()
	return e.until(func(p []api.SpaceRoom) bool { return tree(p) == want })
}

// build makes rooms without a core, since there are many.
func (h hand) build(name, more string) event.RoomID {
	h.w.t.Helper()
	room := h.post("createRoom", fmt.Sprintf(`{"name":%q,"preset":"public_chat"%s}`, name, more))
	return event.RoomID(room.Get("room_id").Text())
}

const asSpace = `,"creation_content":{"type":"m.space"}`

// puts makes a room a child of a space, by an order if there is one.
func (h hand) puts(space, room event.RoomID, order string) {
	h.w.t.Helper()
	content := `{"via":["localhost"],"order":"` + order + `"}`
	if status, answer := h.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(room), content); status != 200 {
		h.w.t.Fatalf("%d %s", status, answer)
	}
}

// largeSpace has 120 rooms in spaces of spaces, one of them in two places, one that
// nobody else sees, and a circle.
func (h hand) largeSpace() (root event.RoomID, last event.RoomID, want string) {
	var all sync.WaitGroup
	root = h.build("root", asSpace)
	spaces := make([]event.RoomID, 6)
	for i := range spaces {
		spaces[i] = h.build(fmt.Sprint("space ", i), asSpace)
	}
	rooms := make([]event.RoomID, 114)
	slots := make(chan bool, 3)
	for i := range rooms {
		slots <- true
		all.Go(func() {
			more := ""
			if i == 7 {
				more = `,"initial_state":[{"type":"m.room.join_rules","state_key":"","content":{"join_rule":"invite"}}]`
			}
			rooms[i] = h.build(fmt.Sprint("room ", i), more)
			h.puts(spaces[i%len(spaces)], rooms[i], fmt.Sprintf("b%03d", i))
			<-slots
		})
	}
	all.Wait()
	for i, s := range spaces { // spaces 3 to 5 are in 0 to 2
		if i < 3 {
			h.puts(root, s, fmt.Sprint("a", i))
		} else {
			h.puts(spaces[i-3], s, fmt.Sprint("a", i))
		}
	}
	h.puts(spaces[5], root, "c")           // round in a circle
	h.puts(spaces[4], rooms[0], "a")       // in two spaces
	h.puts(root, rooms[len(rooms)-1], "z") // and this one too
	return root, rooms[len(rooms)-1], largeTree(len(rooms))
}

func largeTree(rooms int) string {
	var b strings.Builder
	for s := range 3 {
		fmt.Fprintf(&b, "|space %d| space %d", s, s+3)
		if s == 1 {
			b.WriteString("|  room 0")
		}
		for _, level := range []int{s + 3, s} {
			for i := level; i < rooms; i += 6 {
				name := fmt.Sprint("room ", i)
				if i == 7 {
					name = "?"
				}
				b.WriteString("|" + strings.Repeat(" ", 1+level/3) + name)
			}
		}
	}
	return b.String() + fmt.Sprint("|room ", rooms-1)
}

// explore: FEATURES 2-03, A.3. Page by page, the tree becomes what the server has.
func explore(w *world) {
	alice, bob := w.hand(w.register("alice")), w.user("bob")
	root, last, want := alice.largeSpace()
	e := bob.explore(api.ExploreParams{SpaceID: root, Page: 25})
	first := e.until(func(p []api.SpaceRoom) bool { return len(p) > 0 })
	if len(first) != 24 || tree(first) != strings.Join(strings.SplitAfter(want, "|")[:25], "")[:len(tree(first))] {
		w.t.Errorf("the first page of 25: %s", tree(first))
	}
	for pages := 1; ; pages++ {
		if !e.more() {
			if pages < 4 {
				w.t.Errorf("%d more pages", pages)
			}
			break
		}
	}
	if e.more() {
		w.t.Error("there is more behind the last page")
	}
	places := e.shows(want)
	keys := map[string]bool{}
	for _, p := range places {
		keys[p.Key] = true
		if p.Hidden != (p.Room.Entry.How != api.EntryJoin) || !slices.Contains(p.Room.Via, "localhost") {
			w.t.Errorf("%+v", p)
		}
	}
	if len(keys) != len(places) {
		w.t.Error("keys are there twice")
	}
	// Whoever joins a room sees it in both its places.
	bob.join(last)
	e.until(func(p []api.SpaceRoom) bool {
		in := 0
		for i := range p {
			if p[i].Room.ID == last && p[i].Room.Entry.How == api.EntryIn && p[i].Room.Membership == event.Join {
				in++
			}
		}
		return in == 2 && tree(p) == want
	})
}

// exploreNarrow looks at a part of a space.
func exploreNarrow(w *world) {
	alice, bob := w.hand(w.register("alice")), w.user("bob")
	root, below := alice.build("root", asSpace), alice.build("below", asSpace)
	first, second := alice.build("first", ""), alice.build("second", "")
	alice.puts(root, first, "a")
	alice.puts(root, below, "b")
	alice.puts(below, second, "a")
	alice.ask("PUT", "rooms/"+escape(root)+"/state/m.space.child/"+escape(first), `{"via":["localhost"],"order":"a","suggested":true}`)
	zero := 0
	top := bob.explore(api.ExploreParams{SpaceID: root, Depth: &zero})
	if p := top.shows("|first|below"); p[1].Children != 1 || !p[0].Suggested || p[0].Order != "a" || p[0].Parent != root {
		w.t.Errorf("%+v", p)
	}
	bob.explore(api.ExploreParams{SpaceID: root, Suggested: true}).shows("|first")
	bob.explore(api.ExploreParams{SpaceID: root}).shows("|first|below| second")

	secret := alice.post("createRoom", `{"preset":"private_chat"`+asSpace+`}`).Get("room_id").Text()
	for _, id := range []event.RoomID{event.RoomID(secret), "!none:localhost"} {
		if _, err := bob.Explore(w.t.Context(), api.ExploreParams{View: bob.view(), SpaceID: id}); code(err) != api.ServerForbidden {
			w.t.Errorf("%s: %v", id, err)
		}
	}
}

// exploreOwn: what happens in a space that one is in shows without asking the server,
// and what one is in shows where the server tells nothing.
func exploreOwn(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	root := alice.byHand(`{"preset":"public_chat","name":"root"` + asSpace + `}`)
	child := func(space, room event.RoomID, content string) {
		_, err := alice.SetState(w.t.Context(), api.SetStateParams{RoomID: space, Type: "m.space.child", StateKey: string(room), Content: []byte(content)})
		alice.ok(err)
	}
	club := bob.room(api.CreateRoomParams{Preset: "private_chat", Name: "club"})
	bob.join(root)
	e := bob.explore(api.ExploreParams{SpaceID: root})
	if e.more() {
		w.t.Error("there is more in an empty space")
	}
	child(root, club, `{"via":["localhost"]}`)
	if p := e.shows("|club"); p[0].Room.Entry.How != api.EntryIn {
		w.t.Errorf("%+v", p)
	}
	below := alice.byHand(`{"preset":"public_chat","name":"below"` + asSpace + `}`)
	tea := alice.room(api.CreateRoomParams{Preset: "public_chat", Name: "tea"})
	child(below, tea, `{"via":["localhost"]}`)
	child(root, below, `{"via":["localhost"],"order":"a"}`)
	bob.join(below)
	bob.join(tea)
	e.shows("|below| tea|club")
	child(root, club, `{"via":[]}`)
	e.shows("|below| tea")
	// Whoever replaces a room may leave its name in spaces (FEATURES D-22).
	next := event.RoomID(alice.ask("POST", "rooms/"+escape(tea)+"/upgrade", `{"new_version":"11"}`).Get("replacement_room").Text())
	bob.join(next)
	e.until(func(p []api.SpaceRoom) bool { return len(p) == 2 && p[1].Room.ID == next })
	bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: next}))
	e.until(func(p []api.SpaceRoom) bool { return len(p) == 2 && p[1].Room.ID == tea })
	bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: tea}))
	e.shows("|below") // nobody asked the server for it
}

// restricted: who is in a space comes in, who is not is told what would help, and may
// ask (FEATURES 2-06, 7-28).
func restricted(w *world) {
	alice, bob, carol := w.user("alice"), w.user("bob"), w.user("carol")
	space := alice.byHand(`{"preset":"public_chat","name":"space"` + asSpace + `}`)
	room := alice.byHand(fmt.Sprintf(`{"preset":"private_chat","name":"within","room_version":"11","initial_state":[{"type":"m.room.join_rules","state_key":"",
		"content":{"join_rule":"restricted","allow":[{"type":"m.room_membership","room_id":%q}]}}]}`, space))
	_, err := alice.SetState(w.t.Context(), api.SetStateParams{RoomID: space, Type: "m.space.child", StateKey: string(room), Content: []byte(`{"via":["localhost"]}`)})
	alice.ok(err)
	bob.join(space)
	e := bob.explore(api.ExploreParams{SpaceID: space})
	p := e.shows("|within")
	if entry := p[0].Room.Entry; entry.How != api.EntryJoin || !slices.Equal(entry.Through, []event.RoomID{space}) {
		w.t.Errorf("a member of the space: %+v", entry)
	}
	bob.join(room)
	e.until(func(p []api.SpaceRoom) bool { return p[0].Room.Entry.How == api.EntryIn })
	if _, err := carol.JoinRoom(w.t.Context(), api.JoinRoomParams{Room: string(room)}); code(err) != api.ServerForbidden {
		w.t.Errorf("a stranger: %v", err)
	}
	alice.state(room, event.RoomJoinRules, fmt.Sprintf(`{"join_rule":"knock_restricted","allow":[{"type":"m.room_membership","room_id":%q}]}`, space))
	if p := carol.preview(string(room)); p.Entry.How != api.EntryKnock || !slices.Equal(p.Entry.Through, []event.RoomID{space}) || p.JoinRule != "knock_restricted" {
		w.t.Errorf("a stranger at the door: %+v", p)
	}
	_, err = carol.KnockRoom(w.t.Context(), api.JoinRoomParams{Room: string(room)})
	carol.ok(err)
	if p := carol.preview(string(room)); p.Entry.How != api.EntryWait {
		w.t.Errorf("who knocked: %+v", p.Entry)
	}
	carol.join(space)
	if p := carol.preview(string(room)); p.Entry.How != api.EntryJoin {
		w.t.Errorf("who knocked and may come in now: %+v", p.Entry)
	}
	carol.join(room)
}

// exploring is a user whose hierarchies an intruder answers.
func exploring(t *testing.T, around func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error)) (alice hand, bob *user) {
	w := newWorld(t, startSandbox().URL)
	alice, bob = w.hand(w.register("alice")), w.stranger(w.register("bob"))
	bob.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/hierarchy") {
			return around(r, next)
		}
		return next()
	}
	bob.login()
	return alice, bob
}

func (h hand) smallSpace(rooms int) event.RoomID {
	root := h.build("root", asSpace)
	for i := range rooms {
		h.puts(root, h.build(fmt.Sprint("r", i), ""), fmt.Sprint(i))
	}
	return root
}

// TestExploreExpired: a token that has expired costs nothing that is shown (FEATURES
// D-38).
func TestExploreExpired(t *testing.T) {
	var expired atomic.Bool
	var asked []string
	alice, bob := exploring(t, func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		asked = append(asked, r.URL.Query().Get("from"))
		if expired.Swap(false) {
			return answered(400, `{"errcode":"M_INVALID_PARAM","error":"Unknown pagination token"}`)
		}
		return next()
	})
	e := bob.explore(api.ExploreParams{SpaceID: alice.smallSpace(5), Page: 2})
	e.shows("|r0")
	e.more()
	e.shows("|r0|r1|r2")
	expired.Store(true)
	if !e.more() {
		t.Error("that was all")
	}
	if got := tree(e.items); got != "|r0|r1|r2" {
		t.Errorf("lost what was shown: %s", got)
	}
	e.all()
	e.shows("|r0|r1|r2|r3|r4")
	if len(asked) != 6 || asked[2] == "" || asked[3] != "" {
		t.Errorf("asked for %q", asked)
	}
}

// TestExploreWithoutHierarchies: of a space that one is in, its state is all there is.
func TestExploreWithoutHierarchies(t *testing.T) {
	alice, bob := exploring(t, func(*http.Request, func() (*http.Response, error)) (*http.Response, error) {
		return answered(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
	})
	root := alice.smallSpace(3)
	bob.join(root)
	e := bob.explore(api.ExploreParams{SpaceID: root})
	p := e.shows("|?|?|?")
	if e.more() {
		t.Error("there is more")
	}
	bob.join(p[1].Room.ID)
	e.shows("|?|r1|?")
}

// TestExploreOffline: what the account knows of a space shows without network, and the
// rest when it is back.
func TestExploreOffline(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until the call has given up")
	}
	t.Parallel()
	var cut atomic.Bool
	alice, bob := exploring(t, func(_ *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if cut.Load() {
			return nil, errors.New("no network")
		}
		return next()
	})
	root := alice.smallSpace(2)
	bob.join(root)
	cut.Store(true)
	e := bob.explore(api.ExploreParams{SpaceID: root})
	e.shows("")
	cut.Store(false)
	e.all()
	e.shows("|r0|r1")
}

// TestExploreAborted: an exploration that nobody waits for is not opened, and one page
// that is given up can be asked for again.
func TestExploreAborted(t *testing.T) {
	hang := make(chan bool, 1)
	alice, bob := exploring(t, func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		select {
		case <-hang:
			<-r.Context().Done()
			return nil, r.Context().Err()
		default:
			return next()
		}
	})
	root := alice.smallSpace(3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bob.Explore(ctx, api.ExploreParams{View: "v", SpaceID: root}); code(err) != api.CallAborted {
		t.Error(err)
	}
	e := bob.explore(api.ExploreParams{SpaceID: root, Page: 2})
	hang <- true
	ctx, cancel = context.WithCancel(t.Context())
	go func() {
		eventually(t, func() bool { return len(hang) == 0 })
		cancel()
	}()
	if _, err := bob.ExploreMore(ctx, api.ExploreMoreParams{View: e.view}); code(err) != api.CallAborted {
		t.Error(err)
	}
	e.all()
	e.shows("|r0|r1|r2")
	e.close()
	if _, err := bob.ExploreMore(t.Context(), api.ExploreMoreParams{View: e.view}); code(err) != api.ViewUnknown {
		t.Errorf("a list that was closed: %v", err)
	}
	if _, err := bob.Explore(t.Context(), api.ExploreParams{SpaceID: root}); code(err) != api.CallInvalid {
		t.Errorf("without a name: %v", err)
	}
}
