//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// plays are the calls that pages send again to the next core.
var plays = []play{
	{call: "JoinRoom", about: "as invited", before: invited, run: joinStage},
	{call: "JoinRoom", about: "a direct chat", before: direct, run: joinStage, after: directsOfMe},
	{call: "JoinRoom", about: "without being invited", before: notInvited, run: joinStage},
	{call: "KnockRoom", about: "at a closed door", before: door, run: knockStage},
	{call: "KnockRoom", about: "and is let in", before: door, run: knockStage, others: letMeIn},
	{call: "KnockRoom", about: "at a wall", before: notInvited, run: knockStage},
	{call: "LeaveRoom", about: "where one is", before: joined, run: leaveStage},
	{call: "LeaveRoom", about: "where one is invited", before: invited, run: leaveStage},
	{call: "LeaveRoom", about: "where one is banned", before: banned, run: leaveStage},
	{call: "ForgetRoom", about: "after leaving", before: left, run: forgetStage, after: seenByMe},
	{call: "ForgetRoom", about: "while in it", before: joined, run: forgetStage},
	{call: "SetMembership", about: "invites", before: alone, run: member(api.ActionInvite)},
	{call: "SetMembership", about: "invites, and it is accepted", before: alone, run: member(api.ActionInvite), others: func(s *stage) {
		s.other.ask("POST", "join/"+escape(s.room), "{}")
	}},
	{call: "SetMembership", about: "invites with history", before: mySecrets, run: inviteFriend, after: readByFriend},
	{call: "JoinRoom", about: "with history", before: friendsSecrets, run: joinAndRead},
	{call: "SetMembership", about: "kicks", before: leads, run: member(api.ActionKick)},
	{call: "SetMembership", about: "bans", before: leads, run: member(api.ActionBan)},
	{call: "SetMembership", about: "unbans", before: outlaw, run: member(api.ActionUnban)},
	{call: "SetMembership", about: "kicks without the right to", before: joined, run: member(api.ActionKick)},
	{call: "SetState", about: "", before: leads, run: func(s *stage) (any, error) {
		return s.me.SetState(s.ctx, api.SetStateParams{RoomID: s.room, Type: event.RoomTopic, Content: scan.Value(`{"topic":"tea"}`)})
	}},
	{call: "SetAccess", about: "", before: alone, run: func(s *stage) (any, error) {
		return nil, s.me.SetAccess(s.ctx, api.SetAccessParams{RoomID: s.room, JoinRule: "restricted", Allow: []event.RoomID{s.room}})
	}},
	{call: "SetPower", about: "", before: leads, run: power("other", 50)},
	{call: "SetPower", about: "of nobody special", before: leads, run: func(s *stage) (any, error) {
		return nil, s.me.SetPower(s.ctx, api.SetPowerParams{RoomID: s.room, UserID: s.other.id()})
	}},
	{call: "SetPower", about: "gives one's own away", before: leadsOld, run: power("me", 0)},
	{call: "SetPower", about: "without the right to", before: joined, run: power("me", 50)},
	{call: "SetLevels", about: "", before: leads, run: func(s *stage) (any, error) {
		n := int64(7)
		return nil, s.me.SetLevels(s.ctx, api.SetLevelsParams{RoomID: s.room, Levels: api.Levels{Ban: &n, Types: []api.TypeLevel{{Type: "m.room.name", Level: 3}}}})
	}},
	{call: "SetAlias", about: "", before: alone, run: alias(api.SetAliasParams{}), after: addressesOfRoom},
	{call: "SetAlias", about: "that the room goes by", before: alone, run: alias(api.SetAliasParams{Main: true}), after: addressesOfRoom},
	{call: "SetAlias", about: "takes it away", before: known, run: alias(api.SetAliasParams{Remove: true}), after: addressesOfRoom},
	{call: "SetAlias", about: "that another room has", before: taken, run: alias(api.SetAliasParams{}), after: addressesOfRoom},
	{call: "RoomAddresses", about: "", before: known, run: func(s *stage) (any, error) {
		return s.me.RoomAddresses(s.ctx, api.RoomParams{RoomID: s.room})
	}},
	{call: "SetListed", about: "", before: alone, run: func(s *stage) (any, error) {
		return nil, s.me.SetListed(s.ctx, api.SetListedParams{RoomID: s.room, Listed: true})
	}, after: addressesOfRoom},
	{call: "SetSpaceChild", about: "", before: mySpace, run: child(api.SetSpaceChildParams{Suggested: new(bool)})},
	{call: "SetSpaceChild", about: "takes out", before: mySpaceFilled, run: child(api.SetSpaceChildParams{Remove: true}), after: claimOfChild},
	{call: "SetPinned", about: "", before: alone, run: pin(true), after: pinnedInRoom},
	{call: "SetPinned", about: "no more", before: pinboard, run: pin(false), after: pinnedInRoom},
	{call: "MoveSpace", about: "", before: mySpaces, run: func(s *stage) (any, error) {
		return nil, s.me.MoveSpace(s.ctx, api.MoveSpaceParams{SpaceID: s.room})
	}, after: firstOfSpaces},
	{call: "MoveSpaceChild", about: "", before: mySpaceFilled, run: func(s *stage) (any, error) {
		return nil, s.me.MoveSpaceChild(s.ctx, api.MoveSpaceChildParams{SpaceID: s.room, RoomID: "!c:x", Before: s.child})
	}, after: orderOfChildren},
	{call: "SetTyping", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.SetTyping(s.ctx, api.SetTypingParams{RoomID: s.room, Typing: true})
	}},
	{call: "MarkRead", about: "the newest", before: unread, run: func(s *stage) (any, error) {
		return nil, s.me.MarkRead(s.ctx, api.MarkReadParams{RoomID: s.room})
	}, after: roomDataOfMe("m.fully_read")},
	{call: "MarkRead", about: "outside of threads", before: unread, run: func(s *stage) (any, error) {
		return nil, s.me.MarkRead(s.ctx, api.MarkReadParams{RoomID: s.room, Thread: "main"})
	}, after: roomDataOfMe("m.fully_read")},
	{call: "SetPushRule", about: "", before: joined, run: func(s *stage) (any, error) {
		off := false
		return nil, s.me.SetPushRule(s.ctx, api.SetPushRuleParams{Kind: api.RuleUnderride, ID: ".m.rule.message", Enabled: &off, Action: &api.RuleAction{Notify: true}})
	}, after: rulesOfMe},
	{call: "SetKeyword", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.SetKeyword(s.ctx, api.SetKeywordParams{Word: "tea"})
	}, after: rulesOfMe},
	{call: "SetRoomNotifications", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.SetRoomNotifications(s.ctx, api.SetRoomNotificationsParams{RoomID: s.room, Level: api.LevelMute})
	}, after: rulesOfMe},
	{call: "ExplainUnread", about: "", before: unread, run: func(s *stage) (any, error) {
		report, err := s.me.ExplainUnread(s.ctx, api.RoomParams{RoomID: s.room})
		return report.Unread, err
	}},
	{call: "Persons", about: "", before: joined, run: func(s *stage) (any, error) {
		return s.me.Persons(s.ctx, api.PersonsParams{RoomID: s.room, UserIDs: []event.UserID{s.me.id()}})
	}},
	{call: "RoomVia", about: "", before: joined, run: func(s *stage) (any, error) { return s.me.RoomVia(s.ctx, api.RoomParams{RoomID: s.room}) }},
	{call: "SetTag", about: "", before: joined, run: tag(false), after: tagsOfMe},
	{call: "SetTag", about: "that is removed", before: tagged, run: tag(true), after: tagsOfMe},
	{call: "SetMarkedUnread", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.SetMarkedUnread(s.ctx, api.SetMarkedUnreadParams{RoomID: s.room, Unread: true})
	}, after: roomDataOfMe(event.MarkedUnread)},
	{call: "SetAccountData", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.SetAccountData(s.ctx, api.SetAccountDataParams{RoomID: s.room, Type: "org.example", Content: scan.Value(`{"a":1}`)})
	}, after: roomDataOfMe("org.example")},
	{call: "Send", about: "", before: joined, run: sendText, after: becomes(api.SendSent)},
	{call: "Send", about: "what is refused", before: muted, run: sendText, after: becomes(api.SendFailed)},
	{call: "Send", about: "where one is not", before: invited, run: sendText},
	{call: "Send", about: "what is about the unsent", before: joined, run: sendWritten, after: relationsThere},
	{call: "Send", about: "what is about the unsent, encrypted", before: aloneEncrypted, run: sendWritten, after: relationsThere},
	{call: "RetrySend", about: "", before: refused, run: func(s *stage) (any, error) {
		return nil, s.me.RetrySend(s.ctx, api.SendRef{TxnID: txn})
	}, after: becomes(api.SendSent)},
	{call: "CancelSend", about: "", before: refused, run: cancelText, after: becomes(api.SendCancelled)},
	{call: "CancelSend", about: "too late", before: sentText, run: cancelText, after: becomes(api.SendSent)},
	{call: "AccountData", about: "", before: joined, run: func(s *stage) (any, error) {
		data, err := s.me.AccountData(s.ctx, api.AccountDataParams{Type: "m.push_rules"})
		return string(data.Content), err
	}},
	{call: "Profile", about: "", run: func(s *stage) (any, error) {
		return s.me.Profile(s.ctx, api.ProfileParams{UserID: s.other.id()})
	}},
	{call: "SetIgnored", about: "", before: alone, run: ignore(true), after: ignoredByMe},
	{call: "SetIgnored", about: "no more", before: ignoring, run: ignore(false), after: ignoredByMe},
	{call: "SetInvitePermission", about: "", before: alone, run: blockInvites(true), after: invitePermissionOfMe},
	{call: "SetInvitePermission", about: "no more", before: blockingInvites, run: blockInvites(false), after: invitePermissionOfMe},
	{call: "SetDirect", about: "", before: joined, run: setDirect(true), after: directsOfMe},
	{call: "SetDirect", about: "no more", before: marked, run: setDirect(false), after: directsOfMe},
	{call: "SetProfile", about: "", run: func(s *stage) (any, error) {
		return nil, s.me.SetProfile(s.ctx, api.SetProfileParams{Field: "displayname", Value: scan.Value(`"Tea"`)})
	}, after: nameOfMe},
	{call: "SetProfile", about: "that is taken away", run: func(s *stage) (any, error) {
		return nil, s.me.SetProfile(s.ctx, api.SetProfileParams{Field: "displayname", Value: scan.Value(`null`)})
	}, after: nameOfMe},
	{call: "Threads", about: "", before: joined, run: func(s *stage) (any, error) {
		found, err := s.me.Threads(s.ctx, api.ThreadsParams{RoomID: s.room})
		return len(found.Items), err
	}},
	{call: "Search", about: "", before: unread, run: func(s *stage) (any, error) {
		found, err := s.me.Search(s.ctx, api.SearchParams{RoomID: s.room, Text: "tea"})
		return len(found.Items), err
	}},
	{call: "EventAt", about: "", before: joined, run: func(s *stage) (any, error) {
		at, err := s.me.EventAt(s.ctx, api.EventAtParams{RoomID: s.room})
		return at.EventID != "", err
	}},
	{call: "Preview", about: "", before: door, run: func(s *stage) (any, error) {
		found, err := s.me.Preview(s.ctx, api.PreviewParams{Room: string(s.room)})
		return found.Entry.How, err
	}},
	{call: "Directory", about: "", run: func(s *stage) (any, error) {
		_, err := s.me.Directory(s.ctx, api.DirectoryParams{Text: "no such room"})
		return nil, err
	}},
	{call: "SearchUsers", about: "", run: func(s *stage) (any, error) {
		found, err := s.me.SearchUsers(s.ctx, api.SearchUsersParams{Text: string(s.other.id())})
		return len(found.Users), err
	}},
	{call: "LoginFlows", about: "", run: func(s *stage) (any, error) {
		flows, err := s.me.LoginFlows(s.ctx, api.LoginFlowsParams{})
		return len(flows.Flows), err
	}},
	{call: "RecoverEncryption", about: "", before: otherDevice, run: func(s *stage) (any, error) {
		return nil, s.me.RecoverEncryption(s.ctx, api.RecoverEncryptionParams{Secret: s.key})
	}, after: identityOfMe},
	{call: "ExportKeys", about: "", run: func(s *stage) (any, error) {
		file, err := s.me.ExportKeys(s.ctx, api.KeyFilePassphrase{Passphrase: "phrase"})
		return file.Keys, err
	}},
	{call: "SetDeviceBlocked", about: "", before: otherDevice, run: func(s *stage) (any, error) {
		return nil, s.me.SetDeviceBlocked(s.ctx, api.SetDeviceBlockedParams{UserID: s.me.id(), DeviceID: s.second, Blocked: true})
	}, after: trustOfSecond},
	{call: "RenameDevice", about: "", before: otherDevice, run: func(s *stage) (any, error) {
		return nil, s.me.RenameDevice(s.ctx, api.RenameDeviceParams{DeviceID: s.second, Name: "phone"})
	}, after: nameOfSecond},
	{call: "SignOutDevices", about: "", before: otherDevice, run: func(s *stage) (any, error) {
		return nil, s.me.SignOutDevices(s.ctx, api.SignOutDevicesParams{DeviceIDs: []event.DeviceID{s.second}, Password: "pw"})
	}, after: nameOfSecond},
	{call: "AcceptIdentity", about: "of somebody who has none", before: alone, run: func(s *stage) (any, error) {
		return nil, s.me.AcceptIdentity(s.ctx, api.UserParams{UserID: s.other.id()})
	}},
	{call: "AwaitRoom", about: "", before: joined, run: func(s *stage) (any, error) {
		return nil, s.me.AwaitRoom(s.ctx, api.RoomParams{RoomID: s.room})
	}},
	{call: "Logout", about: "", run: func(s *stage) (any, error) {
		err := s.me.Logout(s.ctx, api.LogoutParams{})
		if code(err) == api.SessionMissing {
			err = nil // a page that was signed in when it called takes it for done
		}
		return nil, err
	}, after: sessionOfMe},
}

