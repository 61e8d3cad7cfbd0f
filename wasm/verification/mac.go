package verification

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const ed25519 = "ed25519:"

// macs makes the MACs that one device sends another (spec: MAC calculation).
type macs struct {
	secret []byte
	method string
	info   string // of who sends it, who receives it, and in what
}

func (s *sas) macs(info string) macs { return macs{s.secret, s.mac, info} }

func macInfo(from event.UserID, fromDevice event.DeviceID, to event.UserID, toDevice event.DeviceID, name string) string {
	return "MATRIX_KEY_VERIFICATION_MAC" + string(from) + string(fromDevice) + string(to) + string(toDevice) + name
}

// of returns the MAC of a text, in base64: of a key, by its id, or of the list of
// their ids, as KEY_IDS.
func (m macs) of(id, text string) string {
	mac := sum(derive(m.secret, m.info+id, sha256.Size), []byte(text))
	if m.method == macV1 {
		return brokenBase64(mac)
	}
	return unpadded.Encode(mac)
}

const keyIDs = "KEY_IDS"

func (m macs) hold(id, text, mac string) bool {
	return subtle.ConstantTimeCompare([]byte(m.of(id, text)), []byte(strings.TrimRight(mac, "="))) == 1
}

// confirmSAS sends the MACs of our keys: the user saw that nobody is between.
// For our master key we speak only if we trust it.
func (r *Requests) confirmSAS(f *flow) {
	m := f.sas.macs(macInfo(r.own.User, r.own.Device, f.user, f.device, f.name))
	keys := []Key{r.own.Key}
	ids := []string{ed25519 + string(r.own.Device)}
	if f.pins.trusted {
		keys, ids = append(keys, *f.pins.ownMaster), append(ids, ed25519+f.pins.ownMaster.text())
	}
	if len(ids) == 2 && ids[1] < ids[0] {
		keys[0], keys[1], ids[0], ids[1] = keys[1], keys[0], ids[1], ids[0]
	}
	var mac, content scan.Builder
	for i, id := range ids {
		mac.Text(id, m.of(id, keys[i].text()))
	}
	r.send(f, kindMAC, content.Raw("mac", mac.Done()).Text("keys", m.of(keyIDs, strings.Join(ids, ","))))
	f.confirmed = true
	f.phase = Confirmed
	r.changed(f)
	if f.sas.theirMAC {
		r.settle(f)
	}
}

// hearMAC checks the MACs of the other side's keys, whether or not our user
// compared already.
func (r *Requests) hearMAC(f *flow, content scan.Value) {
	sent := content.Get("mac")
	list, ok := content.Get("keys").AsText()
	if !ok || sent.Kind() != scan.Object {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	m := f.sas.macs(macInfo(f.user, f.device, r.own.User, r.own.Device, f.name))
	proven, ids, ok := f.check(m, sent)
	if !ok || !m.hold(keyIDs, strings.Join(ids, ","), list) || !r.enough(f, proven) {
		r.cancel(f, CodeKeyMismatch)
		return
	}
	f.proven, f.sas.theirMAC, f.expect = proven, true, ""
	if f.confirmed {
		r.settle(f)
	}
}

// check returns what the MACs of keys prove and the sorted ids of the keys, or
// false if one does not hold or is of a key that is not known.
func (f *flow) check(m macs, sent scan.Value) (p Proven, ids []string, ok bool) {
	for name, value := range sent.Members() { // sorted, as it is canonical
		id := name.Text()
		var key *Key
		switch {
		case id == ed25519+string(f.device):
			key, p.Device = f.pins.device, f.pins.device
		case f.pins.master != nil && id == ed25519+f.pins.master.text():
			key, p.Master = f.pins.master, f.pins.master
		default:
			return Proven{}, nil, false
		}
		if !m.hold(id, key.text(), value.Text()) {
			return Proven{}, nil, false
		}
		ids = append(ids, id)
	}
	return p, ids, true
}

// enough reports whether that is what the verification is for: of somebody else
// their master key if they have one, for nothing else of theirs is signed.
func (r *Requests) enough(f *flow, p Proven) bool {
	return p.Master != nil || p.Device != nil && (f.pins.master == nil || f.user == r.own.User)
}

// brokenBase64 is how the first version wrote a MAC: libolm encoded it in place,
// from the front, so that it read in part what it had just written
// (https://gitlab.matrix.org/matrix-org/olm/-/merge_requests/16).
func brokenBase64(mac []byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	b := make([]byte, unpaddedSize)
	copy(b, mac)
	for in, out := 0, 0; out < len(b); in, out = in+3, out+4 {
		bits := uint(b[in])<<16 | uint(b[in+1])<<8
		if in+2 < sha256.Size {
			bits |= uint(b[in+2])
		}
		for i := 0; i < 4 && out+i < len(b); i++ {
			b[out+i] = alphabet[bits>>(18-6*i)&0x3f]
		}
	}
	return string(b)
}

const unpaddedSize = (8*sha256.Size + 5) / 6
