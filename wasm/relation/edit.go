package relation

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Edit returns the edit that counts for an event, or nil (FEATURES A.7; spec:
// event replacements): the latest of the valid ones.
func (s *Set) Edit(id event.EventID) *Event {
	original := s.events[id]
	if original == nil || !s.mayBeEdited(original) {
		return nil
	}
	var latest *Event
	for e := range s.children(id, event.Replace) {
		if edits(e, original) && (latest == nil || compare(latest, e) < 0) && !s.afterVotes(e, original) {
			latest = e
		}
	}
	return latest
}

// NewContent is what an edit puts in place of the original's content.
func (e *Event) NewContent() scan.Value { return e.Content.Get("m.new_content") }

// Edited is the content of an event with an edit. How it relates to others was said
// once and for all in the original's content.
func Edited(original, edited scan.Value) scan.Value {
	const name = "m.relates_to"
	relation := original.Get(name)
	if !relation.Exists() && !edited.Get(name).Exists() {
		return edited
	}
	var content scan.Builder
	for key, value := range edited.Members() {
		if key.Text() != name {
			content.Raw(key.Text(), value)
		}
	}
	if relation.Exists() {
		content.Raw(name, relation)
	}
	return content.Done()
}

func (s *Set) mayBeEdited(original *Event) bool {
	return s.counts(original) && original.opened() && original.Relation.Type != event.Replace
}

// edits reports whether an edit may be one of an event. What was encrypted must not
// be replaced by what anybody on the way could have written.
func edits(e, original *Event) bool {
	return e.Sender == original.Sender && e.Type == original.Type && (e.Sealed || e.Pending > 0 || !original.Sealed) &&
		e.NewContent().Kind() == scan.Object
}

// MayReplace reports whether an event may be an edit of another, as far as that shows
// before either is decrypted.
func MayReplace(e, original *event.Event) bool {
	rel := e.Relation()
	if rel.Type != event.Replace || rel.ID != original.ID || e.Sender != original.Sender ||
		original.StateKey != nil || original.Relation().Type == event.Replace {
		return false
	}
	return e.Type == event.RoomEncrypted || e.Type == original.Type && e.Content().Get("m.new_content").Kind() == scan.Object
}

// afterVotes: who has voted did not vote for another question (MSC3381).
func (s *Set) afterVotes(e, original *Event) bool {
	if !isPollStart(original.Type) {
		return false
	}
	for vote := range s.children(original.ID, event.Reference) {
		if isPollResponse(vote.Type) && compare(vote, e) < 0 {
			return true
		}
	}
	return false
}
