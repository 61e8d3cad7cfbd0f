package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Failure says why an event was not decrypted. They are codes for the API: new
// ones are added, none is used again for something else.
type Failure string

// Failures.
const (
	// KeyMissing: the session is not known; its key may yet come.
	KeyMissing Failure = "key.missing"
	// KeyWithheld: its sender said why this device does not get it.
	KeyWithheld Failure = "key.withheld"
	// KeyLater: what is known of the session begins after the event.
	KeyLater Failure = "key.later"
	// KeyWrong: the session's maker signed the event, but the key that is known
	// is not the one it was encrypted with.
	KeyWrong Failure = "key.wrong"
	// EventReplayed: another event was the same message.
	EventReplayed Failure = "event.replayed"
	// EventForged: the session's maker did not sign it.
	EventForged Failure = "event.forged"
	// EventRoom: it was written for another room.
	EventRoom Failure = "event.room"
	// EventSender: the session is not its sender's.
	EventSender Failure = "event.sender"
	// EventMalformed: it is no encrypted event, or holds none that may be.
	EventMalformed Failure = "event.malformed"
	// EventAlgorithm: it is encrypted in a way that is not known.
	EventAlgorithm Failure = "event.algorithm"
)

// Waits reports whether more of the key would help, or more of whose it is.
func (f Failure) Waits() bool {
	return f == KeyMissing || f == KeyWithheld || f == KeyLater || f == KeyWrong || f == EventSender
}

// Warning says what is not certain about who wrote an event that was decrypted.
// They are codes for the API, as Failures are.
type Warning string

// Warnings, the worst first.
const (
	// UserChanged: the sender has another identity than our user knew.
	UserChanged Warning = "user.changed"
	// DeviceBlocked: our user blocked the device.
	DeviceBlocked Warning = "device.blocked"
	// MessageCopied: somebody else sent the same message, and it is not known who
	// wrote it.
	MessageCopied Warning = "message.copied"
	// KeyUnproven: the key came from a backup, a file or another device, and only
	// they say whose it is.
	KeyUnproven Warning = "key.unproven"
	// DeviceUnknown: the sender has no such device, or has no more.
	DeviceUnknown Warning = "device.unknown"
	// DeviceUnsigned: the sender did not sign the device.
	DeviceUnsigned Warning = "device.unsigned"
)

// Verdict is what is to be told of an encrypted event.
type Verdict struct {
	// Failure is "" if the event was decrypted, Warning if nothing is uncertain.
	Failure Failure
	Warning Warning
	// Withheld is the code of why the key did not come, if its sender gave one.
	Withheld string

	Session string
	// Index is the message's in the session.
	Index  uint32
	Source table.KeySource
	// From is who handed the key on with an invite.
	From event.UserID
	// Curve is the key of the device that made the session, as the source has it;
	// Device is its id, if the sender has such a device.
	Curve  Curve
	Device event.DeviceID
	Trust  Trust
}

// judge returns whose a session is that an event of the sender was encrypted with.
// The sender and our own user must have been fetched.
func (w *Work) judge(n SessionName, s *table.InboundSession, sender event.UserID) Verdict {
	v := Verdict{Session: n.Session, Source: s.Source, From: s.From, Curve: Curve(s.Curve)}
	if s.Source == table.KeyOwn {
		v.Device, v.Trust = w.m.device, TrustVerified
		return v
	}
	known, _ := w.users.get(sender)
	d := known.Of(s.Curve)
	if d != nil && d.Ed25519 == s.Ed25519 {
		v.Device, v.Trust = d.ID, w.trust(sender, d)
	} else if d = nil; known == nil || !known.Known {
		w.track([]event.UserID{sender})
	}
	v.Warning = w.warn(s, sender, d, v.Trust)
	if v.Trust >= TrustSigned && s.Source.Proven() && !s.Vouched {
		w.vouch(n, s)
	}
	return v
}

func (w *Work) warn(s *table.InboundSession, sender event.UserID, d *table.Device, trust Trust) Warning {
	switch {
	case w.identityChanged(sender):
		return UserChanged
	case d != nil && trust == TrustBlocked:
		return DeviceBlocked
	case !s.Source.Proven():
		return KeyUnproven
	case d == nil && !s.Vouched:
		return DeviceUnknown
	case d != nil && trust < TrustSigned:
		return DeviceUnsigned
	}
	return ""
}

// vouch remembers that the sender's identity vouched for the device, for when it
// is gone.
func (w *Work) vouch(n SessionName, s *table.InboundSession) {
	next := *s
	next.Vouched = true
	if next.Record != nil {
		w.inbound.put(n, &next)
		return
	}
	name := makerName{n, s.Sender}
	claims, _ := w.makers.get(name)
	w.makers.put(name, claims.With(&next))
}

// Written is by whom an event was written that was decrypted before, and with
// which session.
type Written struct {
	SessionName
	Sender event.UserID
}

// Judge returns the verdicts on events that were decrypted before, by what is
// thought of their senders now. They have no Index.
func (w *Work) Judge(ctx context.Context, events []Written) ([]Verdict, error) {
	w.users.want(w.m.user)
	for _, e := range events {
		w.users.want(e.Sender)
		w.inbound.want(e.SessionName)
	}
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	for _, e := range events {
		if s, there := w.inbound.get(e.SessionName); there {
			w.wantMakers(e.SessionName, s, e.Sender)
		}
	}
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(events))
	for i, e := range events {
		s, there := w.inbound.get(e.SessionName)
		if there {
			s = w.madeBy(e.SessionName, s, e.Sender)
		}
		if s == nil {
			s = &table.InboundSession{Source: table.KeyFromHistory} // lost: nothing is proven any more
		}
		verdicts[i] = w.judge(e.SessionName, s, e.Sender)
	}
	return verdicts, nil
}
