package e2ee

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// give sends the key to all who should have it and can be reached, tells others
// why they get none, and returns how many can be reached soon.
func (w *Work) give(ctx context.Context, s *sharing, all []recipient) (soon int, err error) {
	var missing []target
	for i := range all {
		if all[i].withheld == "" && s.lacks(&all[i].target, "") {
			missing = append(missing, all[i].target)
		}
	}
	waiting, unreachable, err := w.reach(ctx, missing)
	if err != nil {
		return 0, err
	}
	letters, err := w.keyLetters(s, missing)
	if err != nil {
		return 0, err
	}
	if err := w.post(event.RoomEncrypted, s.room, letters); err != nil {
		return 0, err
	}
	for i := range unreachable {
		all = append(all, recipient{unreachable[i], withheldNoOlm})
	}
	return len(waiting), w.post("m.room_key.withheld", "", w.refusalLetters(s, all))
}

// keyLetters are the key for those that there are Olm sessions with.
func (w *Work) keyLetters(s *sharing, missing []target) (letters []letter, err error) {
	if len(missing) == 0 {
		return nil, nil
	}
	content := s.content()
	for i := range missing {
		l, err := w.seal(missing[i], "m.room_key", content)
		if err == nil {
			letters = append(letters, l)
			w.note(s, &missing[i], "")
		} else if err = unlessUnreachable(err); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// unlessUnreachable returns nil for an error that says only that a device cannot
// be sent to now.
func unlessUnreachable(err error) error {
	if errors.Is(err, errNoSession) || errors.Is(err, olm.ErrExhausted) {
		return nil
	}
	return err
}

// content is the content of m.room_key, from the session's present index on.
func (s *sharing) content() scan.Value {
	var b scan.Builder
	b.Text("algorithm", megolmAlgorithm).Text("room_id", string(s.room)).Text("session_id", s.list.Session)
	b.Text("session_key", s.out.SessionKey())
	writeShared(&b, s.shared)
	return b.Done()
}

// refusalLetters tell each device that gets no key why, once a session.
func (w *Work) refusalLetters(s *sharing, all []recipient) (letters []letter) {
	for i := range all {
		if code := all[i].withheld; code != "" && s.lacks(&all[i].target, code) {
			letters = append(letters, w.withhold(all[i].target, SessionName{s.room, s.list.Session}, code))
			w.note(s, &all[i].target, code)
		}
	}
	return letters
}
