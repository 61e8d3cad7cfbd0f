//go:build !js

package verification_test

import (
	"fmt"
	"slices"
	"testing"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	own "github.com/alcove-chat/alcove/wasm/event"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// withMautrix runs f with a device of ours and one of mautrix: of two users, or of
// one, whose keys either of them made.
func withMautrix(t *testing.T, f func(t *testing.T, p *mautrixPeer)) {
	t.Helper()
	for name, make := range map[string]func(t *testing.T, w *world) *mautrixPeer{
		"two users": func(t *testing.T, w *world) *mautrixPeer {
			p := newMautrix(t, w, w.add("@a:x", "OURS", true), "@m:x", "THEIRS")
			p.ours.known["@m:x"] = p.signUp()
			p.learn("@a:x", master("@a:x"))
			return p
		},
		"two users, the other way round": func(t *testing.T, w *world) *mautrixPeer {
			p := newMautrix(t, w, w.add("@z:x", "OURS", true), "@m:x", "THEIRS")
			p.ours.known["@m:x"] = p.signUp()
			p.learn("@z:x", master("@z:x"))
			return p
		},
		"our keys": func(t *testing.T, w *world) *mautrixPeer {
			p := newMautrix(t, w, w.add("@m:x", "OURS", true), "@m:x", "THEIRS")
			p.learn("@m:x", master("@m:x"))
			return p
		},
		"their keys": func(t *testing.T, w *world) *mautrixPeer {
			p := newMautrix(t, w, w.add("@m:x", "OURS", false), "@m:x", "THEIRS")
			p.ours.known["@m:x"] = p.signUp()
			return p
		},
	} {
		for _, weAsk := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, we ask: %v", name, weAsk), func(t *testing.T) {
				p := make(t, newWorld(t, 1))
				p.begin(weAsk)
				f(t, p)
			})
		}
	}
}

func (p *mautrixPeer) self() bool { return string(p.ours.own.User) == string(p.client.UserID) }

// begin gets both sides ready.
func (p *mautrixPeer) begin(weAsk bool) {
	p.w.Helper()
	ctx, a := p.w.Context(), p.ours
	switch {
	case weAsk && p.self():
		_, step, err := a.AskDevices(a.own.User, []own.DeviceID{"THEIRS", "OURS"}, v.AllMethods)
		a.do(step, err)
	case weAsk:
		_, step, err := a.AskInRoom(own.UserID(p.client.UserID), room, v.AllMethods)
		a.do(step, err)
	case p.self():
		_, err := p.helper.StartVerification(ctx, p.client.UserID)
		p.no(err)
	default:
		_, err := p.helper.StartInRoomVerification(ctx, id.RoomID(room), id.UserID(a.own.User))
		p.no(err)
	}
	p.run()
	if weAsk {
		if len(p.requested) != 1 {
			p.w.Fatalf("mautrix was asked %d times", len(p.requested))
		}
		p.no(p.helper.AcceptVerification(ctx, p.requested[0]))
	} else {
		a.do(a.Accept(a.is(v.Requested).ID, v.AllMethods))
	}
	p.run()
	a.is(v.Ready)
	if len(p.ready) != 1 {
		p.w.Fatalf("mautrix is ready %d times", len(p.ready))
	}
}

// TestMautrixSAS: whoever starts, or both, and whoever confirms first.
func TestMautrixSAS(t *testing.T) {
	for _, how := range []string{"we start", "they start", "both start"} {
		for _, weConfirmFirst := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, we confirm first: %v", how, weConfirmFirst), func(t *testing.T) {
				withMautrix(t, func(t *testing.T, p *mautrixPeer) {
					if how != "they start" {
						p.ours.do(p.ours.StartSAS(p.ours.only().ID))
					}
					if how != "we start" {
						p.no(p.helper.StartSAS(t.Context(), p.ready[0]))
					}
					p.run()
					p.compare()
					if weConfirmFirst && !p.self() {
						// Confirming last, mautrix v0.30.0 takes its own master key for ours.
						t.Skip("not with this mautrix")
					}
					p.confirm(weConfirmFirst)
					p.confirm(!weConfirmFirst)
					p.bothDone()
				})
			})
		}
	}
}

