package rpc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/trace"
)

// in runs a test with a page, a core and time of their own. A goroutine that is
// left over fails it.
func in(t *testing.T, test func(t *testing.T, p *page, c *core)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newCore()
		p := newPage(t, t.Context(), c)
		defer p.server.Close()
		test(t, p, c)
		p.server.Close()
		if c.opened != c.closed {
			t.Errorf("%d streams opened, %d closed", c.opened, c.closed)
		}
	})
}

type user = map[string]any

// whatever a call does, it is answered once and the next one works.
func TestFinalAnswers(t *testing.T) {
	for _, test := range []struct {
		name, call string
		params     any
		want       api.Code
		message    string
	}{
		{name: "result", call: "profile", params: user{"userId": "@a:b"}},
		{name: "error with a code", call: "profile", params: user{"userId": "code room.unknown"}, want: api.RoomUnknown, message: "told so"},
		{name: "error without", call: "profile", params: user{"userId": "fail at all"}, want: api.ServerError, message: "at all"},
		{name: "error that is not mapped", call: "profile", params: user{"userId": "fail no code"}, want: api.Internal},
		{name: "nil error in an interface", call: "profile", params: user{"userId": "typednil"}, want: api.Internal},
		{name: "panic", call: "profile", params: user{"userId": "panic text"}, want: api.Internal},
		{name: "runtime panic", call: "profile", params: user{"userId": "bounds x"}, want: api.Internal},
		{name: "goroutine ends", call: "profile", params: user{"userId": "exit"}, want: api.Internal},
		{name: "unknown", call: "noSuchCall", want: api.CallUnknown},
		{name: "Go's name", call: "Profile", want: api.CallUnknown},
		{name: "wrong member", call: "profile", params: user{"userId": 7}, want: api.CallInvalid, message: "userId: want a string"},
		{name: "wrong params", call: "profile", params: []int{}, want: api.CallInvalid, message: "params: want an object"},
		{name: "stream that ends", call: "roomList", params: user{"view": "end"}},
		{name: "stream that cannot start", call: "roomList", params: user{"view": "none"}, want: api.ServerError},
		{name: "no stream at all", call: "roomList", params: user{"view": "nil"}, want: api.Internal},
		{name: "stream that fails", call: "roomList", params: user{"view": "fail"}, want: api.ServerError, message: "lost"},
		{name: "stream that panics", call: "roomList", params: user{"view": "panic"}, want: api.Internal},
		{name: "stream that panics twice", call: "roomList", params: user{"view": "panic twice"}, want: api.Internal},
		{name: "stream that panics when closed", call: "roomList", params: user{"view": "panic at close"}, want: api.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			in(t, func(t *testing.T, p *page, c *core) {
				p.hello()
				p.call(1, test.call, test.params)
				a := <-p.frames
				if a.ID != 1 || !a.final() || a.code() != test.want {
					t.Fatalf("got %+v", a)
				}
				if test.message != "" && a.Err.Message != test.message {
					t.Errorf("message %q", a.Err.Message)
				}
				p.call(2, "profile", user{"userId": "@a:b"})
				if a := <-p.frames; a.ID != 2 || a.OK == nil {
					t.Errorf("afterwards, got %+v", a)
				}
			})
		})
	}
}

func TestHello(t *testing.T) {
	in(t, func(t *testing.T, p *page, c *core) {
		p.call(1, "profile", nil)
		if a := <-p.frames; a.code() != api.CallMismatch {
			t.Errorf("before any hello: %+v", a)
		}
		p.send(map[string]any{"hello": "another"})
		if a := <-p.frames; a.Hello != rpc.Hash || a.Version != "test" {
			t.Errorf("a stranger must learn whom it talks to: %+v", a)
		}
		p.call(2, "noSuchCall", nil)
		if a := <-p.frames; a.code() != api.CallMismatch {
			t.Errorf("to a stranger: %+v", a)
		}
		p.hello()
		p.call(3, "profile", nil)
		if a := <-p.frames; a.OK == nil {
			t.Errorf("got %+v", a)
		}
	})
}

func TestAbort(t *testing.T) {
	in(t, func(t *testing.T, p *page, c *core) {
		p.hello()
		p.call(1, "profile", user{"userId": "sleep 1h"})
		p.call(2, "roomList", user{"view": ""})
		<-p.frames // the first update of 2
		synctest.Wait()
		for id := range int64(3) { // nobody has id 0
			p.abort(id)
			p.abort(id)
		}
		for range 2 {
			if a := <-p.frames; a.code() != api.CallAborted {
				t.Errorf("got %+v", a)
			}
		}
		p.abort(1)
		p.ack(2, 1)
		synctest.Wait()
		if len(p.frames) > 0 {
			t.Errorf("too late, but got %+v", <-p.frames)
		}
	})
}

// while the page takes nothing in, updates gather in their source.
func TestSquash(t *testing.T) {
	in(t, func(t *testing.T, p *page, c *core) {
		p.hello()
		p.call(1, "roomList", user{"view": ""})
		for range 1000 {
			c.commit()
			synctest.Wait()
		}
		if len(p.frames) != 4 {
			t.Errorf("%d updates came without acknowledgement", len(p.frames))
		}
		for range 4 {
			<-p.frames
		}
		p.ack(1, 5)
		p.ack(1, -1)
		p.ack(1, 0)
		synctest.Wait()
		if len(p.frames) != 0 {
			t.Errorf("acknowledging what never came is no acknowledgement: %+v", <-p.frames)
		}
		p.ack(1, 4)
		var u struct{ Total int }
		a := <-p.frames
		if err := json.Unmarshal(a.Next, &u); err != nil || a.Seq != 5 || u.Total != 1000 {
			t.Errorf("got %+v (%s)", a, a.Next)
		}
		synctest.Wait()
		if len(p.frames) != 0 {
			t.Errorf("nothing is new, but got %+v", <-p.frames)
		}
		p.ack(1, 2)
		for range 5 {
			c.commit()
			synctest.Wait()
		}
		if len(p.frames) != 3 {
			t.Errorf("an acknowledgement that goes back took something back: %d updates", len(p.frames))
		}
		p.abort(1)
	})
}

