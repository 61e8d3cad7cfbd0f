package e2ee

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Whom to ask about is kept as a count of news: a user is outdated since the
// latest of them, and an answer makes up to date only who was not heard of again
// since the question was asked (FEATURES D-13).

// queryUsers is how many users one query asks about.
const queryUsers = 250

// everybody is a tracker that asks about all who are known: what it had noted
// was lost.
func everybody(known []event.UserID) *table.Tracker {
	t := &table.Tracker{Outdated: map[event.UserID]uint64{}}
	for _, user := range known {
		t.Heard++
		t.Outdated[user] = t.Heard
	}
	return t
}

// outdate notes that a user's devices may have changed.
func (w *Work) outdate(user event.UserID) {
	t := w.changeTracker()
	t.Heard++
	t.Outdated[user] = t.Heard
}

// hear takes the lists of users whose devices changed, and of those who share no
// encrypted room with us any more. Only known users matter; whoever left is asked
// about again when needed again.
func (w *Work) hear(ctx context.Context, changed, left []event.UserID) error {
	w.users.want(changed...)
	w.users.want(left...)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for _, user := range changed {
		if _, known := w.users.get(user); known || user == w.m.user {
			w.outdate(user)
		}
	}
	for _, user := range left {
		if user != w.m.user {
			w.forgetNews(user)
		}
	}
	return nil
}

// hearNothing has everybody asked about who is known: of what changed until now no
// sync will tell.
func (w *Work) hearNothing(ctx context.Context) error {
	known, err := w.m.Users(ctx)
	if err != nil {
		return err
	}
	w.outdate(w.m.user)
	for _, user := range known {
		w.outdate(user)
	}
	return nil
}

// forgetNews marks a user as not asked about: the server tells us of no changes
// from now on.
func (w *Work) forgetNews(user event.UserID) {
	known, there := w.users.get(user)
	if _, outdated := w.tracker.Outdated[user]; outdated {
		delete(w.changeTracker().Outdated, user)
	}
	if there && known.Known {
		next := known.Clone()
		next.Known = false
		w.users.put(user, next)
	}
}

// track returns which of users must be asked about before their devices are
// known, and notes to ask. The users must have been fetched.
func (w *Work) track(users []event.UserID) (unknown []event.UserID) {
	for _, user := range users {
		if !strings.HasPrefix(string(user), "@") || user.Server() == "" {
			continue // a server may refuse to hear of such a one, and of all others with them
		}
		_, outdated := w.tracker.Outdated[user]
		if known, there := w.users.get(user); !outdated && (!there || !known.Known) {
			w.outdate(user)
			outdated = true
		}
		if outdated {
			unknown = append(unknown, user)
		}
	}
	return unknown
}

// query asks about users of our own server, which answers at once.
func (k *kept) query() *Request {
	return k.queryThose(QueryKeys, func(user event.UserID) bool { return user.Server() == k.own.user.Server() })
}

// queryOthers asks about users of other servers, which may be slow or silent, and
// keep nobody else waiting. Whom of them we verified hangs on our own keys, so
// these come first.
func (k *kept) queryOthers() *Request {
	if _, outdated := k.tracker.Outdated[k.own.user]; outdated {
		return nil
	}
	return k.queryThose(QueryOthers, func(user event.UserID) bool { return user.Server() != k.own.user.Server() })
}

// queryThose asks about those who have been outdated longest.
func (k *kept) queryThose(kind Kind, are func(event.UserID) bool) *Request {
	var users []event.UserID
	for user := range k.tracker.Outdated {
		if are(user) {
			users = append(users, user)
		}
	}
	if len(users) == 0 {
		return nil
	}
	order.Sort(users, func(a, b event.UserID) int {
		return cmp.Compare(k.tracker.Outdated[a], k.tracker.Outdated[b])
	})
	r := &Request{Kind: kind, Method: "POST", Path: []string{"keys", "query"}, users: map[event.UserID]uint64{}}
	var list, b scan.Builder
	for _, user := range users[:min(len(users), queryUsers)] {
		r.users[user] = k.tracker.Outdated[user]
		list.Raw(string(user), scan.Value("[]"))
	}
	r.Body = b.Raw("device_keys", list.Done()).Done()
	return r
}

// queried takes the answer to a query. Users of servers that could not be
// reached stay as they were and outdated.
func (w *Work) queried(ctx context.Context, r *Request, body scan.Value) error {
	w.users.want(slices.Collect(maps.Keys(r.users))...)
	w.users.want(w.m.user)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	// Our own user first: whom of the others we verified hangs on our keys.
	if _, asked := r.users[w.m.user]; asked {
		w.queriedUser(r, w.m.user, body)
	}
	for user := range r.users {
		if user != w.m.user {
			w.queriedUser(r, user, body)
		}
	}
	return nil
}

func (w *Work) queriedUser(r *Request, user event.UserID, body scan.Value) {
	if body.Get("failures").Get(user.Server()).Exists() && !body.Path("device_keys", string(user)).Exists() {
		w.postpone(user)
		return
	}
	w.takeDevices(user, body)
	if w.tracker.Outdated[user] == r.users[user] {
		delete(w.changeTracker().Outdated, user)
	}
}

// queryRefused has users asked about again when something is needed of them. Of
// our own something always is.
func (w *Work) queryRefused(ctx context.Context, r *Request) error {
	w.users.want(slices.Collect(maps.Keys(r.users))...)
	if err := w.fetch(ctx); err != nil {
		return err
	}
	for user := range r.users {
		if user != w.m.user {
			w.forgetNews(user)
		}
	}
	return nil
}

// postpone puts a user at the end of those to be asked about.
func (w *Work) postpone(user event.UserID) { w.outdate(user) }
