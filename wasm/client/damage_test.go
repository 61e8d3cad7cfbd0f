//go:build !js

package client_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// house is an account that has seen something, and who tells the truth of it.
type house struct {
	alice, bob *user
	rooms      []event.RoomID // those with a history
	// whole are databases of alice's before anything happened to them: one in
	// which all rooms were looked into, and one in which none was, which packs
	// those that are small.
	whole []database
	said  int
}

// database is a disk, and what the page notes of the account on it.
type database struct {
	sentinel string
	disk     *mem.Disk
}

// newHouse plays an account with rooms of all sizes and kinds, and stores their
// histories and members.
func newHouse(t *testing.T) *house {
	w := newWorld(t, startSandbox().URL)
	h := &house{alice: w.user("alice"), bob: w.user("bob")}
	alice, bob := h.alice, h.bob
	for i, size := range []int{3, 60, 400} {
		room := bob.room(api.CreateRoomParams{Name: fmt.Sprint("room ", i), Topic: "t", Preset: "private_chat"}, alice)
		h.rooms = append(h.rooms, room)
		for n := range 5 * size % 350 { // a state of several pages
			bob.state(room, fmt.Sprint("org.example.", n), `{"filler":"`+strings.Repeat("x", 400)+`"}`)
		}
		for n := range size {
			bob.post(room, fmt.Sprintf("%d of %d", n, size))
		}
	}
	alice.room(api.CreateRoomParams{Name: "direct", Direct: true, Preset: "trusted_private_chat"}, bob)
	left := bob.room(api.CreateRoomParams{Name: "left", Preset: "private_chat"}, alice)
	alice.ok(alice.LeaveRoom(t.Context(), api.LeaveRoomParams{RoomID: left}))
	bob.CreateRoom(t.Context(), api.CreateRoomParams{Name: "invited", Invite: []event.UserID{alice.id()}})
	alice.ok(alice.SetTag(t.Context(), api.SetTagParams{RoomID: h.rooms[0], Tag: api.Tag{Name: "m.favourite"}}))
	alice.ok(alice.SetAccountData(t.Context(), api.SetAccountDataParams{Type: "org.example.own", Content: []byte(`{"a":1}`)}))
	for _, room := range h.rooms {
		shown := alice.timeline(room)
		shown.toStart()
		shown.close()
		members := alice.members(room)
		members.until(func(m []api.Member) bool { return len(m) == 2 })
		members.close()
	}
	alice.rooms(api.RoomFilter{}).until(func(r []api.Room) bool { return len(r) == 5 })
	again := alice.w.device(alice.name)
	again.rooms(api.RoomFilter{}).until(func(r []api.Room) bool { return len(r) == 5 })
	for _, u := range []*user{alice, again} {
		u.remember()
		u.close()
		h.whole = append(h.whole, database{u.sentinel, u.disk().Clone()})
	}
	return h
}

// post sends a message by plain request, which is faster than an outbox.
func (u *user) post(room event.RoomID, text string) {
	u.t.Helper()
	u.txns++
	u.ask("PUT", fmt.Sprintf("rooms/%s/send/m.room.message/p%d", escape(room), u.txns), `{"msgtype":"m.text","body":"`+text+`"}`)
}

