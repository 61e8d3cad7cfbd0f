package mautrixpeer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

func (d *device) CreateRoom(ctx context.Context, invite ...string) (string, error) {
	req := &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", InitialState: []*event.Event{{Type: event.StateEncryption,
		Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}}}
	for _, user := range invite {
		req.Invite = append(req.Invite, id.UserID(user))
	}
	made, err := d.client.CreateRoom(ctx, req)
	if err != nil {
		return "", err
	}
	return made.RoomID.String(), d.encrypted(ctx, made.RoomID)
}

func (d *device) Join(ctx context.Context, room string) error {
	if _, err := d.client.JoinRoomByID(ctx, id.RoomID(room)); err != nil {
		return err
	}
	return d.encrypted(ctx, id.RoomID(room))
}

var errHistory = fmt.Errorf("hand on keys with an invite: %w", peer.ErrCannot)

func (d *device) Invite(context.Context, string, string) error { return errHistory }
func (d *device) Follow(context.Context, string) error         { return errHistory }

// encrypted waits until the device knows the room, itself in it, and that it is
// encrypted.
func (d *device) encrypted(ctx context.Context, room id.RoomID) error {
	return d.until(ctx, "the room", func() (bool, error) {
		yes, err := d.client.StateStore.IsEncrypted(ctx, room)
		return yes && d.client.StateStore.IsInRoom(ctx, room, d.client.UserID), err
	})
}

func (d *device) Send(ctx context.Context, room, text string) (string, error) {
	if err := d.encrypted(ctx, id.RoomID(room)); err != nil {
		return "", err
	}
	sent, err := d.client.SendText(ctx, id.RoomID(room), text)
	if err != nil {
		return "", err
	}
	return sent.EventID.String(), nil
}

func (d *device) Rotate(ctx context.Context, room string) error {
	return d.machine.CryptoStore.RemoveOutboundGroupSession(ctx, id.RoomID(room))
}

// held is an encrypted event, and what is in it, once that is known.
type held struct {
	raw   *event.Event
	plain *event.Event
	why   error // not decrypted yet
}

// hold decrypts an event, and lets what was in it take its way; else it waits.
func (d *device) hold(ctx context.Context, e *event.Event) {
	h := &held{raw: e}
	d.mu.Lock()
	d.events[e.ID.String()] = h
	d.mu.Unlock()
	d.open(ctx, h)
}

func (d *device) open(ctx context.Context, h *held) {
	plain, err := d.machine.DecryptMegolmEvent(ctx, h.raw)
	d.mu.Lock()
	h.plain, h.why = plain, err
	d.changed()
	d.mu.Unlock()
	if err == nil {
		d.syncer.Dispatch(ctx, plain)
	}
}

// retry tries all that could not be decrypted again.
func (d *device) retry() {
	d.mu.Lock()
	var closed []*held
	for _, h := range d.events {
		if h.plain == nil {
			closed = append(closed, h)
		}
	}
	d.mu.Unlock()
	for _, h := range closed {
		d.open(context.Background(), h)
	}
}

func (d *device) Read(ctx context.Context, room, name string) (m peer.Message, err error) {
	if err := d.fetch(ctx, id.RoomID(room), name); err != nil {
		return m, err
	}
	var h *held
	err = d.until(ctx, "a message", func() (bool, error) {
		h = d.events[name]
		return h.plain != nil, nil
	})
	if err != nil && h != nil {
		return m, errors.Join(err, h.why)
	}
	if err != nil {
		return m, err
	}
	text := h.plain.Content.AsMessage()
	return peer.Message{Sender: h.plain.Sender.String(), Body: text.Body, Trust: trusted(h.plain.Mautrix.TrustState)}, nil
}

// fetch gets an event that no sync brings in a moment: one of before.
func (d *device) fetch(ctx context.Context, room id.RoomID, name string) error {
	wait, done := context.WithTimeout(ctx, 100*time.Millisecond)
	defer done()
	err := d.until(wait, "an event", func() (bool, error) { return d.events[name] != nil, nil })
	if err == nil {
		return nil
	}
	e, err := d.client.GetEvent(ctx, room, id.EventID(name))
	if err != nil {
		return err
	}
	e.RoomID, e.Type.Class = room, event.MessageEventType
	if err := e.Content.ParseRaw(e.Type); err != nil && !errors.Is(err, event.ErrContentAlreadyParsed) {
		return err
	}
	d.hold(ctx, e)
	return nil
}

// encryption is what mautrix's client asks for encryption.
type encryption device

func (e *encryption) Init(context.Context) error { return nil }

func (e *encryption) Encrypt(ctx context.Context, room id.RoomID, kind event.Type, content any) (*event.EncryptedEventContent, error) {
	out, err := e.machine.EncryptMegolmEvent(ctx, room, kind, content)
	if !slices.ContainsFunc([]error{crypto.ErrSessionExpired, crypto.ErrSessionNotShared, crypto.ErrNoGroupSession},
		func(known error) bool { return errors.Is(err, known) }) {
		return out, err
	}
	members, err := e.client.StateStore.GetRoomJoinedOrInvitedMembers(ctx, room)
	if err != nil {
		return nil, err
	}
	if err := e.machine.ShareGroupSession(ctx, room, members); err != nil {
		return nil, err
	}
	return e.machine.EncryptMegolmEvent(ctx, room, kind, content)
}

func (e *encryption) Decrypt(ctx context.Context, raw *event.Event) (*event.Event, error) {
	return e.machine.DecryptMegolmEvent(ctx, raw)
}

func (e *encryption) WaitForSession(ctx context.Context, room id.RoomID, key id.SenderKey, session id.SessionID, wait time.Duration) bool {
	return e.machine.WaitForSession(ctx, room, key, session, wait)
}

// RequestSession is for clients that ask others for keys.
func (e *encryption) RequestSession(context.Context, id.RoomID, id.SenderKey, id.SessionID, id.UserID, id.DeviceID) {
}
