package e2ee

import (
	"bytes"
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// signSelf signs this device if it can and the server does not have that yet.
func (w *Work) signSelf(me *table.UserDevices) {
	d := me.Device(w.m.device)
	if d != nil && !d.Signed && !w.pace.unsignable && Curve(d.Curve) == w.own.curve() && w.verified(w.m.user, me, me) {
		w.signOwn(me, d)
	}
}

// signOwn signs a device of our user.
func (w *Work) signOwn(me *table.UserDevices, d *table.Device) {
	key := w.ours(&w.secrets.Keys.SelfSigning, me.SelfSigning)
	if key == nil {
		return
	}
	object, err := d.Keys.Canonical("signatures", "unsigned")
	if err != nil {
		return
	}
	d.Signed = true
	w.upload(w.m.user, string(d.ID), signWith(*key, w.m.user, object))
}

// upload puts a signature on its way, in place of one of the same object.
func (w *Work) upload(user event.UserID, name string, signed scan.Value) {
	s := w.changeSecrets()
	s.Signatures = allBut(s.Signatures, func(one table.Signature) bool { return one.User == user && one.Name == name })
	s.Signatures = append(s.Signatures, table.Signature{User: user, Name: name, Object: signed})
}

func (k *kept) uploadSignatures() *Request {
	if len(k.secrets.Signatures) == 0 {
		return nil
	}
	byUser := map[event.UserID]*scan.Builder{}
	var order []event.UserID
	for _, one := range k.secrets.Signatures {
		if byUser[one.User] == nil {
			byUser[one.User] = &scan.Builder{}
			order = append(order, one.User)
		}
		byUser[one.User].Raw(one.Name, one.Object)
	}
	var b scan.Builder
	for _, user := range order {
		b.Raw(string(user), byUser[user].Done())
	}
	return &Request{Kind: UploadSignatures, Method: "POST", Path: []string{"keys", "signatures", "upload"}, Body: b.Done()}
}

// signaturesUploaded takes out what the server has, or will not take: then what
// was signed is another by now, and is asked for (FEATURES 7-25).
func (w *Work) signaturesUploaded(ctx context.Context, r *Request, refused func(event.UserID, string) bool) error {
	if err := w.fetchMe(ctx); err != nil {
		return err
	}
	s := w.changeSecrets()
	s.Signatures = allBut(s.Signatures, func(one table.Signature) bool {
		if !bytes.Equal(r.Body.Path(string(one.User), one.Name), one.Object) {
			return false
		}
		if refused(one.User, one.Name) {
			w.unsign(one.User, one.Name)
		}
		return true
	})
	return nil
}

// unsign takes note that the server does not have a signature. This device tries
// to sign itself once in a while, not again and again.
func (w *Work) unsign(user event.UserID, name string) {
	w.outdate(user)
	if user != w.m.user {
		return
	}
	w.pace.unsignable = w.pace.unsignable || name == string(w.m.device)
	me := w.me().Clone()
	if d := me.Device(event.DeviceID(name)); d != nil {
		d.Signed = false
		w.users.put(user, me)
	}
}

// allBut returns a copy of a list without those that match.
func allBut[T any](list []T, match func(T) bool) []T {
	var left []T
	for _, one := range list {
		if !match(one) {
			left = append(left, one)
		}
	}
	return left
}