// picture is what an account shows, as text.
func (h *house) picture(u *user) string {
	u.t.Helper()
	var b strings.Builder
	list := u.rooms(api.RoomFilter{})
	defer list.close()
	all := slices.Clone(list.until(func(r []api.Room) bool { return len(r) == 5 }))
	slices.SortFunc(all, func(a, b api.Room) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range all {
		last := ""
		if r.Last != nil {
			last = r.Last.Body
		}
		fmt.Fprintln(&b, r.Name, r.Membership, r.Unread, r.Highlights, r.Tags, r.Direct, r.MarkedUnread, last)
	}
	data, err := u.AccountData(u.t.Context(), api.AccountDataParams{Type: "org.example.own"})
	fmt.Fprintf(&b, "%s %v\n", data.Content, err)
	for _, room := range h.rooms {
		d := u.details(room, func(d api.RoomDetails) bool { return d.Can.Send })
		fmt.Fprintln(&b, d.Room.Name, d.Topic, d.Joined, d.Can)
		people := u.members(room)
		for _, m := range people.until(func(m []api.Member) bool { return len(m) == 2 }) {
			fmt.Fprintln(&b, m.Person.Name, m.Membership, m.Power)
		}
		people.close()
		shown := u.timeline(room)
		all := shown.toStart()
		for n, i := range all {
			if i.Kind == api.ItemGap {
				fmt.Fprintln(&b, "gap")
			}
			if i.Event != nil {
				fmt.Fprintln(&b, i.Event.ID, i.Event.Sender.ID, i.Event.Content.Get("body").Text())
			}
			if i.Event != nil && n == len(all)-1 { // earlier ones may have come while nobody was known
				fmt.Fprintln(&b, i.Event.Sender.Name)
			}
		}
		shown.close()
	}
	return b.String()
}

// damage garbles a disk at random and tells what it did.
func damage(r *rand.Rand, d *mem.Disk) (did []string) {
	stores := table.Schema().Stores
	for range 1 + r.IntN(3) {
		s := stores[r.IntN(len(stores))]
		records := d.Records(s)
		if len(records) == 0 {
			continue
		}
		from, n := r.IntN(len(records)), 1
		switch r.IntN(4) {
		case 0:
			n = 1 + r.IntN(len(records)-from) // a stretch, as a lost file has it
		case 1:
			from, n = 0, len(records)
		}
		how := r.IntN(4)
		for _, rec := range records[from : from+n] {
			d.Garble(s, rec.Key, garbled(r, how, rec.Value))
		}
		did = append(did, fmt.Sprintf("%s: %d of %d from %d, %d", s, n, len(records), from, how))
	}
	return did
}

func garbled(r *rand.Rand, how int, value []byte) []byte {
	value = bytes.Clone(value)
	switch {
	case how == 0 || len(value) == 0:
		return nil
	case how == 1:
		return append([]byte{}, value[:r.IntN(len(value))]...)
	case how == 2:
		value[r.IntN(len(value))] ^= byte(1 + r.IntN(255))
	default:
		for i := range value {
			value[i] = byte(r.Uint32())
		}
	}
	return value
}

// L-1, L-2, L-3, T-7: whatever a broken disk takes or garbles, the account ends
// as on a new device, or as one that was lost; and the next start finds it so.
func TestDamagedStore(t *testing.T) {
	rounds := uint64(150)
	if testing.Short() {
		rounds = 40
	}
	h := newHouse(t)
	lost := 0
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if h.round(t, rand.New(rand.NewPCG(seed, 11))) {
				lost++
			}
		})
		if t.Failed() {
			return
		}
	}
	if lost == 0 || lost > int(rounds)/2 {
		t.Errorf("the session was lost in %d of %d rounds, so this tests little", lost, rounds)
	}
}

func (h *house) round(t *testing.T, r *rand.Rand) (lost bool) {
	was, whole := h.alice, h.whole[r.IntN(len(h.whole))]
	alice := &user{w: was.w, t: t, name: was.name, sentinel: whole.sentinel, txns: was.txns}
	disk := whole.disk.Clone()
	alice.disks = map[string]*mem.Disk{"alcove:test": disk}
	sessionBefore, keysBefore := len(disk.Records(table.Meta)), len(disk.Records(table.Crypto))
	did := damage(r, disk)
	h.bob.t = t
	h.said++
	h.bob.post(h.rooms[r.IntN(len(h.rooms))], fmt.Sprint("news ", h.said))
	alice.start()
	if lost = alice.session.State == api.StorageLost; lost {
		if all := strings.Join(did, " "); !strings.Contains(all, string(table.Meta)) && !strings.Contains(all, string(table.Crypto)) {
			t.Errorf("%v: the session is lost", did)
		}
		alice.login()
	} else if len(disk.Records(table.Meta)) == 0 && sessionBefore > 0 || len(disk.Records(table.Crypto)) == 0 && keysBefore > 0 {
		t.Errorf("%v: nobody noticed", did)
	}
	truth := h.alice.w.device(h.alice.name)
	truth.t = t
	want := h.picture(truth)
	truth.ok(truth.Logout(t.Context(), api.LogoutParams{}))
	news := fmt.Sprint("news ", h.said)
	alice.rooms(api.RoomFilter{}).until(func(all []api.Room) bool {
		return slices.ContainsFunc(all, func(r api.Room) bool { return r.Last != nil && r.Last.Body == news })
	})
	for again := range 2 {
		got := ""
		// What was lost of a room's state comes while it is shown.
		for deadline := time.Now().Add(patience); got != want; got = h.picture(alice) {
			if got != "" && time.Now().After(deadline) {
				t.Fatalf("%v, start %d: %s", did, again, firstDifference(got, want))
			}
		}
		alice.remember()
		alice.close()
		alice.start()
		if alice.session.State != api.Ready {
			t.Fatalf("%v: then %+v", did, alice.session)
		}
	}
	alice.close()
	return lost
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d is %q, want %q", i, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
