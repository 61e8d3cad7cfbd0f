package e2ee

import (
	"context"
	"maps"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// claimDevices is how many one-time keys are asked for at once.
	claimDevices = 200
	// claimPause is how long a device that had no key is left alone.
	claimPause = 15 * time.Minute
)

// deviceName names a device.
type deviceName struct {
	user   event.UserID
	device event.DeviceID
}

// claims are the devices that a session is to begin with. They are not stored:
// whoever needs a session asks again. What it points to is replaced, not changed.
type claims struct {
	// wished says of each whether it is to hear of the session at once.
	wished map[deviceName]bool
	// failed is when a device had no key, in milliseconds since 1970.
	failed map[deviceName]int64
}

func (w *Work) wish(user event.UserID, device event.DeviceID, greet bool) {
	w.claims.wished = clone(w.claims.wished)
	name := deviceName{user, device}
	w.claims.wished[name] = w.claims.wished[name] || greet
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// hope has a user's devices asked again that had no key: something changed.
func (w *Work) hope(user event.UserID) {
	w.claims.failed = clone(w.claims.failed)
	maps.DeleteFunc(w.claims.failed, func(name deviceName, _ int64) bool { return name.user == user })
}

// reach wishes for sessions with those devices that there is none with.
// unreachable had no key lately.
func (w *Work) reach(ctx context.Context, devices []target) (waiting, unreachable []target, err error) {
	for _, d := range devices {
		w.peers.want(Curve(d.device.Curve))
	}
	if err := w.fetch(ctx); err != nil {
		return nil, nil, err
	}
	for _, d := range devices {
		if p, _ := w.peers.get(Curve(d.device.Curve)); p != nil && len(p.Sessions) > 0 {
			continue
		}
		failed, known := w.claims.failed[deviceName{d.user, d.device.ID}]
		if known && w.m.Now().UnixMilli()-failed < claimPause.Milliseconds() {
			unreachable = append(unreachable, d)
			continue
		}
		w.wish(d.user, d.device.ID, false)
		waiting = append(waiting, d)
	}
	return waiting, unreachable, nil
}

func (k *kept) claim() *Request {
	if len(k.claims.wished) == 0 {
		return nil
	}
	r := &Request{Kind: ClaimKeys, Method: "POST", Path: []string{"keys", "claim"}}
	byUser := map[event.UserID]*scan.Builder{}
	for name := range k.claims.wished {
		if len(r.devices) == claimDevices {
			break
		}
		if byUser[name.user] == nil {
			byUser[name.user] = &scan.Builder{}
		}
		byUser[name.user].Text(string(name.device), signedCurve)
		r.devices = append(r.devices, name)
	}
	var all, b scan.Builder
	for user, list := range byUser {
		all.Raw(string(user), list.Done())
	}
	r.Body = b.Raw("one_time_keys", all.Done()).Done()
	return r
}

// claimed begins sessions with the devices whose keys came.
func (w *Work) claimed(ctx context.Context, r *Request, body scan.Value) error {
	for _, name := range r.devices {
		w.users.want(name.user)
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for _, name := range r.devices {
		if d := w.known(name); d != nil {
			w.peers.want(Curve(d.Curve))
		}
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	var greet []target
	failed, wished := clone(w.claims.failed), clone(w.claims.wished)
	for _, name := range r.devices {
		d := w.known(name)
		switch {
		case d == nil || !w.beginOutbound(name, d, body.Path("one_time_keys", string(name.user), string(name.device))):
			failed[name] = w.m.Now().UnixMilli()
		case wished[name]:
			greet = append(greet, target{name.user, *d})
			fallthrough
		default:
			delete(failed, name)
		}
		delete(wished, name)
	}
	w.claims = claims{wished, failed}
	if err := w.greet(greet); err != nil {
		return err
	}
	return w.answerRequests(ctx)
}

// known returns a device of a user that was fetched, or nil.
func (w *Work) known(name deviceName) *table.Device {
	user, _ := w.users.get(name.user)
	return user.Device(name.device)
}

// beginOutbound begins a session with a device by a key that the device signed.
func (w *Work) beginOutbound(name deviceName, d *table.Device, keys scan.Value) bool {
	for _, object := range keys.Members() {
		var key table.Key32
		if !readKey(object.Get("key"), &key) || !signedBy(object, name.user, "ed25519:"+string(name.device), d.Ed25519) {
			continue
		}
		s, err := olm.NewOutbound(w.own.olm, Curve(d.Curve), Curve(key), w.m.Random)
		if err != nil {
			return false
		}
		w.keepSession(Curve(d.Curve), -1, s)
		return true
	}
	return false
}

// greet sends devices something to open, so that they answer in the new session.
func (w *Work) greet(devices []target) error {
	var letters []letter
	for _, to := range devices {
		if l, err := w.seal(to, "m.dummy", scan.Value("{}")); err == nil {
			letters = append(letters, l)
		}
	}
	return w.post(event.RoomEncrypted, "", letters)
}
