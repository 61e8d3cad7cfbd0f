package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// asking is a request of another device.
type asking struct {
	device event.DeviceID
	id     string
	name   SessionName
}

// takeKeyRequest takes a request, or that it is over.
func (w *Work) takeKeyRequest(ctx context.Context, sender event.UserID, content scan.Value) error {
	a := asking{device: event.DeviceID(content.Get("requesting_device_id").Text()), id: content.Get("request_id").Text()}
	if sender != w.m.user || a.device == w.m.device || a.device == "" {
		return nil
	}
	var others []asking
	for _, one := range w.asking {
		if one.device != a.device || one.id != a.id {
			others = append(others, one)
		}
	}
	w.asking = others
	body := content.Get("body")
	a.name = nameIn(body)
	if content.Get("action").Text() == "request" && body.Get("algorithm").Text() == megolmAlgorithm && validName(a.name) && len(others) < maxAsking {
		w.asking = append(others, a)
	}
	return nil
}

// answerRequests sends what other devices ask for and may have, where it is there
// and they can be reached. Who cannot yet is answered once there is a session.
func (w *Work) answerRequests(ctx context.Context) error {
	if len(w.asking) == 0 {
		return nil
	}
	w.users.want(w.m.user)
	for _, a := range w.asking {
		w.inbound.want(a.name)
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	var later []asking
	var letters []letter
	for _, a := range w.asking {
		l, wait, err := w.answer(ctx, a)
		if err != nil {
			return err
		}
		if wait {
			later = append(later, a)
		}
		letters = append(letters, l...)
	}
	w.asking = later
	return w.post(event.RoomEncrypted, "", letters)
}

// answer returns a letter, or that there may be one later.
func (w *Work) answer(ctx context.Context, a asking) (letters []letter, wait bool, err error) {
	known, _ := w.users.get(w.m.user)
	d := known.Device(a.device)
	s, there := w.inbound.get(a.name)
	if !w.isVerifiedOther(d) || !there || s.Record == nil {
		return nil, false, nil
	}
	to := target{w.m.user, *d}
	waiting, unreachable, err := w.reach(ctx, []target{to})
	if err != nil || len(waiting)+len(unreachable) > 0 {
		return nil, len(waiting) > 0, err
	}
	content, err := forwardable(a.name, s)
	if err != nil {
		return nil, false, nil // garbled: as good as none
	}
	l, err := w.seal(to, forwardedKey, content)
	if err != nil {
		return nil, false, unlessUnreachable(err)
	}
	return []letter{l}, false, nil
}

// forwardable is the content of m.forwarded_room_key.
func forwardable(n SessionName, s *table.InboundSession) (scan.Value, error) {
	b, err := beginExported(s)
	if err != nil {
		return nil, err
	}
	b.Text("room_id", string(n.Room)).Text("session_id", n.Session)
	return b.Text("sender_claimed_ed25519_key", unpadded.Encode(s.Ed25519[:])).Done(), nil
}
