package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// cdp speaks the Chrome DevTools Protocol over a pair of pipes: JSON messages,
// each ended by a zero byte.
type cdp struct {
	events chan event
	broken chan struct{} // closed when the browser hung up

	mu      sync.Mutex
	write   io.Writer
	last    int
	waiting map[int]chan response
}

type params map[string]any

type event struct {
	Method string
	Params json.RawMessage
}

type response struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

func newCDP(read, write *os.File) *cdp {
	c := &cdp{
		events: make(chan event, 1000), broken: make(chan struct{}),
		write: write, waiting: map[int]chan response{},
	}
	go c.listen(read)
	return c
}

// listen ends when the browser hangs up.
func (c *cdp) listen(r io.Reader) {
	defer close(c.broken)
	for in := bufio.NewReaderSize(r, 1<<20); ; {
		message, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			ID int
			event
			response
		}
		if json.Unmarshal(bytes.TrimSuffix(message, []byte{0}), &m) != nil {
			return
		}
		if m.ID == 0 {
			c.events <- m.event
			continue
		}
		c.mu.Lock()
		done := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if done != nil {
			done <- m.response
		}
	}
}

// call runs a method in a session, the browser's own if empty, and decodes its
// result if that is asked for.
func (c *cdp) call(ctx context.Context, session, method string, p params, result any) error {
	done, err := c.send(session, method, p)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case r := <-done:
		if r.Error != nil {
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-c.broken:
		return fmt.Errorf("%s: %w", method, errors.New("the browser hung up"))
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (c *cdp) send(session, method string, p params) (<-chan response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	done := make(chan response, 1)
	c.waiting[c.last] = done
	message := params{"id": c.last, "method": method}
	if p != nil {
		message["params"] = p
	}
	if session != "" {
		message["sessionId"] = session
	}
	text, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
	_, err = c.write.Write(append(text, 0))
	return done, err
}