// The situations. Others make the room, or the user does.

func others(s *stage, room string) {
	s.room = event.RoomID(s.other.post("createRoom", room).Get("room_id").Text())
}

func inviteMe(s *stage) {
	s.other.ask("POST", "rooms/"+escape(s.room)+"/invite", fmt.Sprintf(`{"user_id":%q}`, s.me.id()))
}

func letMeIn(s *stage) {
	_, member := s.other.ask("GET", "rooms/"+escape(s.room)+"/state/m.room.member/"+escape(s.me.id()), "")
	if member.Get("membership").Text() == "knock" {
		inviteMe(s)
	}
}

func notInvited(s *stage) { others(s, `{"preset":"private_chat"}`) }

func door(s *stage) {
	others(s, `{"initial_state":[{"type":"m.room.join_rules","state_key":"","content":{"join_rule":"knock"}}]}`)
}

func invited(s *stage) {
	notInvited(s)
	inviteMe(s)
	s.me.until(s.room, func(r api.Room) bool { return r.Membership == event.Invite })
}

func direct(s *stage) {
	others(s, fmt.Sprintf(`{"preset":"trusted_private_chat","is_direct":true,"invite":[%q]}`, s.me.id()))
	s.me.until(s.room, func(r api.Room) bool { return r.Direct == s.other.id() })
}

