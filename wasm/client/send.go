package client

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Send implements api.Client.
func (page *Page) Send(ctx context.Context, p api.SendParams) (api.Echo, error) {
	a, err := page.inhabited()
	if err != nil {
		return api.Echo{}, err
	}
	a.door.RLock()
	defer a.door.RUnlock()
	if a.closed || a.ledger.Session() == nil {
		return api.Echo{}, errSignedOut
	}
	a.stopTyping(page, p.RoomID)
	err = a.outbox.Add(ctx, table.Outgoing{RoomID: p.RoomID, TxnID: p.TxnID, Type: p.Type, Content: p.Content.Clone()})
	if errors.Is(err, storage.ErrHung) {
		// It may be stored all the same, and to say no would make somebody write it
		// again. This core ends; the next one is asked the same, and knows.
		<-ctx.Done()
		return api.Echo{}, ctx.Err()
	}
	if err != nil {
		return api.Echo{}, err
	}
	a.hope()
	return api.Echo{Key: table.EchoKey(p.TxnID), TxnID: p.TxnID}, nil
}

// RetrySend implements api.Client.
func (c *Client) RetrySend(ctx context.Context, p api.SendRef) error {
	a, err := c.inhabited()
	if err != nil {
		return err
	}
	return a.outbox.Retry(ctx, p.TxnID)
}

// CancelSend implements api.Client.
func (c *Client) CancelSend(ctx context.Context, p api.SendRef) error {
	a, err := c.inhabited()
	if err != nil {
		return err
	}
	return a.outbox.Cancel(ctx, p.TxnID)
}

// SendStatus implements api.Client.
func (c *Client) SendStatus(ctx context.Context, p api.SendRef) (api.Stream[api.SendStatus], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	s := &sending{wake: make(chan struct{}, 1), end: a.ctx.Done()}
	s.stop, err = a.outbox.Status(ctx, p.TxnID, s.hear)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// sending streams what becomes of one entry; a slow reader sees the latest.
type sending struct {
	wake chan struct{}
	end  <-chan struct{}
	stop func()

	mu    sync.Mutex // guards what follows
	now   api.SendStatus
	fresh bool
	done  bool
}

func (s *sending) hear(status api.SendStatus, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return
	}
	s.now, s.fresh, s.done = status, true, done
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Next implements api.Stream.
func (s *sending) Next(ctx context.Context) (api.SendStatus, error) {
	for {
		if now, fresh, done := s.take(); fresh {
			return now, nil
		} else if done {
			return api.SendStatus{}, io.EOF
		}
		select {
		case <-s.wake:
		case <-s.end:
			return api.SendStatus{}, io.EOF
		case <-ctx.Done():
			return api.SendStatus{}, ctx.Err()
		}
	}
}

func (s *sending) take() (now api.SendStatus, fresh, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, fresh = s.now, s.fresh
	s.fresh = false
	return now, fresh, s.done
}

// Close implements api.Stream.
func (s *sending) Close() { s.stop() }
