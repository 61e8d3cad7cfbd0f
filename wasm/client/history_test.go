//go:build !js

package client_test

import (
	jsontext "encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// historyOnInvite: who is invited reads what the room lets them read of before,
// and sees by whose word (FEATURES B-40).
func historyOnInvite(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	alice.setUp()
	bob.setUp()
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true})
	atAlice := alice.timeline(room)
	for _, visibility := range []string{"joined", "shared"} {
		atAlice.sets(room, event.RoomHistoryVisibility, `{"history_visibility":"`+visibility+`"}`)
		alice.says(room, visibility)
	}
	alice.act(room, bob, api.ActionInvite)
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	bob.join(room)
	at := bob.timeline(room)
	at.toStart()
	at.reads("shared")
	i := slices.IndexFunc(at.items, func(i api.TimelineItem) bool { return i.Event != nil && i.Event.Type == event.RoomMessage })
	if c := at.items[i].Event.Crypto; c == nil || c.Reason != api.KeyUnproven || c.Shield != api.ShieldGrey || c.SharedBy != alice.id() {
		w.t.Errorf("a key of an inviter passes for %+v", c)
	}
	alice.says(room, "after")
	at.reads("shared", "after")
}

// historyForNobody: with what is handed on nobody reads what is written after they
// left, who wrote nothing in between or not (FEATURES B-30).
func historyForNobody(w *world) {
	alice, bob, carol := w.keyed("alice"), w.keyed("bob"), w.keyed("carol")
	for _, u := range []*user{alice, bob, carol} {
		u.setUp()
	}
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, carol)
	atCarol := carol.timeline(room)
	say := func(text string) (sessions []string) {
		for _, u := range []*user{alice, carol} {
			u.says(room, text)
			newest := alice.ask("GET", "rooms/"+escape(room)+"/messages?dir=b&limit=1", "")
			for e := range newest.Get("chunk").Items() {
				sessions = append(sessions, e.Path("content", "session_id").Text())
			}
		}
		return sessions
	}
	before := say("before")
	atCarol.reads("before", "before")
	alice.act(room, bob, api.ActionInvite)
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	alice.act(room, bob, api.ActionKick)
	for _, u := range []*user{alice, carol} {
		u.timeline(room).changed(api.ChangeInviteRevoked, nil)
	}
	for i, session := range say("after") {
		if session == "" || session == before[i] {
			w.t.Errorf("the writer %d goes on with %q", i, session)
		}
	}
}

// wordsAtOnce: what is written right after an invite is for who was invited, and
// right after a kick not for who was kicked, though the sync may yet have to tell.
func wordsAtOnce(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true})
	alice.says(room, "alone")
	alice.act(room, bob, api.ActionInvite)
	alice.says(room, "welcome")
	bob.join(room)
	bob.timeline(room).reads("welcome")
	last := func() string {
		for e := range alice.ask("GET", "rooms/"+escape(room)+"/messages?dir=b&limit=1", "").Get("chunk").Items() {
			return e.Path("content", "session_id").Text()
		}
		return ""
	}
	alice.says(room, "together")
	before := last()
	alice.act(room, bob, api.ActionKick)
	alice.says(room, "alone again")
	if now := last(); now == "" || now == before {
		w.t.Errorf("the session goes on: %q", now)
	}
}

