package client

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestProfilesAreAskedForOnce (FEATURES 2-16, B-50).
func TestProfilesAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, asked := newProfiles(time.Now), 0
		var answer error
		ask := func(context.Context) (scan.Value, error) {
			asked++
			time.Sleep(time.Second)
			return scan.Value(`{}`), answer
		}
		get := func(ctx context.Context) error {
			_, err := p.get(ctx, "@a:h", ask)
			return err
		}
		is := func(what string, want int) {
			t.Helper()
			if asked != want {
				t.Errorf("%s: asked %d times, want %d", what, asked, want)
			}
		}
		for range 5 {
			go get(t.Context())
		}
		_ = get(t.Context())
		is("side by side", 1)
		_ = get(t.Context())
		is("known", 1)
		time.Sleep(profileLife)
		_ = get(t.Context())
		is("old", 2)
		p.forget("@a:h")
		answer = &homeserver.Error{Status: 404, Errcode: homeserver.NotFound}
		for range 2 {
			if err := get(t.Context()); !errors.Is(err, homeserver.ErrNotFound) {
				t.Error(err)
			}
		}
		is("that there is none", 3)
		p.forget("@a:h")
		answer = errors.New("no network")
		_, _ = get(t.Context()), get(t.Context())
		is("that failed", 5)
	})
}

// TestProfileOfWhoGaveUp: who waits for an answer that another gave up on asks anew.
func TestProfileOfWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProfiles(time.Now)
		patient := func(ctx context.Context) (scan.Value, error) {
			select {
			case <-time.After(time.Minute):
				return scan.Value(`{"a":1}`), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go p.get(hasty, "@a:h", patient)
		synctest.Wait()
		if fields, err := p.get(t.Context(), "@a:h", patient); err != nil || string(fields) != `{"a":1}` {
			t.Errorf("%s, %v", fields, err)
		}
	})
}

// TestProfilesAreBounded: a directory of everybody does not fill the memory.
func TestProfilesAreBounded(t *testing.T) {
	p := newProfiles(time.Now)
	for i := range 3 * maxProfiles {
		_, _ = p.get(t.Context(), event.UserID(fmt.Sprint("@", i)), func(context.Context) (scan.Value, error) { return nil, nil })
	}
	if n := len(p.known); n > maxProfiles {
		t.Errorf("%d are kept", n)
	}
}
