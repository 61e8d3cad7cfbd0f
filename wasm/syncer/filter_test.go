package syncer_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
)

// forgetful is a server that was set up anew: it knows no filter of before.
type forgetful struct {
	uploads int
	served  context.CancelFunc
}

func (s *forgetful) Sync(_ context.Context, p homeserver.SyncParams) (scan.Value, error) {
	if p.Filter != "new" {
		return nil, &homeserver.Error{Status: 400, Errcode: homeserver.InvalidParam}
	}
	s.served()
	return scan.Value(`{"next_batch":"2"}`), nil
}

func (s *forgetful) UploadFilter(context.Context, event.UserID, scan.Value) (string, error) {
	s.uploads++
	return []string{"old", "new"}[s.uploads-1], nil
}

// hasty is a clock for which no wait takes time.
type hasty struct{ clock }

func (hasty) After(time.Duration) <-chan time.Time {
	now := make(chan time.Time, 1)
	now <- time.Time{}
	return now
}

func TestFilterThatTheServerForgot(t *testing.T) {
	a := newAccount(t)
	ctx, cancel := context.WithCancel(t.Context())
	server, tries := &forgetful{served: cancel}, 0
	_ = syncer.New(a.ledger, server, hasty{}, func(syncer.Status) {
		tries++
		if tries > 10 {
			cancel()
		}
	}).Run(ctx)
	if server.uploads != 2 {
		t.Errorf("%d uploads", server.uploads)
	}
}

// setBack is a server that was set back to a time before the token that it gave.
type setBack struct {
	since  []string
	served context.CancelFunc
}

func (s *setBack) Sync(_ context.Context, p homeserver.SyncParams) (scan.Value, error) {
	if s.since = append(s.since, p.Since); p.Since == "later" {
		return nil, &homeserver.Error{Status: 400, Errcode: "M_UNKNOWN"}
	}
	s.served()
	return scan.Value(`{"next_batch":"2"}`), nil
}

func (*setBack) UploadFilter(context.Context, event.UserID, scan.Value) (string, error) {
	return "f", nil
}

// TestTokenThatTheServerForgot: it begins anew, and not before it tried twice.
func TestTokenThatTheServerForgot(t *testing.T) {
	a := newAccount(t)
	a.take("", `{"next_batch":"later"}`)
	ctx, cancel := context.WithCancel(t.Context())
	server, tries := &setBack{served: cancel}, 0
	_ = syncer.New(a.ledger, server, hasty{}, func(syncer.Status) {
		tries++
		if tries > 10 {
			cancel()
		}
	}).Run(ctx)
	if want := []string{"later", "later", ""}; !slices.Equal(server.since, want) {
		t.Errorf("asked for what came since %q", server.since)
	}
}
