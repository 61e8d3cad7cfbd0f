package syncer_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
)

// eager answers every sync at once, with nothing new.
type eager struct{ asked int }

func (e *eager) Sync(ctx context.Context, _ homeserver.SyncParams) (scan.Value, error) {
	if e.asked++; e.asked > 1000 {
		<-ctx.Done() // enough to know
	}
	return scan.Value(`{"next_batch":"1"}`), ctx.Err()
}

func (e *eager) UploadFilter(context.Context, event.UserID, scan.Value) (string, error) {
	return "f", nil
}

type wallClock struct{}

func (wallClock) Now() time.Time                         { return time.Now() }
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (wallClock) Jitter(d time.Duration) time.Duration   { return rand.N(d) }

// TestNoHotLoop: a server that does not wait for news is asked about once a
// second, not as fast as it answers.
func TestNoHotLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAccount(t)
		server := &eager{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_ = syncer.New(a.ledger, server, wallClock{}, func(syncer.Status) {}).Run(ctx)
		if server.asked > 70 || server.asked < 30 {
			t.Errorf("asked %d times in a minute", server.asked)
		}
	})
}
