package e2ee

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// The user's own devices send each other keys that one of them is missing (spec:
// key requests). Only those that the user verified ask or are asked, and nobody
// believes what was not asked for.

const (
	keyRequest   = "m.room_key_request"
	forwardedKey = "m.forwarded_room_key"
	// maxAsked bounds the sessions that are asked for at once, maxAsking the
	// requests of others that wait for an answer.
	maxAsked  = 100
	maxAsking = 100
	// askAgain is when a request that nobody answered may be made anew.
	askAgain = 24 * time.Hour
)

// AskKeys asks the user's other verified devices for sessions. The syncer does
// that where neither the sender nor the backup came up with them.
func (w *Work) AskKeys(ctx context.Context, names ...SessionName) error {
	w.users.want(w.m.user)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	devices := w.verifiedOthers()
	asked := 0
	for _, one := range w.waiting.bySession {
		if w.isAsked(one) {
			asked++
		}
	}
	for _, n := range names {
		known := w.waiting.bySession[n]
		if len(devices) == 0 || asked >= maxAsked || !validName(n) || known != nil && w.isAsked(known) {
			continue
		}
		asked++
		if err := w.ask(n, devices); err != nil {
			return err
		}
	}
	return nil
}

// isAsked reports whether other devices were asked lately.
func (w *Work) isAsked(one *table.WaitingEvents) bool {
	return one.Request != "" && w.m.Now().UnixMilli()-one.Asked < askAgain.Milliseconds()
}

func (w *Work) ask(n SessionName, devices []table.Device) error {
	id, err := w.newTxn()
	if err != nil {
		return err
	}
	one := w.waiting.change(n)
	one.Request, one.Asked = string(id), w.m.Now().UnixMilli()
	if one.Since == 0 {
		one.Since = one.Asked
	}
	w.boundWaiting()
	var about scan.Builder
	about.Text("algorithm", megolmAlgorithm).Text("room_id", string(n.Room)).Text("session_id", n.Session)
	return w.request("request", one.Request, about.Done(), devices)
}

// request tells devices of a request, or that it is over.
func (w *Work) request(action, id string, body scan.Value, devices []table.Device) error {
	var b scan.Builder
	b.Text("action", action).Text("requesting_device_id", string(w.m.device)).Text("request_id", id)
	if body != nil {
		b.Raw("body", body)
	}
	content := b.Done()
	var letters []letter
	for _, d := range devices {
		letters = append(letters, letter{w.m.user, d.ID, content})
	}
	return w.post(keyRequest, "", letters)
}

// verifiedOthers returns the user's other devices that the user verified. The
// user must have been fetched.
func (w *Work) verifiedOthers() (all []table.Device) {
	known, there := w.users.get(w.m.user)
	if !there {
		return nil
	}
	for _, d := range known.Devices {
		if w.isVerifiedOther(&d) {
			all = append(all, d)
		}
	}
	return all
}

func (w *Work) isVerifiedOther(d *table.Device) bool {
	return d != nil && d.ID != w.m.device && w.trust(w.m.user, d) >= TrustVerified
}

// cancelAnswered tells the devices that were asked for what came that it did.
func (w *Work) cancelAnswered() error {
	for n := range w.news.Keys {
		one := w.waiting.bySession[n]
		if one == nil || one.Request == "" {
			continue
		}
		id := one.Request
		w.waiting.change(n).Request = ""
		w.waiting.tidy(n)
		if err := w.request("request_cancellation", id, nil, w.verifiedOthers()); err != nil {
			return err
		}
	}
	return nil
}

// takeForwardedKey takes a key that this device asked for.
func (w *Work) takeForwardedKey(ctx context.Context, o *opened) error {
	k, ok := readExported(o.content, table.KeyForwarded)
	asked := w.waiting.bySession[k.name]
	if !ok || o.sender != w.m.user || !w.isVerifiedOther(o.device) || asked == nil || asked.Request == "" {
		return nil
	}
	readKey(o.content.Get("sender_claimed_ed25519_key"), &k.about.Ed25519)
	w.arrived = append(w.arrived, k)
	return nil
}
