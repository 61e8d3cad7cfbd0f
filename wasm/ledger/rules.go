package ledger

import (
	"bytes"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// judgement is what of the user's account data decides what counts as unread: each
// is parsed once.
type judgement struct {
	rules, ignored scan.Value
	parsed         *push.Rules
	users          map[uint64]bool
}

// take takes account data, and reports whether it is other than before.
func (j *judgement) take(kind string, content scan.Value) (changed bool) {
	switch kind {
	case event.PushRules:
		if bytes.Equal(j.rules, content) {
			return false
		}
		j.rules, j.parsed = bytes.Clone(content), nil
		return true
	case event.IgnoredUsers:
		if bytes.Equal(j.ignored, content) {
			return false
		}
		j.ignored, j.users = bytes.Clone(content), map[uint64]bool{}
		for user := range content.Get("ignored_users").Members() {
			j.users[table.HashUser(event.UserID(user.Text()))] = true
		}
		return true
	}
	return false
}

// Rules returns the user's push rules; without any, those of the specification.
func (t *Turn) Rules() *push.Rules {
	if t.judgement.parsed == nil {
		t.judgement.parsed = push.Parse(t.judgement.rules, t.Me())
	}
	return t.judgement.parsed
}

// PushRules returns the user's push rules as the server has them, nil where it has
// not said so yet.
func (l *Ledger) PushRules() scan.Value {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.judgement.rules
}

// Ignored returns whom the user ignores, by table.HashUser.
func (t *Turn) Ignored() map[uint64]bool { return t.judgement.users }

// Judge takes account data that decides what counts, and reports whether it is
// other than before.
func (t *Turn) Judge(kind string, content scan.Value) (changed bool) {
	changed = t.judgement.take(kind, content)
	t.change.Rules = t.change.Rules || changed && kind == event.PushRules
	if changed && kind == event.IgnoredUsers {
		t.change.Ignored = t.judgement.users
	}
	return changed
}

// Ignored returns whom the user ignores, by table.HashUser.
func (l *Ledger) Ignored() map[uint64]bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.judgement.users
}

// IgnoredUsers returns whom the user ignores, in no order.
func (l *Ledger) IgnoredUsers() []event.UserID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	users := []event.UserID{}
	for user := range l.judgement.ignored.Get("ignored_users").Members() {
		users = append(users, event.UserID(user.Text()))
	}
	return users
}
