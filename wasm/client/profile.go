package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

const (
	// profileLife is how long an answer is taken for true; who is in a room with the
	// user tells of changes there sooner.
	profileLife = 5 * time.Minute
	// maxProfiles is how many answers are kept.
	maxProfiles = 500
)

// profiles remembers what the server said of users, that they have no profile too
// (FEATURES 2-16, B-50): lists ask for the same ones again and again.
type profiles struct {
	now func() time.Time

	mu    sync.Mutex
	known map[event.UserID]*profile
}

// profile is an answer, or one to come: ready is closed when it is there.
type profile struct {
	ready  chan struct{}
	fields scan.Value
	err    error
	until  time.Time
}

func newProfiles(now func() time.Time) *profiles {
	return &profiles{now: now, known: map[event.UserID]*profile{}}
}

// get returns a user's profile, which ask fetches unless it is known or on its way.
func (p *profiles) get(ctx context.Context, user event.UserID, ask func(context.Context) (scan.Value, error)) (scan.Value, error) {
	for {
		one, mine := p.claim(user)
		if mine {
			fields, err := ask(ctx)
			p.settle(user, one, fields, err)
			return fields, err
		}
		select {
		case <-one.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if one.err == nil || errors.Is(one.err, homeserver.ErrNotFound) {
			return one.fields, one.err
		}
		// Whoever asked failed, or gave up.
	}
}

// claim returns what there is of a profile; mine says that the caller is to fetch it.
func (p *profiles) claim(user event.UserID) (one *profile, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one = p.known[user]
	if one != nil && (one.until.IsZero() || p.now().Before(one.until)) {
		return one, false
	}
	if len(p.known) >= maxProfiles {
		clear(p.known)
	}
	one = &profile{ready: make(chan struct{})}
	p.known[user] = one
	return one, true
}

func (p *profiles) settle(user event.UserID, one *profile, fields scan.Value, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one.fields, one.err, one.until = fields, err, p.now().Add(profileLife)
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) && p.known[user] == one {
		delete(p.known, user)
	}
	close(one.ready)
}

// forget drops what is known of a user.
func (p *profiles) forget(user event.UserID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, user)
}

// Profile implements api.Client.
func (c *Client) Profile(ctx context.Context, p api.ProfileParams) (api.UserProfile, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.UserProfile{}, err
	}
	content, err := a.profiles.get(ctx, p.UserID, func(ctx context.Context) (scan.Value, error) { return server.Profile(ctx, p.UserID) })
	if err != nil {
		return api.UserProfile{}, err
	}
	known := event.ReadProfile(content)
	person := summary.Person(p.UserID, known)
	var fields scan.Builder
	for key, value := range content.Members() {
		if name := key.Text(); name != "displayname" && name != "avatar_url" {
			fields.Raw(name, value)
		}
	}
	return api.UserProfile{ID: p.UserID, Name: person.Name, Avatar: known.Avatar, Fields: fields.Done()}, nil
}

// SetProfile implements api.Client.
func (c *Client) SetProfile(ctx context.Context, p api.SetProfileParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Field == "" || !p.Value.Exists() {
		return errBadParams
	}
	me := a.ledger.Me()
	defer a.profiles.forget(me)
	if p.Value.Kind() == scan.Null {
		return a.doubt(server.RemoveProfile(ctx, me, p.Field))
	}
	return a.doubt(server.SetProfile(ctx, me, p.Field, p.Value.WellFormed()))
}