func joined(s *stage) {
	invited(s)
	s.me.join(s.room)
}

func left(s *stage) {
	joined(s)
	s.me.ok(s.me.LeaveRoom(s.ctx, api.LeaveRoomParams{RoomID: s.room}))
}

func banned(s *stage) {
	joined(s)
	s.other.post("rooms/"+escape(s.room)+"/ban", fmt.Sprintf(`{"user_id":%q}`, s.me.id()))
	gone := s.me.rooms(api.RoomFilter{Kind: api.KindLeft})
	gone.until(func(r []api.Room) bool { return len(r) == 1 })
	gone.close()
}

func unread(s *stage) {
	joined(s)
	s.other.ask("PUT", "rooms/"+escape(s.room)+"/send/m.room.message/1", `{"msgtype":"m.text","body":"hello"}`)
	s.me.until(s.room, func(r api.Room) bool { return r.Unread == 1 })
}

func tagged(s *stage) {
	joined(s)
	_, err := tag(false)(s)
	s.me.ok(err)
}

// muted is where one may not write.
func muted(s *stage) {
	joined(s)
	s.other.level(s, 50)
}

// refused leaves a message that may go out now.
func refused(s *stage) {
	muted(s)
	_, err := sendText(s)
	s.me.ok(err)
	becomes(api.SendFailed)(s)
	s.other.level(s, 0)
}

