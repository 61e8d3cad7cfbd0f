//go:build !js

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/rpc"
)

// heard is what each page was told.
type heard struct {
	mu     sync.Mutex
	frames map[int][]string
}

func (h *heard) send(page int, frame []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.frames[page] = append(h.frames[page], string(frame))
}

// take returns what a page was told since it was asked last.
func (h *heard) take(page int) string {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	all := strings.Join(h.frames[page], "\n")
	delete(h.frames, page)
	return all
}

// with runs a test on a core with nothing stored.
func with(t *testing.T, test func(p *pages, h *heard)) {
	synctest.Test(t, func(t *testing.T) {
		core := client.New(t.Context(), client.Platform{
			OpenDatabase: func(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
				db, err := openMemory(ctx, t.Name()+name, schema)
				return db, false, err
			},
			Clock: clock{},
		})
		h := &heard{frames: map[int][]string{}}
		p := newPages(t.Context(), core, h.send)
		test(p, h)
		p.close()
		if err := core.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// begin connects a page that opens the store and watches the session.
func (p *pages) begin(page int) {
	p.connect(page)
	p.receive(page, fmt.Appendf(nil, `{"hello":%q}`, rpc.Hash))
	p.receive(page, []byte(`{"id":1,"call":"open","params":{"store":"s"}}`))
	p.receive(page, []byte(`{"id":2,"call":"session"}`))
}

const (
	update  = `{"id":2,"seq":1,"next":`
	aborted = `{"id":2,"err":{"code":"call.aborted"`
)

// C-1: pages share a core, with ids of their own, and end by themselves.
func TestPages(t *testing.T) {
	with(t, func(p *pages, h *heard) {
		for _, page := range []int{0, 7} {
			p.begin(page)
			if got := h.take(page); !strings.Contains(got, update) || !strings.Contains(got, `{"id":1,"ok":`) {
				t.Errorf("page %d: %s", page, got)
			}
		}
		p.disconnect(7)
		p.receive(7, []byte(`{"id":3,"call":"session"}`))
		p.receive(8, []byte(`{"hello":"x"}`))
		p.disconnect(8)
		if got := h.take(7) + h.take(8); got != "" {
			t.Errorf("pages that are not there were told %s", got)
		}
		p.receive(0, []byte(`{"id":3,"call":"ping"}`))
		if got := h.take(0); !strings.Contains(got, `"id":3`) || strings.Contains(got, `"id":2`) {
			t.Errorf("the page that stays: %s", got)
		}
		p.close()
		if got := h.take(0); !strings.Contains(got, aborted) {
			t.Errorf("at the core's end: %s", got)
		}
	})
}

// TestNumberUsedAgain: whoever has it now does not hear what was said to the
// one before.
func TestNumberUsedAgain(t *testing.T) {
	with(t, func(p *pages, h *heard) {
		p.begin(1)
		h.take(1)
		p.connect(1)
		if got := h.take(1); got != "" {
			t.Errorf("a page that said nothing was told %s", got)
		}
		p.begin(1)
		if got := h.take(1); strings.Count(got, update) != 1 || strings.Contains(got, aborted) {
			t.Errorf("told %s", got)
		}
	})
}
