package e2ee

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Write sends a message to all devices of a user, or says that it must be tried
// again once more is known of them.
func (w *Work) Write(ctx context.Context, user event.UserID, kind string, content scan.Value) (done bool, err error) {
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return false, err
	}
	if len(w.track([]event.UserID{user})) > 0 {
		return false, nil
	}
	known, _ := w.users.get(user)
	var all []target
	for _, d := range known.Devices {
		if user != w.m.user || d.ID != w.m.device {
			all = append(all, target{user, d})
		}
	}
	waiting, _, err := w.reach(ctx, all)
	if err != nil || len(waiting) > 0 {
		return false, err
	}
	var letters []letter
	for _, to := range all {
		l, err := w.seal(to, kind, content)
		if err != nil {
			return false, err
		}
		letters = append(letters, l)
	}
	return true, w.post(event.RoomEncrypted, "", letters)
}

// WritePayload is Write to one device with a payload of the test's making.
func (w *Work) WritePayload(ctx context.Context, user event.UserID, device event.DeviceID, change func(string) string) error {
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	to := target{user, *w.known(deviceName{user, device})}
	w.peers.want(Curve(to.device.Curve))
	if err := w.fetch(ctx); err != nil {
		return err
	}
	l, err := w.sealPayload(to, scan.Value(change(string(w.payload(to, "test", scan.Value(`{"text":"forged"}`))))))
	if err != nil {
		return err
	}
	return w.post(event.RoomEncrypted, "", []letter{l})
}

// Opened tells what came in an Olm message.
type Opened struct {
	Sender  event.UserID
	Device  event.DeviceID
	Kind    string
	Content string
}

// Opened returns what came in Olm messages that are not the machine's own.
func (w *Work) Opened() (all []Opened) {
	for _, o := range w.others {
		found := Opened{Sender: o.sender, Kind: o.kind, Content: string(o.content)}
		if o.device != nil {
			found.Device = o.device.ID
		}
		all = append(all, found)
	}
	return all
}

// OneTimeKeys returns how many keys the device has and did not upload.
func (m *Machine) OneTimeKeys() (uploaded, not int) {
	for _, k := range m.present().account.OneTime {
		if k.Uploaded {
			uploaded++
		} else {
			not++
		}
	}
	return uploaded, not
}

// FallbackKeys returns how many fallback keys the device keeps.
func (m *Machine) FallbackKeys() int { return len(m.present().account.Fallback) }

// Devices returns which devices a user is known to have.
func (m *Machine) Devices(t *testing.T, user event.UserID) (all []event.DeviceID) {
	w := m.Begin()
	w.users.want(user)
	if err := w.fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	known, _ := w.users.get(user)
	for _, d := range known.Devices {
		all = append(all, d.ID)
	}
	return all
}

// SignKeys returns the device's keys, changed and signed by it.
func (m *Machine) SignKeys(change func(string) string) scan.Value {
	own := m.present().own
	return own.sign(scan.Value(change(string(own.deviceKeys()))))
}