// level sets what one needs to write.
func (h hand) level(s *stage, level int64) {
	_, levels := h.ask("GET", "rooms/"+escape(s.room)+"/state/m.room.power_levels/", "")
	var b scan.Builder
	for name, value := range levels.Members() {
		if name.Text() != "events_default" {
			b.Raw(name.Text(), value)
		}
	}
	h.ask("PUT", "rooms/"+escape(s.room)+"/state/m.room.power_levels/", string(b.Int("events_default", level).Done()))
}

func sentText(s *stage) {
	joined(s)
	_, err := sendText(s)
	s.me.ok(err)
	becomes(api.SendSent)(s)
}

func alone(s *stage) {
	s.room, s.eye = s.me.room(api.CreateRoomParams{Preset: "private_chat"}), s.hand(s.me.name)
}

func leads(s *stage) {
	alone(s)
	_, err := member(api.ActionInvite)(s)
	s.me.ok(err)
	s.other.post("join/"+escape(s.room), "{}")
}

func outlaw(s *stage) {
	leads(s)
	_, err := member(api.ActionBan)(s)
	s.me.ok(err)
}

func joinStage(s *stage) (any, error) {
	return s.me.JoinRoom(s.ctx, api.JoinRoomParams{Room: string(s.room)})
}

func knockStage(s *stage) (any, error) {
	return s.me.KnockRoom(s.ctx, api.JoinRoomParams{Room: string(s.room), Reason: "tea"})
}

