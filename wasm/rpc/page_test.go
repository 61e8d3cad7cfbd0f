package rpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/rpc"
)

// answer is a frame from the core.
type answer struct {
	Hello   string
	Version string
	ID      int64
	Seq     int64
	Next    json.RawMessage
	OK      json.RawMessage `json:"ok"`
	Err     *api.Error
}

func (a answer) final() bool { return a.OK != nil || a.Err != nil }

func (a answer) code() api.Code {
	if a.Err == nil {
		return ""
	}
	return a.Err.Code
}

// page is the other side. It checks what holds for every frame: it is JSON,
// belongs to a call that waits, counts without holes and stays in the window.
type page struct {
	t      *testing.T
	server *rpc.Server
	frames chan answer

	mu          sync.Mutex
	finals      map[int64]int
	seqs, acked map[int64]int64
}

func newPage(t *testing.T, ctx context.Context, client api.Client) *page {
	p := &page{
		t: t, frames: make(chan answer, 1<<16),
		finals: map[int64]int{}, seqs: map[int64]int64{}, acked: map[int64]int64{},
	}
	p.server = rpc.NewServer(ctx, client, rpc.Config{
		Version: "test", Send: p.take,
		MapError: func(err error) *api.Error {
			if err.Error() == "no code" {
				return nil
			}
			return &api.Error{Code: api.ServerError, Message: err.Error()}
		},
	})
	return p
}

func (p *page) take(frame []byte) {
	var a answer
	d := json.NewDecoder(bytes.NewReader(frame))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		p.t.Errorf("%v: %s", err, frame)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case a.final():
		p.finals[a.ID]++
	case a.Next != nil:
		if p.seqs[a.ID]++; p.seqs[a.ID] != a.Seq || p.finals[a.ID] > 0 {
			p.t.Errorf("update %d of call %d came as number %d, after %d final answers", a.Seq, a.ID, p.seqs[a.ID], p.finals[a.ID])
		}
		if a.Seq-p.acked[a.ID] > 4 {
			p.t.Errorf("%d updates are on their way", a.Seq-p.acked[a.ID])
		}
	case a.Hello == "":
		p.t.Errorf("what is %s?", frame)
	}
	p.frames <- a
}

func (p *page) send(v map[string]any) {
	b, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	p.server.Receive(b)
}

func (p *page) hello() answer {
	p.send(map[string]any{"hello": rpc.Hash})
	return <-p.frames
}

func (p *page) call(id int64, name string, params any) {
	p.send(map[string]any{"id": id, "call": name, "params": params})
}

func (p *page) abort(id int64) { p.send(map[string]any{"id": id, "abort": true}) }

func (p *page) ack(id, seq int64) {
	p.mu.Lock()
	if seq <= p.seqs[id] { // else the server must ignore it
		p.acked[id] = max(p.acked[id], seq)
	}
	p.mu.Unlock()
	p.send(map[string]any{"id": id, "ack": seq})
}

func (p *page) received(id int64) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seqs[id]
}

// core is a client whose calls do what their params say.
type core struct {
	api.Client
	mu     sync.Mutex
	order  []string
	opened int
	closed int
	total  int
	moved  chan struct{}
}

func newCore() *core { return &core{moved: make(chan struct{})} }

// Profile does what the user id names.
func (c *core) Profile(ctx context.Context, p api.ProfileParams) (api.UserProfile, error) {
	switch what, arg, _ := strings.Cut(string(p.UserID), " "); what {
	case "sleep":
		d, _ := time.ParseDuration(arg)
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return api.UserProfile{}, ctx.Err()
		}
	case "stubborn":
		d, _ := time.ParseDuration(arg)
		time.Sleep(d)
	case "fail":
		return api.UserProfile{}, errors.New(arg)
	case "code":
		return api.UserProfile{}, &api.Error{Code: api.Code(arg), Message: "told so"}
	case "typednil":
		var none *api.Error
		return api.UserProfile{}, none
	case "panic":
		panic("a secret: " + arg)
	case "bounds":
		return api.UserProfile{Name: arg[len(arg)+1:]}, nil
	case "exit":
		runtime.Goexit()
	}
	return api.UserProfile{ID: p.UserID}, nil
}

// Send takes as long as its type says, and notes the order.
func (c *core) Send(ctx context.Context, p api.SendParams) (api.Echo, error) {
	c.note("start " + string(p.TxnID))
	defer c.note("end " + string(p.TxnID))
	_, err := c.Profile(ctx, api.ProfileParams{UserID: event.UserID(p.Type)})
	return api.Echo{TxnID: p.TxnID}, err
}

func (c *core) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order = append(c.order, what)
}

func (c *core) noted() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(slices.Clone(c.order), ", ")
}

// RoomList streams how often commit was called.
func (c *core) RoomList(ctx context.Context, p api.RoomListParams) (api.Stream[api.ListUpdate[api.Room]], error) {
	switch p.View {
	case "none":
		return nil, errors.New("no list")
	case "nil":
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened++
	return &list{core: c, mood: p.View, seen: -1, left: p.Window}, nil
}

// commit is what the stream squashes.
func (c *core) commit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	close(c.moved)
	c.moved = make(chan struct{})
}

func (c *core) state() (int, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total, c.moved
}

// list ends as its mood says after left updates; at once where left is 0 and it
// has a mood.
type list struct {
	*core
	mood       string
	seen, left int
	once       sync.Once
}

func (l *list) Next(ctx context.Context) (api.ListUpdate[api.Room], error) {
	if l.left--; l.left < 0 && l.mood != "" {
		return api.ListUpdate[api.Room]{}, l.end()
	}
	for {
		total, moved := l.state()
		if total > l.seen {
			l.seen = total
			return api.ListUpdate[api.Room]{Total: total}, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return api.ListUpdate[api.Room]{}, ctx.Err()
		}
	}
}

func (l *list) end() error {
	switch l.mood {
	case "panic", "panic twice":
		panic("a secret")
	case "fail":
		return errors.New("lost")
	}
	return io.EOF
}

func (l *list) Close() {
	l.once.Do(func() {
		l.mu.Lock()
		l.closed++
		l.mu.Unlock()
	})
	if l.mood == "panic twice" || l.mood == "panic at close" {
		panic("once more")
	}
}
