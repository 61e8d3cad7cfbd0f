package mautrixpeer

import (
	"context"
	"time"

	"maunium.net/go/mautrix"
)

// poll is the syncing between Online and Offline.
type poll struct {
	stop  context.CancelFunc
	ended chan struct{}
	since string
}

// Online syncs in the background. The client's own loop notes the token before
// it acts on what came; this one does so after.
func (d *device) Online(context.Context) error {
	ctx, stop := context.WithCancel(context.Background())
	p := &poll{stop: stop, ended: make(chan struct{})}
	if d.poll != nil {
		p.since = d.poll.since
	}
	d.poll = p
	go func() {
		defer close(p.ended)
		for ctx.Err() == nil {
			d.sync(ctx, p)
		}
	}()
	return nil
}

// Offline waits until what came is dealt with.
func (d *device) Offline(context.Context) error {
	d.poll.stop()
	<-d.poll.ended
	return nil
}

// sync asks once. A request that ends with ctx costs nothing: what it would have
// brought comes again.
func (d *device) sync(ctx context.Context, p *poll) {
	answer, err := d.client.FullSyncRequest(ctx, mautrix.ReqSync{Timeout: 10_000, Since: p.since})
	if err != nil {
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
		return
	}
	d.turn.Lock()
	if d.syncer.ProcessResponse(context.Background(), answer, p.since) == nil {
		p.since = answer.NextBatch
	}
	d.retry()
	d.turn.Unlock()
	d.mu.Lock()
	d.changed()
	d.mu.Unlock()
}
