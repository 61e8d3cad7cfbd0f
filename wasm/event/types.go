package event

import "github.com/alcove-chat/alcove/wasm/scan"

// typeOf is a type's name, without a copy of one of those below.
func typeOf(v scan.Value) (kind string, ok bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	switch string(v[1 : len(v)-1]) {
	case RoomMessage:
		return RoomMessage, true
	case RoomEncrypted:
		return RoomEncrypted, true
	case RoomMember:
		return RoomMember, true
	case Reaction:
		return Reaction, true
	}
	return v.AsText()
}

// Event types that the core reads or writes.
const (
	RoomMessage           = "m.room.message"
	RoomEncrypted         = "m.room.encrypted"
	RoomCreate            = "m.room.create"
	RoomMember            = "m.room.member"
	RoomName              = "m.room.name"
	RoomTopic             = "m.room.topic"
	RoomAvatar            = "m.room.avatar"
	RoomCanonicalAlias    = "m.room.canonical_alias"
	RoomEncryption        = "m.room.encryption"
	RoomJoinRules         = "m.room.join_rules"
	RoomPowerLevels       = "m.room.power_levels"
	RoomHistoryVisibility = "m.room.history_visibility"
	RoomGuestAccess       = "m.room.guest_access"
	RoomTombstone         = "m.room.tombstone"
	RoomPinnedEvents      = "m.room.pinned_events"
	RoomServerACL         = "m.room.server_acl"
	RoomRedaction         = "m.room.redaction"
	Sticker               = "m.sticker"
	Reaction              = "m.reaction"

	SpaceChild  = "m.space.child"
	SpaceParent = "m.space.parent"
	// Space is the type of a room that is a space.
	Space = "m.space"

	Typing   = "m.typing"
	Receipt  = "m.receipt"
	Presence = "m.presence"

	Direct       = "m.direct"
	Tag          = "m.tag"
	FullyRead    = "m.fully_read"
	MarkedUnread = "m.marked_unread"
	// SpaceOrder is under this name until MSC3230 is part of the spec.
	SpaceOrder   = "org.matrix.msc3230.space_order"
	BackupKey    = "m.megolm_backup.v1"
	PushRules    = "m.push_rules"
	IgnoredUsers = "m.ignored_user_list"
	// InvitePermissionConfig is v1.18.
	InvitePermissionConfig = "m.invite_permission_config"
)
