package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/trace"
)

// run sees a call through. It answers even if the call ends its goroutine.
func (s *Server) run(c *call) {
	defer s.running.Done()
	defer c.passTurn()
	answer := errorFrame(c.id, internalError())
	defer func() { s.finish(c, answer) }()
	answer = s.perform(c)
}

// perform makes the final answer. A panic is one of its own kind.
func (s *Server) perform(c *call) (answer []byte) {
	defer func() {
		if p := recover(); p != nil {
			c.logPanic(p)
			answer = errorFrame(c.id, internalError())
		}
	}()
	answer, err := s.answer(c)
	if err != nil {
		return errorFrame(c.id, s.errorOf(err))
	}
	return answer
}

func (s *Server) answer(c *call) ([]byte, error) {
	if err := c.awaitTurn(); err != nil {
		return nil, err
	}
	var req request
	req.out.answerFrame(c.id)
	if err := req.start(c.ctx, s.client, c.name, c.params); err != nil {
		return nil, err
	}
	if req.stream.next != nil {
		if err := s.pump(c, req.stream); err != nil {
			return nil, err
		}
		req.out.literal("null")
	}
	req.out.close()
	return req.out.buf, nil
}

// pump takes updates from a stream for as long as the page keeps up.
func (s *Server) pump(c *call, updates stream) error {
	defer updates.close()
	for {
		if err := c.window.wait(c.ctx); err != nil {
			return err
		}
		var w writer
		w.updateFrame(c.id, c.window.upcoming())
		err := updates.next(c.ctx, &w)
		if err == io.EOF { // a wrapped one comes from elsewhere: it is a failure
			return nil
		} else if err != nil {
			return err
		}
		w.close()
		c.window.sent()
		s.out.put(w.buf)
	}
}

func (s *Server) errorOf(err error) *api.Error {
	if known, ok := errors.AsType[*api.Error](err); ok {
		return known
	}
	if errors.Is(err, context.Canceled) {
		return newError(api.CallAborted, "the call was aborted")
	}
	if mapped := s.conf.MapError(err); mapped != nil {
		return mapped
	}
	return internalError()
}

// awaitTurn waits for the call of the same name that came before.
func (c *call) awaitTurn() error {
	if c.before == nil {
		return c.ctx.Err()
	}
	select {
	case <-c.before:
		return c.ctx.Err()
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// passTurn lets the next call of the same name start: not before the one in
// front has returned, which an aborted call did not wait for.
func (c *call) passTurn() {
	if c.after == nil {
		return
	}
	if c.before != nil {
		<-c.before
	}
	close(c.after)
}

// logPanic keeps the stack. The text of a panic is logged only where the
// runtime made it: any other may hold anything.
func (c *call) logPanic(p any) {
	what := fmt.Sprintf("%T", p)
	if err, ok := p.(runtime.Error); ok {
		what = err.Error()
	}
	trace.Log(c.ctx, "call.panic", trace.Text("panic", what), trace.Text("stack", string(debug.Stack())))
}
