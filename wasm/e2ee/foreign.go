package e2ee

import (
	"context"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// verificationPrefix begins the types of messages that are wasm/verification's.
const verificationPrefix = "m.key.verification."

// Message is a message to this device that others have to act on.
type Message struct {
	Type   string
	Sender event.UserID
	// Device is where it came from if encryption proves that, else "".
	Device  event.DeviceID
	Content scan.Value
}

// announce makes a message known that is not the machine's own.
func (w *Work) announce(m Message) {
	if strings.HasPrefix(m.Type, verificationPrefix) {
		m.Content = m.Content.Clone()
		w.news.Messages = append(w.news.Messages, m)
	}
}

// proven returns the device that an Olm message came from, if it is one that its
// user is known to have: who signs a device's keys for itself gives it any name.
func (w *Work) proven(o *opened) event.DeviceID {
	known, _ := w.users.get(o.sender)
	if d := known.Of(table.Key32(o.curve)); d != nil && d.Ed25519 == o.ed25519 {
		return d.ID
	}
	return ""
}

// Tell puts a message on its way to devices of a user, as it is; the device "*"
// is all of them.
func (w *Work) Tell(kind string, user event.UserID, devices []event.DeviceID, content scan.Value) error {
	letters := make([]letter, len(devices))
	for i, device := range devices {
		letters[i] = letter{user, device, content}
	}
	return w.post(kind, "", letters)
}

// Telling reports whether messages are on their way to devices.
func (m *Machine) Telling() bool { return len(m.present().messages) > 0 }

// AskAnew has the server asked for users' devices, whatever is known of them: of
// whom no room is shared with, it tells no changes.
func (w *Work) AskAnew(users ...event.UserID) {
	for _, user := range users {
		w.outdate(user)
	}
}

// Current reports whether users' devices are known as they are now. Where they
// are not, the server is asked.
func (w *Work) Current(ctx context.Context, users ...event.UserID) (bool, error) {
	w.users.want(users...)
	if err := w.fetch(ctx); err != nil {
		return false, err
	}
	return len(w.track(users)) == 0, nil
}
