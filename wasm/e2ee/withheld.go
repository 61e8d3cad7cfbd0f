package e2ee

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Codes of why a device gets no key (spec: m.room_key.withheld).
const (
	withheldBlocked    = "m.blacklisted"
	withheldUnverified = "m.unverified"
	withheldNoOlm      = "m.no_olm"
	withheldHistory    = "m.history_not_shared"
	draftHistory       = "io.element.msc4268.history_not_shared"
)

// withheldCodes are those that are believed of others, so that nobody stores or
// shows a text of theirs.
var withheldCodes = []string{withheldBlocked, withheldUnverified, "m.unauthorised", "m.unavailable", withheldNoOlm}

// readRefused reads what a file of keys says of one that is not in it. That it is not
// for those who come later is all that who invited our user can know.
func readRefused(v scan.Value, inviter event.UserID) (r refusal, ok bool) {
	r = refusal{name: nameIn(v), from: inviter, code: withheldHistory}
	code := v.Get("code").Text()
	return r, validName(r.name) && v.Get("algorithm").Text() == megolmAlgorithm && (code == withheldHistory || code == draftHistory)
}

// withheldText says it to people.
var withheldText = map[string]string{
	withheldBlocked:    "The sender has blocked you.",
	withheldUnverified: "The sender does not send to devices that are not verified.",
	withheldNoOlm:      "No secure channel to the device could be made.",
	withheldHistory:    "The sender did not mean it for those who come later.",
}

// refusal is a key that does not come, as its sender says or, in from, who invited
// our user.
type refusal struct {
	name         SessionName
	sender, from event.UserID
	code         string
}

// takeWithheld takes the reason why a key does not come. Nothing proves it, so it
// is never more than that.
func (w *Work) takeWithheld(ctx context.Context, sender event.UserID, content scan.Value) error {
	r := refusal{name: nameIn(content), sender: sender, code: content.Get("code").Text()}
	if content.Get("algorithm").Text() == megolmAlgorithm && slices.Contains(withheldCodes, r.code) && validName(r.name) {
		w.refusals = append(w.refusals, r)
	}
	return nil
}

// noteRefusals keeps reasons in the place of keys that did not come.
func (w *Work) noteRefusals(ctx context.Context) error {
	for _, r := range w.refusals {
		w.inbound.want(r.name)
	}
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for _, r := range w.refusals {
		known, there := w.inbound.get(r.name)
		if there && (known.Record != nil || known.Withheld == r.code || r.from != "") {
			continue
		}
		w.inbound.put(r.name, &table.InboundSession{Sender: r.sender, From: r.from, Withheld: r.code, Received: w.m.Now().UnixMilli()})
		w.wake(r.name) // what is told of them changes
		w.news.Refused[r.name] = true
	}
	w.refusals = nil
	return nil
}

// withhold is what a device is told that gets no key of a session of this one.
func (w *Work) withhold(to target, n SessionName, code string) letter {
	return letter{to.user, to.device.ID, withheldFrom(n, w.own.curve(), code)}
}

// withheldFrom is what is told of a session, made by the device with that key,
// that somebody gets no key of.
func withheldFrom(n SessionName, maker Curve, code string) scan.Value {
	var b scan.Builder
	b.Text("algorithm", megolmAlgorithm).Text("code", code).Text("reason", withheldText[code])
	b.Text("room_id", string(n.Room)).Text("session_id", n.Session)
	return b.Text("sender_key", maker.String()).Done()
}
