package e2ee

import (
	"io"
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const (
	signedCurve = "signed_curve25519"
	// oneTimeKeys is how many the server should have.
	oneTimeKeys = 50
	// maxOneTimeKeys bounds what is kept of those that nobody ever used.
	maxOneTimeKeys = 250
	// fallbackGrace is how long messages to the fallback key before the present
	// one may be under way (FEATURES 2-11).
	fallbackGrace = time.Hour
)

// serverKeys is what the server said it has of this device's keys.
type serverKeys struct {
	counted  bool
	oneTime  int
	fallback fallbackState
}

type fallbackState byte

const (
	fallbackUnsupported fallbackState = iota
	fallbackUsed
	fallbackUnused
)

// count takes the parts of a sync response about this device's keys. An absent
// count means zero (FEATURES 2-21), absent fallback types that the server has
// no such keys (2-11).
func (w *Work) count(counts, fallback scan.Value) error {
	w.server.counted, w.server.oneTime = true, max(0, int(counts.Get(signedCurve).Int()))
	w.server.fallback = fallbackUnsupported
	if fallback.Kind() == scan.Array {
		w.server.fallback = fallbackUsed
		for kind := range fallback.Items() {
			if kind.Text() == signedCurve {
				w.server.fallback = fallbackUnused
			}
		}
	}
	return w.supply()
}

// supply makes the keys that the server should have more of. It makes none
// while others wait to be uploaded, so that a server that miscounts gets one
// set at a time.
func (w *Work) supply() error {
	if w.account == nil || w.account.Conflict {
		return nil
	}
	w.forgetFallback()
	if missing := oneTimeKeys - w.server.oneTime; missing > 0 && !slices.ContainsFunc(w.account.OneTime, notUploaded) {
		if err := w.addOneTime(missing); err != nil {
			return err
		}
	}
	if w.server.fallback == fallbackUsed && !slices.ContainsFunc(w.account.Fallback, notUploaded) {
		return w.addFallback()
	}
	return nil
}

func notUploaded(k table.OneTimeKey) bool { return !k.Uploaded }

func (w *Work) addOneTime(n int) error {
	a := w.changeAccount()
	for range n {
		k, err := newKey(w.m.Random)
		if err != nil {
			return err
		}
		a.OneTime = append(a.OneTime, k)
	}
	if extra := len(a.OneTime) - maxOneTimeKeys; extra > 0 {
		a.OneTime = slices.Delete(a.OneTime, 0, extra)
	}
	return nil
}

func (w *Work) addFallback() error {
	k, err := newKey(w.m.Random)
	if err != nil {
		return err
	}
	a := w.changeAccount()
	if len(a.Fallback) > 1 {
		a.Fallback = slices.Delete(a.Fallback, 0, len(a.Fallback)-1)
	}
	a.Fallback = append(a.Fallback, k)
	return nil
}

// forgetFallback forgets the fallback key before the present one when no more
// messages to it can be on their way.
func (w *Work) forgetFallback() {
	f := w.account.Fallback
	if len(f) > 1 && f[1].Used != 0 && w.m.Now().UnixMilli()-f[1].Used > fallbackGrace.Milliseconds() {
		a := w.changeAccount()
		a.Fallback = slices.Delete(a.Fallback, 0, 1)
	}
}

func newKey(random io.Reader) (k table.OneTimeKey, err error) {
	pair, err := olm.NewKeyPair(random)
	if err != nil {
		return k, err
	}
	return table.OneTimeKey{Pair: pair.Record(), Public: table.Key32(pair.Public())}, nil
}

// keyName is a one-time key's id. It follows from the key, so that no other key
// can come under the same name, whatever copy of the database is at work
// (FEATURES D-16).
func keyName(k *table.OneTimeKey) string { return unpadded.EncodeURL(k.Public[:9]) }

// uploadBody is the body of /keys/upload; nil if there is nothing to upload.
func (k *kept) uploadBody() scan.Value {
	if k.account == nil || k.account.Conflict {
		return nil
	}
	var b scan.Builder
	any := !k.account.Uploaded
	if any {
		b.Raw("device_keys", k.own.deviceKeys())
	}
	for _, set := range []struct {
		member   string
		keys     []table.OneTimeKey
		fallback bool
	}{{"one_time_keys", k.account.OneTime, false}, {"fallback_keys", k.account.Fallback, true}} {
		if object, some := k.signedKeys(set.keys, set.fallback); some {
			b.Raw(set.member, object)
			any = true
		}
	}
	if !any {
		return nil
	}
	return b.Done()
}

func (k *kept) signedKeys(keys []table.OneTimeKey, fallback bool) (object scan.Value, some bool) {
	var all scan.Builder
	for i := range keys {
		if keys[i].Uploaded {
			continue
		}
		var one scan.Builder
		one.Text("key", unpadded.Encode(keys[i].Public[:]))
		if fallback {
			one.Bool("fallback", true)
		}
		all.Raw(signedCurve+":"+keyName(&keys[i]), k.own.sign(one.Done()))
		some = true
	}
	return all.Done(), some
}

// uploaded notes what the server has now: what was in the request, whatever
// was made since.
func (w *Work) uploaded(request, body scan.Value) {
	a := w.changeAccount()
	if request.Get("device_keys").Exists() {
		a.Uploaded = true
		w.outdate(w.m.user) // to know this device as others do; no sync may tell
	}
	for member, keys := range map[string][]table.OneTimeKey{"one_time_keys": a.OneTime, "fallback_keys": a.Fallback} {
		sent := request.Get(member)
		for i := range keys {
			if sent.Get(signedCurve + ":" + keyName(&keys[i])).Exists() {
				keys[i].Uploaded = true
			}
		}
	}
	if counts := body.Get("one_time_key_counts"); counts.Kind() == scan.Object {
		w.server.counted, w.server.oneTime = true, int(counts.Get(signedCurve).Int())
	}
	if request.Get("fallback_keys").Exists() {
		w.server.fallback = fallbackUnused
	}
}

// oneTimeKey returns the one-time or fallback key that a message was made with.
// It is used up only once the message was opened: see spend.
func (w *Work) oneTimeKey(public Curve) (pair olm.KeyPair, ok bool) {
	for _, k := range slices.Concat(w.account.OneTime, w.account.Fallback) {
		if Curve(k.Public) == public {
			pair, err := olm.OpenKeyPair(k.Pair)
			return pair, err == nil
		}
	}
	return pair, false
}

// spend takes a one-time key out, and notes when a fallback key was first used.
func (w *Work) spend(public Curve) {
	a := w.changeAccount()
	a.OneTime = slices.DeleteFunc(a.OneTime, func(k table.OneTimeKey) bool { return Curve(k.Public) == public })
	for i := range a.Fallback {
		if k := &a.Fallback[i]; Curve(k.Public) == public && k.Used == 0 {
			k.Used = w.m.Now().UnixMilli()
		}
	}
}
