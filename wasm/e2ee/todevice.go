package e2ee

import (
	"errors"
	"io"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// target is a device to send to.
type target struct {
	user   event.UserID
	device table.Device
}

// letter is a message to one device.
type letter struct {
	user    event.UserID
	device  event.DeviceID
	content scan.Value
}

// maxLetters is how many devices one request reaches.
const maxLetters = 100

var errNoSession = errors.New("e2ee: no session with the device")

// seal encrypts a message for a device, with the session that it last answered
// in. The device's sessions must have been fetched.
func (w *Work) seal(to target, kind string, content scan.Value) (letter, error) {
	return w.sealPayload(to, w.payload(to, kind, content))
}

func (w *Work) sealPayload(to target, payload scan.Value) (letter, error) {
	curve := Curve(to.device.Curve)
	p, _ := w.peers.get(curve)
	if p == nil || len(p.Sessions) == 0 {
		return letter{}, errNoSession
	}
	s, err := olm.Open(p.Sessions[0].Record)
	if err != nil {
		return letter{}, errNoSession
	}
	form, body, next, err := s.Encrypt(payload, w.m.Random)
	if errors.Is(err, olm.ErrKey) || errors.Is(err, olm.ErrExhausted) {
		// The other side saw to it that nothing can be sent; it must not keep what is
		// for others from being sent, too.
		w.changePeer(curve).Sessions = p.Sessions[1:]
		return letter{}, errNoSession
	}
	if err != nil {
		return letter{}, err
	}
	p = w.changePeer(curve)
	p.Sessions[0].Record = next.Record()
	var mine, all, b scan.Builder
	mine.Int("type", int64(form)).Text("body", body)
	all.Raw(curve.String(), mine.Done())
	b.Text("algorithm", olmAlgorithm).Text("sender_key", w.own.curve().String()).Raw("ciphertext", all.Done())
	return letter{to.user, to.device.ID, b.Done()}, nil
}

// payload is what is encrypted (spec: m.olm.v1.curve25519-aes-sha2).
func (w *Work) payload(to target, kind string, content scan.Value) scan.Value {
	var theirs, ours, b scan.Builder
	theirs.Text("ed25519", unpadded.Encode(to.device.Ed25519[:]))
	ours.Text("ed25519", w.own.ed25519())
	b.Text("type", kind).Raw("content", content)
	b.Text("sender", string(w.m.user)).Text("recipient", string(to.user))
	b.Raw("recipient_keys", theirs.Done()).Raw("keys", ours.Done())
	return b.Raw("sender_device_keys", w.signedOwn()).Done()
}

// signedOwn is this device's keys with the signatures that the server has, so
// that who gets them sees to whom it belongs (FEATURES B-32).
func (w *Work) signedOwn() scan.Value {
	if known, there := w.users.get(w.m.user); there {
		if d := known.Device(w.m.device); d != nil {
			return d.Keys
		}
	}
	return w.own.deviceKeys()
}

// post puts messages on their way, as few requests as may be. room is whose key
// they share, or "".
func (w *Work) post(kind string, room event.RoomID, letters []letter) error {
	for part := range slices.Chunk(letters, maxLetters) {
		txn, err := w.newTxn()
		if err != nil {
			return err
		}
		one := &table.ToDevice{Seq: w.nextSeq, Type: kind, TxnID: txn, Body: bodyOf(part), Room: room}
		w.nextSeq++
		w.messages = append(slices.Clip(w.messages), one)
		w.batch.Put(table.ToDevices, table.ToDeviceKey(one.Seq), one.Encode())
	}
	return nil
}

// newTxn returns a transaction id that no request of this device had before,
// whatever was forgotten since.
func (w *Work) newTxn() (event.TxnID, error) {
	var b [12]byte
	_, err := io.ReadFull(w.m.Random, b[:])
	return event.TxnID(unpadded.EncodeURL(b[:])), err
}

func bodyOf(letters []letter) scan.Value {
	byUser := map[event.UserID]*scan.Builder{}
	var order []event.UserID
	for _, l := range letters {
		if byUser[l.user] == nil {
			byUser[l.user] = &scan.Builder{}
			order = append(order, l.user)
		}
		byUser[l.user].Raw(string(l.device), l.content)
	}
	var all, b scan.Builder
	for _, user := range order {
		all.Raw(string(user), byUser[user].Done())
	}
	return b.Raw("messages", all.Done()).Done()
}

// sent takes out a message that the server has.
func (w *Work) sent(seq uint64) {
	w.messages = slices.DeleteFunc(slices.Clone(w.messages), func(m *table.ToDevice) bool { return m.Seq == seq })
	w.batch.Delete(table.ToDevices, table.ToDeviceKey(seq))
}

// Underway reports whether keys of a room are still on their way to devices.
func (m *Machine) Underway(room event.RoomID) bool { return m.Begin().underway(room) }

func (w *Work) underway(room event.RoomID) bool {
	return slices.ContainsFunc(w.messages, func(m *table.ToDevice) bool { return m.Room == room })
}