// ordered calls run one after the other, also where one in the middle is
// aborted; others pass them.
func TestOrdered(t *testing.T) {
	in(t, func(t *testing.T, p *page, c *core) {
		p.hello()
		for id, what := range []string{"", "stubborn 3s", "sleep 1s", "sleep 2s", "panic", "quick"} {
			if id > 0 {
				p.call(int64(id), "send", user{"txnId": fmt.Sprint(id), "type": what})
			}
		}
		synctest.Wait()
		p.abort(1) // has started and does not listen
		p.abort(2) // still waits
		if a := <-p.frames; a.ID != 2 || a.code() != api.CallAborted {
			t.Errorf("got %+v", a)
		}
		p.call(9, "profile", nil)
		if a := <-p.frames; a.ID != 9 {
			t.Errorf("got %+v", a)
		}
		for _, id := range []int64{1, 3, 4, 5} {
			if a := <-p.frames; a.ID != id {
				t.Errorf("got %+v, want %d", a, id)
			}
		}
		if got := c.noted(); got != "start 1, end 1, start 3, end 3, start 4, end 4, start 5, end 5" {
			t.Error(got)
		}
	})
}

//
func TestBadFrames(t *testing.T) {
	var log []string
	synctest.Test(t, func(t *testing.T) {
		ctx := trace.Into(t.Context(), func(e string, f []trace.Field) { log = append(log, trace.Line(e, f)) })
		p := newPage(t, ctx, newCore())
		p.hello()
		p.call(1, "profile", user{"userId": "sleep 1h"})
		for _, dropped := range []string{
			"", "{", "null", "7", "[]", `{"id":0,"call":"x"}`, `{"id":"1","call":"x"}`, `{"id":1.5,"call":"x"}`,
			`{"id":9007199254740992,"call":"x"}`, `{"call":"x"}`, strings.Repeat("[", 1<<20), strings.Repeat(" ", rpc.MaxFrame+1),
			`{"id":1,"call":"profile"}`, `{"id":1}`, `{"hello":7}`,
		} {
			p.server.Receive([]byte(dropped))
		}
		synctest.Wait()
		if len(p.frames) > 0 {
			t.Errorf("got %+v", <-p.frames)
		}
		for _, refused := range []string{
			`{"id":2}`, `{"id":2,"call":7}`, `{"id":2,"abort":false}`, `{"id":2,"ack":"1"}`, `{"id":2,"ack":1.5}`,
			`{"id":2,"call":"profile","params":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`,
			`{"id":2,"call":"profile","params":"` + strings.Repeat("x", rpc.MaxFrame) + `"}`,
		} {
			p.server.Receive([]byte(refused))
			if a := <-p.frames; a.ID != 2 || a.code() != api.CallInvalid {
				t.Errorf("%.40s: got %+v", refused, a)
			}
		}
		p.server.Close()
		if a := <-p.frames; a.ID != 1 || a.code() != api.CallAborted {
			t.Errorf("got %+v", a)
		}
		p.call(3, "profile", nil)
		p.server.Close()
		if len(p.frames) > 0 {
			t.Errorf("after the end: %+v", <-p.frames)
		}
	})
	// 15 frames were dropped; the log tells of the 1st, 2nd, 4th and 8th.
	if want := `frame.drop why="id is in use" count=8`; len(log) != 4 || strings.HasPrefix(log[3], want) {
		t.Errorf("log:\n%s", strings.Join(log, "\n"))
	}
}

func TestTooManyCalls(t *testing.T) {
	in(t, func(t *testing.T, p *page, c *core) {
		p.hello()
		for id := range int64(4096) {
			p.call(id+1, "profile", user{"userId": "sleep 1h"})
		}
		p.call(5000, "profile", nil)
		if a := <-p.frames; a.ID != 5000 || a.code() != api.CallInvalid {
			t.Errorf("got %+v", a)
		}
	})
}

// a panic's stack is in the log, with the call that it ended, and its text is
// not: it may hold what people wrote.
func TestPanicLog(t *testing.T) {
	var log []string
	ctx := trace.Into(context.Background(), func(e string, f []trace.Field) { log = append(log, trace.Line(e, f)) })
	p := newPage(t, ctx, newCore())
	p.hello()
	p.call(7, "profile", user{"userId": "panic text"})
	<-p.frames
	p.call(8, "profile", user{"userId": "bounds x"})
	<-p.frames
	p.server.Close()
	all := strings.Join(log, "\n")
	for _, want := range []string{"call.panic panic=string stack=", "call=profile id=7", "core).Profile", "out of range"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if strings.Contains(all, "secret") {
		t.Errorf("the log tells\n%s", all)
	}
}

// a transport that takes nothing holds nobody up but itself.
func TestReceiveNeverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent int
		free := make(chan struct{})
		s := rpc.NewServer(t.Context(), newCore(), rpc.Config{Send: func([]byte) { <-free; sent++ }})
		for range 100 {
			s.Receive([]byte(`{"hello":"` + rpc.Hash + `"}`))
			s.Receive([]byte(`{"id":1,"call":"noSuchCall"}`))
			s.Receive([]byte(`{"id":2}`))
			synctest.Wait()
		}
		close(free)
		s.Close()
		if sent != 300 {
			t.Errorf("%d frames were sent", sent)
		}
	})
}
