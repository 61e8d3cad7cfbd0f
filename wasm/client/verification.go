package client

import (
	"context"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	"github.com/alcove-chat/alcove/wasm/verification"
	"github.com/alcove-chat/alcove/wasm/view"
)

// Verifications implements api.Client.
func (c *Client) Verifications(context.Context) (api.Stream[api.ListUpdate[api.Verification]], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	return a.verifications.Subscribe(view.Window{}), nil
}

// StartVerification implements api.Client.
func (c *Client) StartVerification(ctx context.Context, p api.StartVerificationParams) (api.VerificationRef, error) {
	_, v, err := c.verifying()
	if err != nil {
		return api.VerificationRef{}, err
	}
	if err := v.awaitOwn(ctx); err != nil {
		return api.VerificationRef{}, err
	}
	if p.UserID == "" || p.UserID == v.own.User {
		return v.askOwn(ctx, p.DeviceID, methodsOf(p.Scanner))
	}
	room, err := c.directRoom(ctx, p.UserID)
	if err != nil {
		return api.VerificationRef{}, err
	}
	return v.ask(ctx, p.UserID, func(r *verification.Requests) (verification.ID, verification.Step, error) {
		return r.AskInRoom(p.UserID, room, methodsOf(p.Scanner))
	})
}

// awaitOwn returns once others can know this device: whoever hears of it before
// that takes it for none.
func (v *verifier) awaitOwn(ctx context.Context) error {
	return v.account.untilHeard(ctx, func() (bool, error) { return v.machine.Uploaded(), nil })
}

// askOwn asks one of our own devices, or all of them.
func (v *verifier) askOwn(ctx context.Context, device event.DeviceID, can verification.Methods) (api.VerificationRef, error) {
	v.awaitDevices(ctx, v.own.User)
	known, _, err := v.machine.Begin().Devices(ctx, v.own.User)
	if err != nil {
		return api.VerificationRef{}, err
	}
	var devices []event.DeviceID
	for _, d := range known {
		if device == "" || d.ID == device {
			devices = append(devices, d.ID)
		}
	}
	return v.ask(ctx, v.own.User, func(r *verification.Requests) (verification.ID, verification.Step, error) {
		return r.AskDevices(v.own.User, devices, can)
	})
}

func (v *verifier) ask(ctx context.Context, user event.UserID, ask func(*verification.Requests) (verification.ID, verification.Step, error)) (api.VerificationRef, error) {
	var id verification.ID
	err := v.do(ctx, user, func(r *verification.Requests) (step verification.Step, err error) {
		id, step, err = ask(r)
		return step, err
	})
	return api.VerificationRef{ID: string(id)}, err
}

func methodsOf(scanner bool) verification.Methods {
	if scanner {
		return verification.AllMethods
	}
	return verification.SAS | verification.ShowQR
}

// Verify implements api.Client.
func (c *Client) Verify(ctx context.Context, p api.VerifyParams) error {
	_, v, err := c.verifying()
	if err != nil {
		return err
	}
	if err := v.awaitOwn(ctx); err != nil {
		return err
	}
	id := verification.ID(p.ID)
	do := map[api.VerifyStep]func(*verification.Requests) (verification.Step, error){
		api.VerifyAccept: func(r *verification.Requests) (verification.Step, error) { return r.Accept(id, methodsOf(p.Scanner)) },
		api.VerifyEmoji:  func(r *verification.Requests) (verification.Step, error) { return r.StartSAS(id) },
		api.VerifyScan: func(r *verification.Requests) (verification.Step, error) {
			code, err := unpadded.Decode(strings.TrimRight(p.Code, "="))
			if err != nil {
				return verification.Step{}, verification.ErrCode
			}
			return r.Scan(id, code)
		},
		api.VerifyMatch:    func(r *verification.Requests) (verification.Step, error) { return r.Confirm(id) },
		api.VerifyMismatch: func(r *verification.Requests) (verification.Step, error) { return r.Mismatch(id) },
		api.VerifyCancel:   func(r *verification.Requests) (verification.Step, error) { return r.Cancel(id) },
	}[p.Step]
	if do == nil {
		return errBadParams
	}
	return v.step(ctx, id, do)
}

// directRoom returns a room to talk to a user in, and makes one where there is
// none.
func (c *Client) directRoom(ctx context.Context, user event.UserID) (event.RoomID, error) {
	a, err := c.inhabited()
	if err != nil {
		return "", err
	}
	rooms := slices.DeleteFunc(a.ledger.Rooms(), func(r *table.Room) bool { return r.Direct != user || r.Membership != event.Join })
	order.Sort(rooms, compareDirect)
	for _, room := range rooms {
		state, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomMember, Key: string(user)})
		if err != nil {
			return "", err
		}
		if m := event.ReadMembership(state[0].Get("content")); m == event.Join || m == event.Invite {
			return room.ID, nil
		}
	}
	ref, err := c.CreateRoom(ctx, api.CreateRoomParams{
		Preset: "trusted_private_chat", Direct: true, Encrypted: true, Invite: []event.UserID{user},
	})
	return ref.RoomID, err
}

// compareDirect puts rooms first where the other side is, then those that are
// encrypted, then those in use.
func compareDirect(a, b *table.Room) int {
	rank := func(r *table.Room) (n int64) {
		if r.Joined > 1 {
			n += 2
		}
		if r.Encrypted {
			n++
		}
		return n
	}
	if rank(a) != rank(b) {
		return int(rank(b) - rank(a))
	}
	return int(max(-1, min(1, b.Recency-a.Recency)))
}

// shown is a verification as pages see it.
func (v *verifier) shown(one *verification.Verification) api.Verification {
	out := api.Verification{
		Key: string(one.ID), ID: string(one.ID), Phase: phaseOf(one), UserID: one.User, DeviceID: one.Device, RoomID: one.Room,
		Own: one.User == v.own.User, Incoming: one.Incoming, Emoji: one.Emoji, Decimals: one.Decimals,
		Reason: string(one.Code), ByUs: one.Ours,
	}
	if one.Phase == verification.Ready {
		out.CanEmoji, out.CanScan = one.Methods.Has(verification.SAS), one.Methods.Has(verification.ScanQR)
		out.QR = unpadded.Encode(one.QR)
	}
	return out
}

func phaseOf(one *verification.Verification) api.VerificationPhase {
	switch one.Phase {
	case verification.Requested:
		if one.Incoming {
			return api.VerificationAsking
		}
		return api.VerificationAsked
	case verification.Ready:
		return api.VerificationReady
	case verification.Comparing:
		return api.VerificationCompare
	case verification.Scanned:
		return api.VerificationScanned
	case verification.Done:
		return api.VerificationDone
	case verification.Cancelled:
		return api.VerificationCancelled
	}
	return api.VerificationWaiting
}

func verificationKey(v *api.Verification) string { return v.Key }

func sameVerification(a, b *api.Verification) bool {
	return a.ID == b.ID && a.Phase == b.Phase && a.UserID == b.UserID && a.DeviceID == b.DeviceID && a.RoomID == b.RoomID &&
		a.Own == b.Own && a.Incoming == b.Incoming && slices.Equal(a.Emoji, b.Emoji) && slices.Equal(a.Decimals, b.Decimals) &&
		a.CanEmoji == b.CanEmoji && a.CanScan == b.CanScan && a.QR == b.QR && a.Reason == b.Reason && a.ByUs == b.ByUs
}
