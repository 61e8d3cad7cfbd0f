//go:build !js

package verification_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// withRust runs f with a device of ours and one of matrix-sdk-crypto that are
// ready, whoever asked.
func withRust(t *testing.T, f func(t *testing.T, p *rust)) {
	t.Helper()
	for _, weAsk := range []bool{true, false} {
		rustPairs(t, func(t *testing.T, p *rust) {
			p.begin(weAsk)
			f(t, p)
		})
	}
}

// rustPairs are of two users in a room, or of one, whose keys either of them
// made.
func rustPairs(t *testing.T, f func(t *testing.T, p *rust)) {
	t.Helper()
	for name, make := range map[string]func(t *testing.T, w *world) *rust{
		"two users": func(t *testing.T, w *world) *rust {
			p := newRust(t, w, w.add("@a:example.org", "OURS", true), "@r:example.org")
			p.do("bootstrap")
			p.publish(true)
			return p
		},
		"two users, the other way round": func(t *testing.T, w *world) *rust {
			p := newRust(t, w, w.add("@z:example.org", "OURS", true), "@r:example.org")
			p.do("bootstrap")
			p.publish(true)
			return p
		},
		"our keys": func(t *testing.T, w *world) *rust {
			p := newRust(t, w, w.add("@r:example.org", "OURS", true), "@r:example.org")
			p.publish(true)
			return p
		},
		"their keys": func(t *testing.T, w *world) *rust {
			p := newRust(t, w, w.add("@r:example.org", "OURS", false), "@r:example.org")
			p.do("bootstrap")
			p.publish(false)
			return p
		},
	} {
		t.Run(name, func(t *testing.T) { f(t, make(t, newWorld(t, 1))) })
	}
}

func (p *rust) self() bool { return p.ours.own.User == p.me.User }

func (p *rust) begin(weAsk bool) {
	p.w.Helper()
	a := p.ours
	if weAsk {
		p.ask()
		p.run()
		p.do("accept")
	} else {
		p.do("ask", "room", p.where())
		p.run()
		a.do(a.Accept(a.is(v.Requested).ID, v.AllMethods))
	}
	p.run()
	a.is(v.Ready)
	if s := p.state(); s.Phase != "Ready" {
		p.w.Fatalf("rust is %+v", s)
	}
}

// where is the room that users verify each other in.
func (p *rust) where() string {
	if p.self() {
		return ""
	}
	return "!r:example.org"
}

// ask has our side ask.
func (p *rust) ask() {
	p.w.Helper()
	if p.self() {
		_, step, err := p.ours.AskDevices(p.me.User, []event.DeviceID{"RUST", "OURS"}, v.AllMethods)
		p.ours.do(step, err)
	} else {
		_, step, err := p.ours.AskInRoom(p.me.User, event.RoomID(p.where()), v.AllMethods)
		p.ours.do(step, err)
	}
}

// bothDone: each has proven the other's keys, and the peer trusts or has signed
// ours.
func (p *rust) bothDone() {
	p.w.Helper()
	s := p.state()
	if s.Phase != "Done" {
		p.w.Fatalf("rust is %+v", s)
	}
	proven := p.ours.is(v.Done).Proven
	if proven.Device == nil && proven.Master == nil {
		p.w.Error("nothing is proven")
	}
	if proven.Device != nil && *proven.Device != p.me.Key {
		p.w.Error("another device is proven")
	}
	if proven.Master != nil && *proven.Master != p.ours.known[string(p.me.User)] {
		p.w.Error("another master key is proven")
	}
	master := p.ours.known[string(p.ours.own.User)]
	switch {
	case !p.self():
		if !slices.Contains(p.signed, unpadded.Encode(master[:])) {
			p.w.Errorf("rust signed %v", p.signed)
		}
	case p.ours.trusts:
		if !s.Trusts {
			p.w.Error("rust does not trust our master key")
		}
	default:
		if !slices.Contains(p.signed, string(p.ours.own.Device)) {
			p.w.Errorf("rust signed %v", p.signed)
		}
	}
}

// TestRustSAS: whoever starts, or both, and whoever confirms first.
func TestRustSAS(t *testing.T) {
	for _, how := range []string{"we start", "they start", "both start"} {
		for _, weConfirmFirst := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, we confirm first: %v", how, weConfirmFirst), func(t *testing.T) {
				withRust(t, func(t *testing.T, p *rust) {
					a := p.ours
					if how != "they start" {
						a.do(a.StartSAS(a.only().ID))
					}
					if how != "we start" {
						p.do("startSAS")
					}
					p.run()
					if a.only().Phase == v.Started {
						p.do("acceptSAS")
						p.run()
					}
					seen, theirs := a.is(v.Comparing), p.state()
					if len(seen.Emoji) != 7 || !slices.Equal(seen.Emoji, theirs.Emoji) || !slices.Equal(seen.Decimals, theirs.Decimals) {
						t.Fatalf("we see %v %v, rust %+v", seen.Emoji, seen.Decimals, theirs)
					}
					for _, we := range []bool{weConfirmFirst, !weConfirmFirst} {
						if we {
							a.do(a.Confirm(seen.ID))
						} else {
							p.do("confirmSAS")
						}
						p.run()
					}
					p.bothDone()
				})
			})
		}
	}
}

// TestRustShows: we scan the code that it shows.
func TestRustShows(t *testing.T) {
	withRust(t, func(t *testing.T, p *rust) {
		code, err := base64.StdEncoding.DecodeString(p.do("show").Text())
		p.no(err)
		p.ours.do(p.ours.Scan(p.ours.only().ID, code))
		p.run()
		p.ours.is(v.Confirmed)
		p.do("confirmScanned")
		p.run()
		p.bothDone()
	})
}

// TestRustScans: it scans the code that we show.
func TestRustScans(t *testing.T) {
	withRust(t, func(t *testing.T, p *rust) {
		p.do("scan", "code", base64.StdEncoding.EncodeToString(p.ours.only().QR))
		p.run()
		p.ours.do(p.ours.Confirm(p.ours.is(v.Scanned).ID))
		p.run()
		p.bothDone()
	})
}

// TestRustCancels, and we do.
func TestRustCancels(t *testing.T) {
	withRust(t, func(t *testing.T, p *rust) {
		p.do("cancel")
		p.run()
		p.ours.cancelled(v.CodeUser, false)
	})
	withRust(t, func(t *testing.T, p *rust) {
		p.do("startSAS")
		p.run()
		p.ours.do(p.ours.Mismatch(p.ours.is(v.Comparing).ID))
		p.run()
		if s := p.state(); s.Phase != "Cancelled" || s.Code != string(v.CodeMismatchedSAS) {
			t.Errorf("rust is %+v", s)
		}
	})
}

// TestRustCrosses: it cancels both where two requests cross, and then one more
// goes well.
func TestRustCrosses(t *testing.T) {
	rustPairs(t, func(t *testing.T, p *rust) {
		p.ask()
		p.do("ask", "room", p.where())
		p.run()
		for _, now := range p.ours.All() {
			if !now.Phase.Ended() {
				t.Errorf("%+v", now)
			}
		}
		p.begin(true)
	})
}