func leaveStage(s *stage) (any, error) {
	return nil, s.me.LeaveRoom(s.ctx, api.LeaveRoomParams{RoomID: s.room, Reason: "bye"})
}

func forgetStage(s *stage) (any, error) {
	return nil, s.me.ForgetRoom(s.ctx, api.RoomParams{RoomID: s.room})
}

// member does something to the other.
func member(action api.MembershipAction) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		return nil, s.me.SetMembership(s.ctx, api.SetMembershipParams{RoomID: s.room, UserID: s.other.id(), Action: action, Reason: "tea"})
	}
}

func tag(remove bool) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		return nil, s.me.SetTag(s.ctx, api.SetTagParams{RoomID: s.room, Tag: api.Tag{Name: "u.x"}, Remove: remove})
	}
}

func blockInvites(block bool) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		return nil, s.me.SetInvitePermission(s.ctx, api.InvitePermission{Block: block})
	}
}

func blockingInvites(s *stage) {
	_, err := blockInvites(true)(s)
	s.me.ok(err)
}

func ignore(ignored bool) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		return nil, s.me.SetIgnored(s.ctx, api.SetIgnoredParams{UserID: s.other.id(), Ignored: ignored})
	}
}

func ignoring(s *stage) {
	_, err := ignore(true)(s)
	s.me.ok(err)
}

func setDirect(direct bool) func(s *stage) (any, error) {
	return func(s *stage) (any, error) {
		p := api.SetDirectParams{RoomID: s.room}
		if direct {
			p.UserID = s.other.id()
		}
		return nil, s.me.SetDirect(s.ctx, p)
	}
}

// marked is a room that the user marked as a direct chat.
func marked(s *stage) {
	joined(s)
	_, err := setDirect(true)(s)
	s.me.ok(err)
}

