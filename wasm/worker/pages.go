package main

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/rpc"
)

// pages serves all pages that share the core, each by a number that the other
// side gave it.
type pages struct {
	ctx  context.Context
	core *client.Client
	send func(page int, frame []byte)

	mu   sync.Mutex
	open map[int]*connection
	// closing counts pages that are being seen off.
	closing sync.WaitGroup
}

// connection is one page with its server.
type connection struct {
	page   *client.Page
	server *rpc.Server
	gone   atomic.Bool // its frames are for nobody
}

func newPages(ctx context.Context, core *client.Client, send func(page int, frame []byte)) *pages {
	return &pages{ctx: ctx, core: core, send: send, open: map[int]*connection{}}
}

// connect begins to serve a page. One that had the number before is gone.
func (p *pages) connect(number int) {
	c := &connection{page: p.core.Attach()}
	c.server = rpc.NewServer(p.ctx, c.page, rpc.Config{
		MapError: client.Explain,
		Send: func(frame []byte) {
			if !c.gone.Load() {
				p.send(number, frame)
			}
		},
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave(number)
	p.open[number] = c
}

// receive takes a frame of a page. One of a page that is not connected is
// dropped.
func (p *pages) receive(number int, frame []byte) {
	p.mu.Lock()
	c := p.open[number]
	p.mu.Unlock()
	if c != nil {
		c.server.Receive(frame)
	}
}

// disconnect ends what a page has under way. It does not wait for that.
func (p *pages) disconnect(number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave(number)
}

// leave is disconnect with the lock held.
func (p *pages) leave(number int) {
	c := p.open[number]
	if c == nil {
		return
	}
	delete(p.open, number)
	c.gone.Store(true)
	p.closing.Go(c.close)
}

func (c *connection) close() {
	c.server.Close()
	c.page.Close()
}

// close ends all calls, and lets each page know.
func (p *pages) close() {
	p.mu.Lock()
	open := p.open
	p.open = map[int]*connection{}
	p.mu.Unlock()
	for _, c := range open {
		c.close()
	}
	p.closing.Wait()
}
