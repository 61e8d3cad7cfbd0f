package rpc

import (
	"context"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/trace"
)

// maxCalls is how many calls may run at once. A page that reaches it has a leak.
const maxCalls = 4096

// Config is what a Server needs besides the client.
type Config struct {
	// Version is told to the page, for bug reports.
	Version string
	// MapError gives an error of the client its code. It is not asked about
	// what is an *api.Error already, nor about context.Canceled.
	MapError func(error) *api.Error
	// Send takes a frame to the page and may keep it. One goroutine calls it.
	Send func(frame []byte)
}

// Server answers the calls of one page. Several may share a client.
type Server struct {
	client api.Client
	conf   Config
	ctx    context.Context
	cancel context.CancelFunc
	out    *outbox

	mu      sync.Mutex
	calls   map[int64]*call
	turns   map[string]chan struct{}
	agreed  bool // the page has this side's definition
	closed  bool
	dropped int64
	running sync.WaitGroup
}

// call is one that has no final answer yet.
type call struct {
	id     int64
	name   string
	params scan.Value
	ctx    context.Context
	cancel context.CancelFunc
	window window
	// before is closed when the call's turn has come, and the call closes
	// after; both are nil for one that need not wait.
	before, after chan struct{}
}

// NewServer returns a server that is ready to Receive. Its calls get contexts
// below ctx and log to ctx's sink. Close must be called.
func NewServer(ctx context.Context, client api.Client, conf Config) *Server {
	s := &Server{
		client: client, conf: conf, out: newOutbox(),
		calls: map[int64]*call{}, turns: map[string]chan struct{}{},
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	go s.out.run(conf.Send)
	return s
}

// Close aborts all calls, waits until each has its answer and the last frame
// is sent. What is received later is ignored. A call must not close its server.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.running.Wait()
	s.out.close()
}

// Receive takes a frame from the page. It never blocks, and keeps data.
func (s *Server) Receive(data []byte) {
	f := parseFrame(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	c := s.calls[f.id]
	switch {
	case f.kind == frameHello:
		s.agreed = f.text == Hash
		s.out.put(helloFrame(s.conf.Version))
	case f.kind == frameDropped:
		s.drop(f.text)
	case f.kind == frameAbort && c != nil:
		c.cancel()
	case f.kind == frameAck && c != nil:
		c.window.ack(f.seq)
	case f.kind == frameAbort || f.kind == frameAck: // too late, no harm
	case c != nil:
		s.drop("id is in use")
	case f.kind == frameBad:
		s.out.put(errorFrame(f.id, newError(api.CallInvalid, f.text)))
	default:
		s.begin(f)
	}
}

// drop counts a frame that cannot be answered, and logs less and less often.
func (s *Server) drop(why string) {
	s.dropped++
	if s.dropped&(s.dropped-1) == 0 {
		trace.Log(s.ctx, "frame.drop", trace.Text("why", why), trace.Int("count", s.dropped))
	}
}

// begin starts a call, or refuses it.
func (s *Server) begin(f frame) {
	switch {
	case !s.agreed:
		s.out.put(errorFrame(f.id, newError(api.CallMismatch, "page and core have other API definitions: reload")))
		return
	case len(s.calls) >= maxCalls:
		s.out.put(errorFrame(f.id, newError(api.CallInvalid, "too many calls at once")))
		return
	}
	c := &call{id: f.id, name: f.text, params: f.params, window: newWindow()}
	ctx := trace.With(s.ctx, trace.Text("call", c.name), trace.Int("id", c.id))
	c.ctx, c.cancel = context.WithCancel(ctx)
	if ordered(c.name) {
		c.before, c.after = s.turns[c.name], make(chan struct{})
		s.turns[c.name] = c.after
	}
	s.calls[c.id] = c
	s.running.Add(1)
	go s.run(c)
}

// finish sends the final answer and forgets the call.
func (s *Server) finish(c *call, answer []byte) {
	c.cancel()
	s.mu.Lock()
	delete(s.calls, c.id)
	s.out.put(answer)
	s.mu.Unlock()
}