func (p *mautrixPeer) compare() {
	p.w.Helper()
	seen := p.ours.is(v.Comparing)
	var names []string
	for _, n := range seen.Emoji {
		names = append(names, emojiNames(p.w)[n])
	}
	if len(names) != 7 || !slices.Equal(names, p.emoji) || len(seen.Decimals) != 3 || !slices.Equal(seen.Decimals, p.decimals) {
		p.w.Fatalf("we see %v %v, mautrix %v %v", names, seen.Decimals, p.emoji, p.decimals)
	}
}

func (p *mautrixPeer) confirm(we bool) {
	p.w.Helper()
	if we {
		p.ours.do(p.ours.Confirm(p.ours.only().ID))
	} else {
		p.no(p.helper.ConfirmSAS(p.w.Context(), p.ready[0]))
	}
	p.run()
}

// bothDone: each has proven the other's keys, and mautrix has signed ours.
func (p *mautrixPeer) bothDone() {
	p.w.Helper()
	if !p.done || p.cancelled != "" {
		p.w.Fatalf("mautrix is done: %v, cancelled: %s", p.done, p.cancelled)
	}
	p.ours.is(v.Done)
	if len(p.signed) == 0 {
		p.w.Error("mautrix signed nothing")
	}
	proven := p.ours.only().Proven
	if proven.Device != nil && *proven.Device != ourKey(p.mach.OwnIdentity().SigningKey) {
		p.w.Error("another device is proven")
	}
	if want := p.ours.known[string(p.client.UserID)]; proven.Master != nil && *proven.Master != want {
		p.w.Error("another master key is proven")
	}
	if proven.Device == nil && proven.Master == nil {
		p.w.Error("nothing is proven")
	}
}

// TestMautrixShows: we scan the code that mautrix shows.
func TestMautrixShows(t *testing.T) {
	withMautrix(t, func(t *testing.T, p *mautrixPeer) {
		p.ours.do(p.ours.Scan(p.ours.only().ID, p.qr.Bytes()))
		p.run()
		if !p.scanned {
			t.Fatal("mautrix was not scanned")
		}
		p.ours.is(v.Confirmed)
		p.no(p.helper.ConfirmQRCodeScanned(t.Context(), p.ready[0]))
		p.run()
		p.bothDone()
	})
}

// TestMautrixScans: mautrix scans the code that we show.
func TestMautrixScans(t *testing.T) {
	withMautrix(t, func(t *testing.T, p *mautrixPeer) {
		now := p.ours.only()
		p.no(p.helper.HandleScannedQRData(t.Context(), now.QR))
		p.run()
		p.ours.is(v.Scanned)
		p.ours.do(p.ours.Confirm(now.ID))
		p.run()
		p.bothDone()
	})
}

// TestMautrixMismatch: keys that are not those that mautrix has end it.
func TestMautrixMismatch(t *testing.T) {
	withMautrix(t, func(t *testing.T, p *mautrixPeer) {
		code := slices.Clone(p.ours.only().QR)
		code[len(code)-20] ^= 1 // in the second key
		if err := p.helper.HandleScannedQRData(t.Context(), code); err == nil {
			t.Error("mautrix takes another key")
		}
		p.run()
		p.ours.cancelled(v.CodeKeyMismatch, false)
	})
}

// TestMautrixCancels, and we do.
func TestMautrixCancels(t *testing.T) {
	withMautrix(t, func(t *testing.T, p *mautrixPeer) {
		p.no(p.helper.CancelVerification(t.Context(), p.ready[0], event.VerificationCancelCodeUser, "no"))
		p.run()
		p.ours.cancelled(v.CodeUser, false)
	})
	withMautrix(t, func(t *testing.T, p *mautrixPeer) {
		p.ours.do(p.ours.StartSAS(p.ours.only().ID))
		p.run()
		p.ours.do(p.ours.Mismatch(p.ours.only().ID))
		p.run()
		p.ours.cancelled(v.CodeMismatchedSAS, true)
		if p.cancelled != event.VerificationCancelCodeSASMismatch {
			t.Errorf("mautrix was cancelled with %q", p.cancelled)
		}
	})
}
