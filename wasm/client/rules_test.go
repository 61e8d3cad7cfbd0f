//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/push"
)

// rulesSideBySide: two devices change the rules at once and neither takes back what
// the other did; of what both change one thing is left, for both (FEATURES D-28).
func rulesSideBySide(w *world) {
	const words = 4
	one := w.user("alice")
	other := w.device(one.name)
	devices := []*user{one, other}
	rooms := []event.RoomID{one.room(api.CreateRoomParams{}), one.room(api.CreateRoomParams{}), one.room(api.CreateRoomParams{})}
	both, mine := rooms[2], []api.NotificationLevel{api.LevelMute, api.LevelMentions}
	var all sync.WaitGroup
	for i, u := range devices {
		for n := range words {
			all.Go(func() {
				if err := u.SetKeyword(w.t.Context(), api.SetKeywordParams{Word: fmt.Sprint("word", i, n)}); err != nil {
					w.t.Error(err)
				}
			})
		}
		for _, room := range []event.RoomID{rooms[i], both} {
			all.Go(func() {
				if err := u.SetRoomNotifications(w.t.Context(), api.SetRoomNotificationsParams{RoomID: room, Level: mine[i]}); err != nil {
					w.t.Error(err)
				}
			})
		}
	}
	all.Wait()
	for _, u := range devices {
		rules, err := u.PushRules(w.t.Context())
		until(w.t, rules, err, func(now api.PushRules) bool { return len(keywords(now)) == 2*words })
		for i, level := range mine {
			u.details(rooms[i], func(d api.RoomDetails) bool { return d.Notifications == level })
		}
	}
	left := api.NotificationLevel(push.LevelOf(one.ask("GET", "pushrules/", ""), both))
	if !slices.Contains(mine, left) {
		w.t.Errorf("of %v is left %q", mine, left)
	}
	for _, u := range devices {
		u.details(both, func(d api.RoomDetails) bool { return d.Notifications == left })
	}
}

func keywords(now api.PushRules) (all []string) {
	for _, r := range now.Rules {
		if r.Kind == api.RuleContent && !r.Default {
			all = append(all, r.Pattern)
		}
	}
	return all
}
