package e2ee

import (
	"context"
	"io"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const (
	secretRequestType = "m.secret.request"
	// maxSecretRequests bounds what own devices are remembered to ask for.
	maxSecretRequests = 64
)

// AskSecrets asks our user's verified devices for the secrets that this one does
// not have (spec: secrets, sharing). To ask again is to ask for the same.
func (w *Work) AskSecrets(ctx context.Context) error {
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	devices := w.verifiedDevices()
	for _, name := range secretNames {
		if len(devices) == 0 || w.secret(name) != "" {
			continue
		}
		r, err := w.secretRequest(name)
		if err != nil {
			return err
		}
		w.tell(devices, w.requestOf(r, "request"))
	}
	return nil
}

// secretRequest returns the request for a secret that there is, or a new one.
func (w *Work) secretRequest(name string) (table.SecretRequest, error) {
	for _, r := range w.secrets.Asked {
		if r.Name == name {
			return r, nil
		}
	}
	var id [16]byte
	if _, err := io.ReadFull(w.m.Random, id[:]); err != nil {
		return table.SecretRequest{}, err
	}
	r := table.SecretRequest{ID: unpadded.EncodeURL(id[:]), Name: name}
	s := w.changeSecrets()
	s.Asked = append(s.Asked, r)
	return r, nil
}

// verifiedDevices are our user's other devices that may have secrets.
func (w *Work) verifiedDevices() (all []event.DeviceID) {
	for _, d := range w.me().Devices {
		if d.ID != w.m.device && w.trust(w.m.user, &d) == TrustVerified {
			all = append(all, d.ID)
		}
	}
	return all
}

func (w *Work) requestOf(r table.SecretRequest, action string) scan.Value {
	var b scan.Builder
	b.Text("action", action).Text("requesting_device_id", string(w.m.device)).Text("request_id", r.ID)
	if action == "request" {
		b.Text("name", r.Name)
	}
	return b.Done()
}

// tell sends a request, which is no secret, to own devices.
func (w *Work) tell(devices []event.DeviceID, content scan.Value) {
	var letters []letter
	for _, d := range devices {
		letters = append(letters, letter{w.m.user, d, content})
	}
	w.post(secretRequestType, "", letters)
}

// takeSecretRequest notes what a device of our user asks for. Whether it may have
// it is judged when it is answered: it may ask before this side of a verification
// is through. What the request says is not believed, but it names who gets the
// answer.
func (w *Work) takeSecretRequest(ctx context.Context, sender event.UserID, content scan.Value) error {
	r := table.SecretRequest{
		ID: content.Get("request_id").Text(), Name: content.Get("name").Text(),
		Device: event.DeviceID(content.Get("requesting_device_id").Text()),
	}
	if sender != w.m.user || r.ID == "" || len(r.ID) > 255 || r.Device == "" || r.Device == w.m.device {
		return nil
	}
	same := func(one table.SecretRequest) bool { return one.Device == r.Device && one.ID == r.ID }
	switch action := content.Get("action").Text(); {
	case action == "request_cancellation":
		if slices.ContainsFunc(w.secrets.Asking, same) {
			s := w.changeSecrets()
			s.Asking = allBut(s.Asking, same)
		}
		return nil
	case action != "request" || !slices.Contains(secretNames, r.Name) || slices.ContainsFunc(w.secrets.Asking, same):
		return nil
	}
	if err := w.fetchMe(ctx); err != nil || w.me().Device(r.Device) == nil {
		return err
	}
	s := w.changeSecrets()
	s.Asking = append(s.Asking, r)
	if extra := len(s.Asking) - maxSecretRequests; extra > 0 {
		s.Asking = slices.Delete(s.Asking, 0, extra)
	}
	return w.answerSecrets(ctx)
}

// answerSecrets sends secrets to verified devices of our user that asked and can
// be reached. The others keep waiting.
func (w *Work) answerSecrets(ctx context.Context) error {
	if len(w.secrets.Asking) == 0 {
		return nil
	}
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	var may []target
	for _, r := range w.secrets.Asking {
		if d := w.me().Device(r.Device); w.trust(w.m.user, d) == TrustVerified && w.secret(r.Name) != "" {
			may = append(may, target{w.m.user, *d})
		}
	}
	if len(may) == 0 {
		return nil
	}
	waiting, unreachable, err := w.reach(ctx, may)
	if err != nil {
		return err
	}
	away := append(waiting, unreachable...)
	for _, to := range may {
		if !slices.ContainsFunc(away, func(t target) bool { return t.device.ID == to.device.ID }) {
			w.sendSecrets(to)
		}
	}
	return nil
}

// sendSecrets sends a device what it asked for.
func (w *Work) sendSecrets(to target) {
	var letters []letter
	for _, r := range w.secrets.Asking {
		secret := w.secret(r.Name)
		if r.Device != to.device.ID || secret == "" {
			continue
		}
		var content scan.Builder
		l, err := w.seal(to, "m.secret.send", content.Text("request_id", r.ID).Text("secret", secret).Done())
		if err != nil {
			return
		}
		letters = append(letters, l)
		s := w.changeSecrets()
		s.Asking = allBut(s.Asking, func(one table.SecretRequest) bool { return one == r })
	}
	// One message a request: a device has one place in each.
	for _, l := range letters {
		w.post(event.RoomEncrypted, "", []letter{l})
	}
}

// takeSecret takes the answer to a request of ours, from a verified device of our
// user. What nobody asked for is not believed (FEATURES B-36).
func (w *Work) takeSecret(ctx context.Context, o *opened) error {
	if o.sender != w.m.user || o.device == nil {
		return nil
	}
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	id := o.content.Get("request_id").Text()
	i := slices.IndexFunc(w.secrets.Asked, func(r table.SecretRequest) bool { return r.ID == id })
	if i < 0 || w.trust(w.m.user, o.device) != TrustVerified {
		return nil
	}
	r := w.secrets.Asked[i]
	if !w.acceptSecret(r.Name, o.content.Get("secret").Text()) {
		return nil
	}
	s := w.changeSecrets()
	s.Asked = slices.Delete(s.Asked, i, i+1)
	others := allBut(w.verifiedDevices(), func(d event.DeviceID) bool { return d == o.device.ID })
	w.tell(others, w.requestOf(r, "request_cancellation"))
	return w.tookSecrets(ctx)
}
