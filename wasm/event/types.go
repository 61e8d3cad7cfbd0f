package event

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

	Typing   = "m.typing"
	Receipt  = "m.receipt"
	Presence = "m.presence"

	Direct       = "m.direct"
	Tag          = "m.tag"
	FullyRead    = "m.fully_read"
	MarkedUnread = "m.marked_unread"
)