// says writes a message, and returns when the server has it.
func (u *user) says(room event.RoomID, text string) {
	u.t.Helper()
	txn := u.say(room, text)
	s, err := u.SendStatus(u.t.Context(), api.SendRef{TxnID: txn})
	until(u.t, s, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
}

// sets sets state, and returns when the core knows of it.
func (o *opened) sets(room event.RoomID, kind, content string) {
	o.t.Helper()
	ref, err := o.u.SetState(o.t.Context(), api.SetStateParams{RoomID: room, Type: kind, Content: scan.Value(content)})
	o.u.ok(err)
	o.until(func(all []api.TimelineItem) bool {
		return slices.ContainsFunc(all, func(i api.TimelineItem) bool { return i.Event != nil && i.Event.ID == ref.EventID })
	})
}

// TestHistoryThatFails: whatever becomes of the keys, who is invited is, and reads
// what comes after; and no file is fetched twice that is not what it should be.
func TestHistoryThatFails(t *testing.T) {
	refuse := func(status int, text string) answer {
		return func(int, func() (*http.Response, error)) (*http.Response, error) {
			return answered(status, text)
		}
	}
	for _, c := range []struct {
		name, path string
		answer     answer
		reads      bool
	}{
		{"upload refused", "/media/v3/upload", refuse(413, `{"errcode":"M_TOO_LARGE","error":"no"}`), false},
		{"messages refused", "/sendToDevice/", refuse(400, `{"errcode":"M_UNKNOWN","error":"no"}`), false},
		{"file gone", "/download/", refuse(404, `{"errcode":"M_NOT_FOUND","error":"no"}`), false},
		{"another file", "/download/", refuse(200, `{"room_keys":[]}`), false},
		{"file without end", "/download/", func(int, func() (*http.Response, error)) (*http.Response, error) {
			return answered(200, strings.Repeat("x", 33<<20))
		}, false},
		{"backup broken", "/room_keys/keys/", refuse(400, `{"errcode":"M_UNKNOWN","error":"no"}`), true},
		{"file lost on its way", "/download/", cutTwice, true},
		{"file lost on its way there", "/media/v3/upload", cutTwice, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var times atomic.Int64
			bob, room := toldBefore(t, func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
				if strings.Contains(r.URL.Path, c.path) {
					return c.answer(int(times.Add(1)), next)
				}
				return next()
			})
			bob.join(room)
			at := bob.timeline(room)
			at.toStart()
			want := []string{"before", "plain"}
			if !c.reads {
				want = want[1:]
			}
			bob.ask("PUT", "rooms/"+escape(room)+"/send/m.room.message/1", `{"msgtype":"m.text","body":"plain"}`)
			at.reads(want...)
			if !c.reads {
				at.until(func(all []api.TimelineItem) bool { return missing(all) == 1 })
			}
			// Once it is clear what became of them, nobody asks again.
			for tries, asked := 0, int64(-1); asked != times.Load(); tries++ {
				if tries == 5 {
					t.Fatal("asked for at each start")
				}
				asked = times.Load()
				bob.close()
				bob.start()
				bob.timeline(room).until(func(all []api.TimelineItem) bool { return slices.Contains(bodies(all), "plain") })
			}
		})
	}
}

func cutTwice(n int, next func() (*http.Response, error)) (*http.Response, error) {
	if n <= 2 {
		return nil, errCut
	}
	return next()
}

type answer func(n int, next func() (*http.Response, error)) (*http.Response, error)

// TestHistoryOverRestarts: a core that ends while it fetches the keys is none that
// could not.
func TestHistoryOverRestarts(t *testing.T) {
	asked := make(chan struct{}, 1)
	bob, room := toldBefore(t, func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if !strings.Contains(r.URL.Path, "/download/") {
			return next()
		}
		asked <- struct{}{}
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	bob.join(room)
	at := bob.timeline(room)
	at.toStart()
	for range 5 {
		<-asked
		bob.close()
		bob.start()
	}
	<-asked
	bob.close()
	bob.wire.around = nil
	bob.start()
	bob.timeline(room).until(func(all []api.TimelineItem) bool { return slices.Contains(bodies(all), "before") })
}

// TestHistoryThatComesLate: what is offered after our user joined is taken too.
func TestHistoryThatComesLate(t *testing.T) {
	mail := lateMail{held: map[string][]any{}}
	bob, room := toldBefore(t, mail.pass)
	bob.join(room)
	at := bob.timeline(room)
	at.toStart()
	at.until(func(all []api.TimelineItem) bool { return missing(all) == 1 })
	mail.mu.Lock()
	mail.comes = true
	mail.mu.Unlock()
	bob.ask("PUT", "rooms/"+escape(room)+"/send/m.room.message/1", `{"msgtype":"m.text","body":"plain"}`)
	at.reads("before", "plain")
}

// lateMail holds back what is sent to devices, until it comes.
type lateMail struct {
	mu    sync.Mutex
	comes bool
	held  map[string][]any // by token
}

func (l *lateMail) pass(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
	answer, err := next()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.HasSuffix(r.URL.Path, "/sync") {
		return answer, err
	}
	defer answer.Body.Close()
	var said map[string]any
	if err := jsontext.NewDecoder(answer.Body).Decode(&said); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	who := r.Header.Get("Authorization")
	if mail, _ := said["to_device"].(map[string]any); mail != nil {
		l.held[who] = append(l.held[who], mail["events"].([]any)...)
	}
	if delete(said, "to_device"); l.comes {
		said["to_device"] = map[string]any{"events": l.held[who]}
		delete(l.held, who)
	}
	raw, err := jsontext.Marshal(said)
	if err != nil {
		return nil, err
	}
	return answered(http.StatusOK, string(raw))
}

// toldBefore is bob, whom alice invited to a room in which she wrote before. What
// they ask of the server passes around.
func toldBefore(t *testing.T, around func(*http.Request, func() (*http.Response, error)) (*http.Response, error)) (bob *user, room event.RoomID) {
	w := newWorld(t, startSandbox().URL)
	meet := func(name string) *user {
		u := w.stranger(w.register(name))
		u.wire.around = around
		u.login()
		u.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
		u.setUp()
		return u
	}
	alice, bob := meet("alice"), meet("bob")
	room = alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true})
	alice.says(room, "before")
	alice.act(room, bob, api.ActionInvite)
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	return bob, room
}