// otherDevice is a second device of the user's, which set encryption up.
func otherDevice(s *stage) {
	d := s.device(s.me.name)
	s.key, s.second = d.setUp(), d.session.DeviceID
	all := s.me.devices()
	all.until(func(known []api.Device) bool {
		return slices.ContainsFunc(known, func(one api.Device) bool { return one.ID == s.second && one.Trust == api.DeviceSigned })
	})
	all.close()
	d.close()
}

func identityOfMe(s *stage) string {
	return fmt.Sprint(s.me.status(func(now api.EncryptionStatus) bool {
		return now.Identity == api.IdentityVerified && now.Backup == api.BackupOn
	}).Identity)
}

func trustOfSecond(s *stage) string {
	all := s.me.devices()
	defer all.close()
	for _, d := range all.until(func([]api.Device) bool { return true }) {
		if d.ID == s.second {
			return string(d.Trust)
		}
	}
	return "gone"
}

func nameOfSecond(s *stage) string {
	_, all := s.hand(s.me.name).ask("GET", "devices", "")
	for d := range all.Get("devices").Items() {
		if d.Get("device_id").Text() == string(s.second) {
			return d.Get("display_name").Text()
		}
	}
	return "gone"
}

const txn event.TxnID = "the-one"

func sendText(s *stage) (any, error) {
	return s.me.Send(s.ctx, api.SendParams{RoomID: s.room, TxnID: txn, Type: event.RoomMessage, Content: scan.Value(`{"msgtype":"m.text","body":"tea"}`)})
}

func cancelText(s *stage) (any, error) {
	return nil, s.me.CancelSend(s.ctx, api.SendRef{TxnID: txn})
}

// What else is compared: what the server keeps for the user, and what the user
// sees.

func ofMe(s *stage, path string) string {
	status, answer := s.hand(s.me.name).ask("GET", "user/"+escape(s.me.id())+path, "")
	return fmt.Sprint(status, string(answer))
}

func directsOfMe(s *stage) string { return ofMe(s, "/account_data/m.direct") }

func ignoredByMe(s *stage) string { return ofMe(s, "/account_data/m.ignored_user_list") }

func invitePermissionOfMe(s *stage) string {
	return ofMe(s, "/account_data/m.invite_permission_config")
}

func nameOfMe(s *stage) string {
	status, answer := s.hand(s.me.name).ask("GET", "profile/"+escape(s.me.id()), "")
	return fmt.Sprint(status, string(answer))
}

func roomDataOfMe(kind string) func(s *stage) string {
	return func(s *stage) string { return ofMe(s, "/rooms/"+escape(s.room)+"/account_data/"+kind) }
}

func rulesOfMe(s *stage) string {
	_, rules := s.hand(s.me.name).ask("GET", "pushrules/", "")
	// Rooms have other names each time.
	return strings.ReplaceAll(string(rules), string(s.room), "!room")
}

func tagsOfMe(s *stage) string { return ofMe(s, "/rooms/"+escape(s.room)+"/tags") }

// becomes waits until the message stands there, and says as what.
func becomes(state api.SendState) func(s *stage) string {
	return func(s *stage) string {
		stream, err := s.me.SendStatus(s.ctx, api.SendRef{TxnID: txn})
		now := until(s.t, stream, err, func(now api.SendStatus) bool { return now.State == state })
		return fmt.Sprint(now.State, now.EventID)
	}
}

func seenByMe(s *stage) string {
	_, err := s.me.Room(s.ctx, api.RoomParams{RoomID: s.room})
	status, _ := s.hand(s.me.name).ask("GET", "rooms/"+escape(s.room)+"/messages?dir=b", "")
	return fmt.Sprint(code(err), status)
}

func sessionOfMe(s *stage) string {
	now, err := s.me.Session(s.ctx)
	state := until(s.t, now, err, func(api.Session) bool { return true }).State
	_, devices := s.hand(s.me.name).ask("GET", "devices", "")
	n := 0
	for range devices.Get("devices").Items() {
		n++
	}
	return fmt.Sprint(state, n)
}
