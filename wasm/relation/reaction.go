package relation

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
)

// Reaction is a key with one event for each user who annotated with it, the
// earliest first.
type Reaction struct {
	Key string
	By  []*Event
}

const (
	// maxKey is the longest key that counts, in bytes: an emoji, a few words or the
	// address of a picture.
	maxKey = 1024
	// maxKeys is how many keys are listed of one event.
	maxKeys = 200
)

// Reactions returns the annotations of an event in the order of their keys'
// earliest (spec: reactions). One user counts once a key.
func (s *Set) Reactions(id event.EventID) []Reaction {
	target := s.events[id]
	if target == nil || s.redacted(target) || s.ignored(target.Sender) || !mayBeAnnotated(target) {
		return nil
	}
	firsts := map[string]map[event.UserID]*Event{}
	for e := range s.children(id, event.Annotation) {
		if key := e.Relation.Key; e.Type == event.Reaction && key != "" && len(key) <= maxKey {
			if firsts[key] == nil {
				firsts[key] = map[event.UserID]*Event{}
			}
			if known := firsts[key][e.Sender]; known == nil || compare(e, known) < 0 {
				firsts[key][e.Sender] = e
			}
		}
	}
	all := make([]Reaction, 0, len(firsts))
	for key, users := range firsts {
		r := Reaction{Key: key, By: make([]*Event, 0, len(users))}
		for _, e := range users {
			r.By = append(r.By, e)
		}
		slices.SortFunc(r.By, compare)
		all = append(all, r)
	}
	order.Sort(all, func(a, b Reaction) int { return compare(a.By[0], b.By[0]) })
	return all[:min(len(all), maxKeys)]
}

// mayBeAnnotated: what belongs to another event itself is no target.
func mayBeAnnotated(target *Event) bool {
	return target.Relation.Type != event.Annotation && target.Relation.Type != event.Replace
}
