package table

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// UserDevices is a user's devices and identity, as the server said and we
// checked. One that was published must not be changed; Clone it.
type UserDevices struct {
	// Known is false until the server was asked once.
	Known   bool
	Devices []Device
	// Master, SelfSigning and UserSigning are the user's cross-signing keys, as
	// canonical objects without signatures, which were checked; nil where there is
	// none. They come and go together; UserSigning is known of our user alone.
	Master, SelfSigning, UserSigning scan.Value
	// Vouched is the public user-signing key that was found to have signed Master;
	// zero for none.
	Vouched Key32
	// Pinned is the master key that messages were first sent under, or that our
	// user acknowledged since; zero for none.
	Pinned Key32
	// Verified says that our user verified this identity once, so that another one
	// is no matter of course.
	Verified bool
}

// Device is a device whose keys it signed itself.
type Device struct {
	ID      event.DeviceID
	Curve   Key32
	Ed25519 Key32
	// Keys is the signed object.
	Keys scan.Value
	// Signed says that the user's self-signing key signed it.
	Signed bool
	// Trust is what our user said of this device, whoever signed it.
	Trust DeviceTrust
	// Wedged is when a new session was last begun because messages of the device
	// could not be opened, in milliseconds since 1970.
	Wedged int64
}

// DeviceTrust is what the user said of a device.
type DeviceTrust byte

// What is said of devices.
const (
	Unsaid DeviceTrust = iota
	Trusted
	Blocked
)

// Device returns the device of that id, or nil.
func (u *UserDevices) Device(id event.DeviceID) *Device {
	return u.find(func(d Device) bool { return d.ID == id })
}

// Of returns the device with that Curve25519 key, or nil.
func (u *UserDevices) Of(curve Key32) *Device {
	return u.find(func(d Device) bool { return d.Curve == curve })
}

func (u *UserDevices) find(is func(Device) bool) *Device {
	if u == nil {
		return nil
	}
	if i := slices.IndexFunc(u.Devices, is); i >= 0 {
		return &u.Devices[i]
	}
	return nil
}

// Clone returns a copy that may be changed.
func (u *UserDevices) Clone() *UserDevices {
	c := *u
	c.Devices = slices.Clone(u.Devices)
	return &c
}

const userDevicesFormat = 1

// Encode returns the stored form.
func (u *UserDevices) Encode() []byte {
	w := newWriter(userDevicesFormat)
	w.bool(u.Known)
	for _, v := range []scan.Value{u.Master, u.SelfSigning, u.UserSigning} {
		w.bytes(v)
	}
	w.key32(u.Vouched)
	w.key32(u.Pinned)
	w.bool(u.Verified)
	w.uint(uint64(len(u.Devices)))
	for i := range u.Devices {
		d := &u.Devices[i]
		w.text(string(d.ID))
		w.key32(d.Curve)
		w.key32(d.Ed25519)
		w.bytes(d.Keys)
		w.bool(d.Signed)
		w.uint(uint64(d.Trust))
		w.int(d.Wedged)
	}
	return w.done()
}

// DecodeUserDevices reads the stored form.
func DecodeUserDevices(value []byte) (*UserDevices, error) {
	d, _ := newReader(value, userDevicesFormat)
	u := &UserDevices{Known: d.bool()}
	u.Master, u.SelfSigning, u.UserSigning = d.object(), d.object(), d.object()
	u.Vouched, u.Pinned, u.Verified = d.key32(), d.key32(), d.bool()
	for range d.count(64) {
		u.Devices = append(u.Devices, Device{
			ID: event.DeviceID(d.text()), Curve: d.key32(), Ed25519: d.key32(), Keys: d.object(),
			Signed: d.bool(), Trust: DeviceTrust(d.uint()), Wedged: d.int(),
		})
	}
	return u, named("devices", d.done())
}

// object reads JSON, nil where none was written.
func (d *reader) object() scan.Value {
	b := d.bytes()
	if len(b) == 0 {
		return nil
	}
	if !scan.Valid(b) {
		d.fail()
		return nil
	}
	return b
}
