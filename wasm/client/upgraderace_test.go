//go:build !js

package client_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// upgradesAtOnce: two devices of a user, or two who keep a room, replace it at the same
// time. However they meet, one successor is left, which is the one that the tombstone
// names; both show it, and the space has it and nothing else (FEATURES B-16, D-22,
// D-23).
func upgradesAtOnce(w *world) {
	versions, ask, carry := point{"GET", "/capabilities", false}, point{"POST", "/upgrade", false}, point{"PUT", "/m.space.child/", false}
	asked := point{"POST", "/upgrade", true}
	for _, r := range []race{
		{about: "the second hears of it before it asks", second: versions, once: true},
		{about: "both ask", first: asked, second: asked},
		{about: "the second asks while the first carries over", first: carry, second: ask, inTurn: true},
		{about: "the second asks when the first is through", second: ask, more: 1},
		{about: "the second user hears of it before they ask", others: true, second: versions, once: true},
		{about: "both users ask", others: true, first: asked, second: asked},
		{about: "the second user asks while the first carries over", others: true, first: carry, second: ask, inTurn: true},
	} {
		r.play(w)
	}
}

// race is one way to meet.
type race struct {
	about string
	// The second goes to this point, then the first to its own or through.
	first, second point
	inTurn        bool // the first is held until the second is through, and a user's first then hears nothing
	others        bool // they are two users
	once          bool // only one asks for a new room
	more          int  // rooms that may be left, because they were told of before the second asked
}

// point is a request, by a part of its path.
type point struct {
	method, path string
	answered     bool // but not heard
}

func (r race) play(w *world) {
	first := newRacer(w, w.register("alice"))
	name := first.name
	if r.others {
		name = w.register("bob")
	}
	second := newRacer(w, name)
	house, old := first.house(r, second)
	second.set(old, r.second)
	first.set(old, r.first)
	close(second.open)
	eye := w.hand(first.name)
	if r.inTurn {
		<-second.done
		if !r.others {
			first.until(eye.successor(old), func(api.Room) bool { return true })
			first.deaf.Store(true)
		}
	}
	close(first.open)
	<-first.done
	<-second.done

	next := eye.successor(old)
	if got := childrenOf(eye, house); !r.others && !slices.Equal(got, []event.RoomID{next}) {
		w.t.Errorf("%s: already the space has %v, not %s", r.about, got, next)
	}
	for _, now := range []*racer{first, second} {
		if r.others {
			now.join(next)
		}
		if got := now.upgraded(api.UpgradeRoomParams{RoomID: old}); got != next {
			w.t.Errorf("%s: %s goes to %s, not to %s", r.about, now.name, got, next)
		}
		now.details(old, func(d api.RoomDetails) bool {
			return d.Replacement != nil && d.Replacement.ID == next && d.Replacement.Confirmed
		})
		now.rooms(api.RoomFilter{Space: house}).until(func(all []api.Room) bool { return len(all) == 1 && all[0].ID == next })
		if n := strings.Count(string(now.ask("GET", "joined_rooms", "")), "!"); n < 3 || n > 3+r.more {
			w.t.Errorf("%s: %s is in %d rooms", r.about, now.name, n)
		}
	}
	if got := childrenOf(eye, house); !slices.Equal(got, []event.RoomID{next}) {
		w.t.Errorf("%s: the space has %v, not %s", r.about, got, next)
	}
	if n := first.asked.Load() + second.asked.Load(); r.once && n != 1 {
		w.t.Errorf("%s: asked %d times", r.about, n)
	}
}

// successor is the room that a tombstone names.
func (h hand) successor(room event.RoomID) event.RoomID {
	return event.RoomID(h.has(room, event.RoomTombstone, "").Get("replacement_room").Text())
}

// racer is a device that can be held at a request.
type racer struct {
	*user
	point             atomic.Pointer[point]
	there, open, done chan struct{} // held, or through; may go on; through
	held              sync.Once
	asked             atomic.Int32 // how often for an upgrade
	deaf              atomic.Bool  // no sync comes until it is through
}

func newRacer(w *world, local string) *racer {
	r := &racer{user: w.stranger(local), there: make(chan struct{}), open: make(chan struct{}), done: make(chan struct{})}
	r.wire.around = func(req *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/upgrade") {
			r.asked.Add(1)
		}
		p := r.point.Load()
		held := p != nil && p.path != "" && req.Method == p.method && strings.Contains(req.URL.Path, p.path)
		if held && !p.answered {
			r.hold()
		}
		answer, err := next()
		if held && p.answered {
			r.hold()
		}
		if r.deaf.Load() && strings.HasSuffix(req.URL.Path, "/sync") {
			<-r.done
		}
		return answer, err
	}
	r.login()
	return r
}

func (r *racer) hold() {
	r.held.Do(func() { close(r.there) })
	<-r.open
}

// set lets the racer upgrade a room until it is held, or through.
func (r *racer) set(room event.RoomID, p point) {
	r.point.Store(&p)
	go func() {
		_, _ = r.upgrade(api.UpgradeRoomParams{RoomID: room, Version: "12"})
		r.held.Do(func() { close(r.there) })
		close(r.done)
	}()
	<-r.there
}

// house makes a space with a room in it that both may replace, and both are in.
func (r *racer) house(how race, second *racer) (house, old event.RoomID) {
	house = r.room(api.CreateRoomParams{Preset: "public_chat", Type: event.Space})
	old = r.room(api.CreateRoomParams{Preset: "public_chat", Version: "11", Space: house})
	if how.others {
		for _, room := range []event.RoomID{house, old} {
			second.join(room)
			r.details(room, func(d api.RoomDetails) bool { return d.Can.Power })
			r.ok(r.SetPower(r.t.Context(), api.SetPowerParams{RoomID: room, UserID: second.id(), Level: level(100)}))
		}
	}
	for _, who := range []*racer{r, second} {
		who.until(old, func(api.Room) bool { return true })
		who.details(old, func(d api.RoomDetails) bool { return d.Can.Upgrade })
		who.details(house, func(d api.RoomDetails) bool { return d.Can.Children })
	}
	return house, old
}
