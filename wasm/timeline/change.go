package timeline

import (
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// describe puts a state event so that a page can say it, or nil for any other
// event. person gives the name of a user with a profile.
func describe(e *event.Event, person func(event.UserID, event.Profile) api.Person) *api.Change {
	if e.StateKey == nil {
		return nil
	}
	if e.Type == event.RoomMember {
		return describeMember(e, person)
	}
	kind, member := stateKind(e.Type)
	if *e.StateKey != "" || kind == api.ChangeOtherState {
		return &api.Change{Kind: api.ChangeOtherState}
	}
	now, before := e.Content(), e.PrevContent()
	c := &api.Change{Kind: kind}
	switch kind {
	case api.ChangeCreated:
		c.Before = now.Path("predecessor", "room_id").Text()
		c.After = now.Get("room_version").Text()
	case api.ChangePowerLevels:
		describePower(c, before, now, person)
	default:
		if member != "" {
			c.Before, c.After = before.Get(member).Text(), now.Get(member).Text()
		}
	}
	if kind == api.ChangeUpgraded {
		c.Reason = now.Get("body").Text()
	}
	return c
}

// stateKind names a state event and the member that it is about.
func stateKind(kind string) (api.ChangeKind, string) {
	switch kind {
	case event.RoomCreate:
		return api.ChangeCreated, ""
	case event.RoomName:
		return api.ChangeRoomName, "name"
	case event.RoomTopic:
		return api.ChangeRoomTopic, "topic"
	case event.RoomAvatar:
		return api.ChangeRoomAvatar, "url"
	case event.RoomCanonicalAlias:
		return api.ChangeAlias, "alias"
	case event.RoomEncryption:
		return api.ChangeEncryption, "algorithm"
	case event.RoomJoinRules:
		return api.ChangeJoinRules, "join_rule"
	case event.RoomHistoryVisibility:
		return api.ChangeHistory, "history_visibility"
	case event.RoomGuestAccess:
		return api.ChangeGuestAccess, "guest_access"
	case event.RoomPowerLevels:
		return api.ChangePowerLevels, ""
	case event.RoomPinnedEvents:
		return api.ChangePinned, ""
	case event.RoomTombstone:
		return api.ChangeUpgraded, "replacement_room"
	case event.RoomServerACL:
		return api.ChangeServerACL, ""
	}
	return api.ChangeOtherState, ""
}

// describePower names the user and the levels where exactly one user's level
// changed; otherwise a page must look at the content.
func describePower(c *api.Change, before, now scan.Value, person func(event.UserID, event.Profile) api.Person) {
	if before == nil {
		return
	}
	old, users := userLevels(before), userLevels(now)
	var changed event.UserID
	for _, all := range []map[event.UserID]int64{old, users} {
		for user := range all {
			if level(old, before, user) == level(users, now, user) || user == changed {
				continue
			}
			if changed != "" {
				return
			}
			changed = user
		}
	}
	if changed != "" {
		target := person(changed, event.Profile{})
		c.Target = &target
		c.Before = strconv.FormatInt(level(old, before, changed), 10)
		c.After = strconv.FormatInt(level(users, now, changed), 10)
	}
}

func userLevels(content scan.Value) map[event.UserID]int64 {
	levels := map[event.UserID]int64{}
	for user, value := range content.Get("users").Members() {
		if n, ok := value.AsInt(); ok {
			levels[event.UserID(user.Text())] = n
		}
	}
	return levels
}

func level(levels map[event.UserID]int64, content scan.Value, user event.UserID) int64 {
	if n, ok := levels[user]; ok {
		return n
	}
	return content.Get("users_default").Int()
}

func describeMember(e *event.Event, person func(event.UserID, event.Profile) api.Person) *api.Change {
	now, prev := e.Content(), e.PrevContent()
	target := event.UserID(*e.StateKey)
	before := event.Membership("")
	if prev != nil {
		before = event.ReadMembership(prev)
	}
	after := event.ReadMembership(now)
	c := &api.Change{Kind: transition(before, after, e.Sender == target), Reason: now.Get("reason").Text()}
	profile, old := event.ReadProfile(now), event.ReadProfile(prev)
	if after != event.Join && profile.Name == "" {
		profile = old
	}
	if c.Kind == api.ChangeNoChange && before == event.Join {
		describeProfile(c, old, profile)
	}
	p := person(target, profile)
	c.Target = &p
	return c
}

// describeProfile: the name says more than the picture where both changed.
func describeProfile(c *api.Change, before, after event.Profile) {
	switch {
	case before.Name != after.Name:
		c.Kind, c.Before, c.After = api.ChangeProfileName, before.Shown(""), after.Shown("")
	case before.Avatar != after.Avatar:
		c.Kind, c.Before, c.After = api.ChangeProfileAvatar, before.Avatar, after.Avatar
	}
}

// transition names a change of membership (spec: m.room.member, the table of
// transitions). before is "" where the server did not say what it was, which
// is not the same as none (FEATURES 2-01). Transitions that must never happen
// are told by what they lead to.
func transition(before, after event.Membership, self bool) api.ChangeKind {
	if before == after {
		return api.ChangeNoChange
	}
	switch after {
	case event.Join:
		return api.ChangeJoined
	case event.Invite:
		return api.ChangeInvited
	case event.Knock:
		return api.ChangeKnocked
	case event.Ban:
		return api.ChangeBanned
	}
	return leaving(before, self)
}

func leaving(before event.Membership, self bool) api.ChangeKind {
	switch {
	case before == event.Invite && self:
		return api.ChangeInviteRejected
	case before == event.Invite:
		return api.ChangeInviteRevoked
	case before == event.Knock && self:
		return api.ChangeKnockRetracted
	case before == event.Knock:
		return api.ChangeKnockDenied
	case before == event.Ban:
		return api.ChangeUnbanned
	case self:
		return api.ChangeLeft
	}
	return api.ChangeKicked
}
