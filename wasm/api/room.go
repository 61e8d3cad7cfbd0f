package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// RoomCalls list rooms, describe them and act on them.
type RoomCalls interface {
	// RoomList streams a sorted, filtered window of the account's rooms.
	RoomList(ctx context.Context, p RoomListParams) (Stream[ListUpdate[Room]], error)
	// RoomListChange gives an open list another filter or window.
	//
	//rpc:ordered
	RoomListChange(ctx context.Context, p RoomListChangeParams) error
	// Room streams one room's details. During the account's first sync it waits for
	// a room that is not known yet, as Members and Timeline do; then "room.unknown"
	// is meant, until AwaitRoom returns.
	Room(ctx context.Context, p RoomParams) (Stream[RoomDetails], error)
	// Members streams a room's members, joined first, then by name. It loads
	// the whole list from the server where only a part is known.
	Members(ctx context.Context, p MembersParams) (Stream[ListUpdate[Member]], error)
	// Persons tells how users are called in a room as far as this device knows, in
	// the order of the question, which names 100 at most. Who is not known is called
	// by their id.
	Persons(ctx context.Context, p PersonsParams) (Persons, error)
	// RoomVia picks the servers that a link to a room should name. It loads the
	// list of members from the server where only a part is known, and does with
	// that part where this fails.
	RoomVia(ctx context.Context, p RoomParams) (Via, error)
	// AwaitRoom returns once the account has the room.
	AwaitRoom(ctx context.Context, p RoomParams) error

	// CreateRoom makes a room and returns when it is in the room list.
	//
	//rpc:once
	CreateRoom(ctx context.Context, p CreateRoomParams) (RoomRef, error)
	// JoinRoom joins or accepts an invitation. Without Via it goes through the servers
	// that are known here to know the room. "server.forbidden": Message says what would
	// help, as far as it is known; so does Entry of Preview.
	JoinRoom(ctx context.Context, p JoinRoomParams) (RoomRef, error)
	// KnockRoom asks to be let in, through servers as JoinRoom does. Who is invited or
	// in already is told so by success, and nobody is asked: JoinRoom accepts.
	KnockRoom(ctx context.Context, p JoinRoomParams) (RoomRef, error)
	// LeaveRoom leaves, rejects an invitation or retracts a knock.
	LeaveRoom(ctx context.Context, p LeaveRoomParams) error
	// ForgetRoom removes a left room from the list and from storage.
	ForgetRoom(ctx context.Context, p RoomParams) error
	// SetMembership invites, kicks, bans or unbans another user. Who is invited to an
	// encrypted room gets the keys of what its history lets them read, for which
	// an invite waits up to a minute.
	SetMembership(ctx context.Context, p SetMembershipParams) error
	// SetState sends a state event and returns its id.
	//
	//rpc:ordered
	SetState(ctx context.Context, p SetStateParams) (EventRef, error)
	// SetTyping tells the room that the user is writing. The core repeats it
	// while it holds and takes it back when a message is sent.
	//
	//rpc:ordered
	SetTyping(ctx context.Context, p SetTypingParams) error
	// MarkRead moves the user's receipt and read marker to an event, or to the
	// newest where none is named: of the room with all its threads, or of one of
	// them. They never move back.
	MarkRead(ctx context.Context, p MarkReadParams) error
	// SetTag sets or removes a room's tag.
	//
	//rpc:ordered
	SetTag(ctx context.Context, p SetTagParams) error
	// SetMarkedUnread sets or clears the user's own "unread" mark.
	//
	//rpc:ordered
	SetMarkedUnread(ctx context.Context, p SetMarkedUnreadParams) error
}

// RoomKind narrows a room list by membership.
type RoomKind string

const (
	KindJoined  RoomKind = "joined"
	KindInvited RoomKind = "invited"
	KindKnocked RoomKind = "knocked"
	KindLeft    RoomKind = "left"
)

// RoomFilter narrows a room list. Absent members do not filter.
type RoomFilter struct {
	// Kind absent means rooms that the user is in, is invited to or has knocked on.
	Kind RoomKind `json:"kind,omitempty"`
	// Unread keeps rooms with unread or highlighted messages and invitations.
	Unread bool `json:"unread,omitempty"`
	// Direct true keeps direct chats, false all others.
	Direct *bool `json:"direct,omitempty"`
	// Tag keeps rooms with this tag, such as m.favourite.
	Tag string `json:"tag,omitempty"`
	// Text keeps rooms whose name contains it, in any case.
	Text string `json:"text,omitempty"`
	// Type "m.space" keeps spaces only. Spaces are left out otherwise.
	Type string `json:"type,omitempty"`
	// Space keeps rooms that are in this space or in one below it, as far as the user
	// is in those.
	Space event.RoomID `json:"space,omitempty"`
	// Replaced keeps rooms that were replaced by one that the user is in, too. They are
	// left out otherwise.
	Replaced bool `json:"replaced,omitempty"`
}

// RoomSort orders a room list.
type RoomSort string

const (
	// SortRecency puts invitations first, then the room with the latest
	// message. The default.
	SortRecency RoomSort = "recency"
	// SortName goes by name.
	SortName RoomSort = "name"
)

// RoomListParams open a live list of rooms.
type RoomListParams struct {
	// View is the page's name for the list, to be used in RoomListChange.
	View   string     `json:"view"`
	Filter RoomFilter `json:"filter"`
	Sort   RoomSort   `json:"sort,omitempty"`
	// Window is how many rooms to show at most; 0 means all.
	Window int `json:"window,omitempty"`
}

// RoomListChangeParams change an open list; absent members stay as they are.
type RoomListChangeParams struct {
	View   string      `json:"view"`
	Filter *RoomFilter `json:"filter,omitempty"`
	Window *int        `json:"window,omitempty"`
}

// Room is a room as lists show it.
type Room struct {
	// Key identifies the item within the list; it is the room id.
	Key        string           `json:"key"`
	ID         event.RoomID     `json:"id"`
	Membership event.Membership `json:"membership"`
	// Name follows the spec's algorithm (calculating the display name). It is
	// empty for a room without name, alias and other members; then Named says
	// what to write in the user's language.
	Name  string   `json:"name"`
	Named RoomName `json:"named"`
	// Avatar is an mxc: URI; of the other member in a direct chat without one.
	Avatar string `json:"avatar,omitempty"`
	// Type is the room's type, such as m.space; absent for an ordinary room.
	Type      string `json:"type,omitempty"`
	Encrypted bool   `json:"encrypted,omitempty"`
	// Direct names the other side of a direct chat.
	Direct event.UserID `json:"direct,omitempty"`
	// Unread and Highlights count events by the user's push rules and receipts, also
	// what is encrypted, and by the server's word what is not known here. See
	// ExplainUnread.
	Unread       int      `json:"unread"`
	Highlights   int      `json:"highlights"`
	MarkedUnread bool     `json:"markedUnread,omitempty"`
	Tags         []Tag    `json:"tags,omitempty"`
	Last         *Preview `json:"last,omitempty"`
	// Recency orders the list: larger is later. Milliseconds since 1970.
	Recency int64 `json:"recency"`
	// Inviter is who invited the user, while Membership is invite.
	Inviter *Person `json:"inviter,omitempty"`
	// Successor is the room that replaced this one (m.room.tombstone).
	Successor event.RoomID `json:"successor,omitempty"`
}

// RoomName says where a room's name comes from, for words that the page must
// choose in the user's language.
type RoomName struct {
	// From is "name", "alias", "members" or "empty".
	From NameSource `json:"from"`
	// Others counts members beyond those named: "Alice, Bob and 3 others".
	Others int `json:"others,omitempty"`
	// Left is true where all named members are gone: "Empty room (was Alice)".
	Left bool `json:"left,omitempty"`
}

// NameSource is the step of the naming algorithm that gave a name.
type NameSource string

const (
	FromName    NameSource = "name"
	FromAlias   NameSource = "alias"
	FromMembers NameSource = "members"
	FromNothing NameSource = "empty"
)

// Tag is one of the user's tags on a room.
type Tag struct {
	Name string `json:"name"`
	// Order sorts within the tag, ascending from 0 to 1; absent sorts last.
	Order *float64 `json:"order,omitempty"`
}

// Preview is a line about the newest message.
type Preview struct {
	EventID event.EventID `json:"eventId,omitempty"`
	Sender  Person        `json:"sender"`
	Type    string        `json:"type"`
	// MsgType is the msgtype of an m.room.message.
	MsgType string `json:"msgType,omitempty"`
	// Body is at most 200 characters of the message's plain text.
	Body string `json:"body,omitempty"`
	TS   int64  `json:"ts"`
}

// Person is a user with the profile they have, or had at the time.
type Person struct {
	ID event.UserID `json:"id"`
	// Name is the display name, with the user id added where two members
	// share it (spec: calculating the display name for a user); never empty.
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
}

// RoomParams name a room.
type RoomParams struct {
	RoomID event.RoomID `json:"roomId"`
}

// PersonsParams name users.
type PersonsParams struct {
	RoomID  event.RoomID   `json:"roomId"`
	UserIDs []event.UserID `json:"userIds"`
}

// Persons are users.
type Persons struct {
	People []Person `json:"people"`
}

// Via names servers by which a room can be joined.
type Via struct {
	// Servers are 3 at most, the best first (spec: appendices, routing).
	Servers []string `json:"servers"`
}

// RoomDetails is all that a room's header and settings show.
type RoomDetails struct {
	Room  Room   `json:"room"`
	Topic string `json:"topic,omitempty"`
	// Alias is the canonical alias.
	Alias   string `json:"alias,omitempty"`
	Version string `json:"version"`
	// JoinRule is public, invite, knock, restricted or knock_restricted.
	JoinRule string `json:"joinRule"`
	// Allow names the rooms whose members may join by restricted rules.
	Allow []event.RoomID `json:"allow,omitempty"`
	// Aliases are other addresses than Alias.
	Aliases []string `json:"aliases,omitempty"`
	// History is who may read what: world_readable, shared, invited or joined.
	History string `json:"history"`
	// Guests may join.
	Guests bool `json:"guests,omitempty"`
	// Levels are what things take, also where the room leaves that to the defaults.
	Levels Levels `json:"levels"`
	// ACL says which servers may take part (m.room.server_acl), where that is limited.
	ACL *ServerACL `json:"acl,omitempty"`
	// Replacement is the room that this one says replaced it.
	Replacement *Replacement `json:"replacement,omitempty"`
	// Predecessor is the room that this one replaced, where both say so.
	Predecessor event.RoomID `json:"predecessor,omitempty"`
	// Parents are the user's spaces that the room is in.
	Parents []ParentSpace `json:"parents,omitempty"`
	// Joined and Invited count members.
	Joined  int `json:"joined"`
	Invited int `json:"invited"`
	// Typing lists others who are writing.
	Typing []Person `json:"typing"`
	// Pinned are the events that are pinned, the last of them last, at most 100.
	// Whether they can be had is not known.
	Pinned []event.EventID `json:"pinned,omitempty"`
	// Can says what the user's power level allows.
	Can Permissions `json:"can"`
	// Notifications is how much of the room notifies.
	Notifications NotificationLevel `json:"notifications"`
	// Threads are those with something unread, which the room's counts include.
	Threads []ThreadUnread `json:"threads,omitempty"`
}

// ParentSpace is a space that a room is in.
type ParentSpace struct {
	ID event.RoomID `json:"id"`
	// Canonical is true for the one that counts most.
	Canonical bool `json:"canonical,omitempty"`
}

// Permissions are what the user may do in a room.
type Permissions struct {
	Send   bool `json:"send"`
	Invite bool `json:"invite"`
	Kick   bool `json:"kick"`
	Ban    bool `json:"ban"`
	Redact bool `json:"redact"`
	Name   bool `json:"name"`
	Topic  bool `json:"topic"`
	Avatar bool `json:"avatar"`
	// Access is who may join, History who may read what, Power the power levels.
	Access  bool `json:"access"`
	History bool `json:"history"`
	Power   bool `json:"power"`
	// Aliases is the address that the room is known by.
	Aliases bool `json:"aliases"`
	Encrypt bool `json:"encrypt"`
	Pin     bool `json:"pin"`
	Upgrade bool `json:"upgrade"`
	// Children is what is in a space.
	Children bool `json:"children"`
	// Notify is @room.
	Notify bool `json:"notify"`
	// Level is the user's power level: no other may be given more, nor anyone at or
	// above it less.
	Level int64 `json:"level"`
}

// Replacement is the room that took another's place (m.room.tombstone).
type Replacement struct {
	ID event.RoomID `json:"id"`
	// Confirmed is true where the user is in the new room, and it says that it replaced
	// this one. Anyone who may close a room can name any other.
	Confirmed bool   `json:"confirmed,omitempty"`
	Body      string `json:"body,omitempty"`
	// Via are servers to join through.
	Via []string `json:"via,omitempty"`
}

// ServerACL says which servers may take part in a room, by globs.
type ServerACL struct {
	Allow []string `json:"allow"`
	Deny  []string `json:"deny"`
	// IPs says that servers may go by IP addresses.
	IPs bool `json:"ips"`
}

// MembersParams open a live list of a room's members.
type MembersParams struct {
	RoomID event.RoomID `json:"roomId"`
	// Window is how many members to show at most; 0 means all.
	Window int `json:"window,omitempty"`
}

// Member is a user in a room.
type Member struct {
	// Key identifies the item within the list; it is the user id.
	Key        string           `json:"key"`
	Person     Person           `json:"person"`
	Membership event.Membership `json:"membership"`
	// Power is the power level. Creator is true for those above all levels
	// (room version 12).
	Power   int64    `json:"power"`
	Creator bool     `json:"creator,omitempty"`
	Status  Presence `json:"presence,omitempty"`
}

// Presence says whether a user is there; absent where the server does not say.
type Presence string

const (
	PresenceOnline      Presence = "online"
	PresenceUnavailable Presence = "unavailable"
	PresenceOffline     Presence = "offline"
)

// CreateRoomParams describe a new room.
type CreateRoomParams struct {
	Name  string `json:"name,omitempty"`
	Topic string `json:"topic,omitempty"`
	// Preset is private_chat, trusted_private_chat or public_chat.
	Preset string `json:"preset,omitempty"`
	// Alias is the local part of a room alias.
	Alias  string         `json:"alias,omitempty"`
	Invite []event.UserID `json:"invite,omitempty"`
	// Direct marks the room as a direct chat with the first of Invite.
	Direct bool `json:"direct,omitempty"`
	// Listed publishes the room in the server's directory.
	Listed bool `json:"listed,omitempty"`
	// Encrypted makes an encrypted room. It cannot be taken back.
	Encrypted bool `json:"encrypted,omitempty"`
	// Type is the room's type; "m.space" makes a space, in which only those who keep it
	// write.
	Type string `json:"type,omitempty"`
	// Version is absent for the server's default. "room.version": the server does not
	// call it stable, or it lacks what else is asked for.
	Version string `json:"version,omitempty"`
	// Avatar is an mxc: URI.
	Avatar string `json:"avatar,omitempty"`
	// JoinRule takes the place of the preset's. With restricted and knock_restricted,
	// members of Allow may join, or of Space where there are none.
	JoinRule string         `json:"joinRule,omitempty"`
	Allow    []event.RoomID `json:"allow,omitempty"`
	// Space is a space to put the room into. Should that fail once the room is there,
	// the room is returned all the same: it says itself that it is in the space, and
	// SetSpaceChild lets the space say so too.
	Space event.RoomID `json:"space,omitempty"`
	// Suggested recommends it there.
	Suggested bool `json:"suggested,omitempty"`
	// History takes the place of the preset's: world_readable, shared, invited or joined.
	History string `json:"history,omitempty"`
	// Federated false keeps other servers out for ever.
	Federated *bool `json:"federated,omitempty"`
	// Creators share the room with the user above all levels (room version 12).
	Creators []event.UserID `json:"creators,omitempty"`
	// Levels take the place of the preset's, one by one.
	Levels *Levels `json:"levels,omitempty"`
}

// RoomRef names a room in an answer.
type RoomRef struct {
	RoomID event.RoomID `json:"roomId"`
}

// EventRef names an event in an answer.
type EventRef struct {
	EventID event.EventID `json:"eventId"`
}

// JoinRoomParams name a room by id or alias, with servers that may know it.
type JoinRoomParams struct {
	Room   string   `json:"room"`
	Via    []string `json:"via,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

// LeaveRoomParams name the room to leave.
type LeaveRoomParams struct {
	RoomID event.RoomID `json:"roomId"`
	Reason string       `json:"reason,omitempty"`
}

// MembershipAction is what SetMembership does to another user.
type MembershipAction string

const (
	ActionInvite MembershipAction = "invite"
	ActionKick   MembershipAction = "kick"
	ActionBan    MembershipAction = "ban"
	ActionUnban  MembershipAction = "unban"
)

// SetMembershipParams say what to do to whom.
type SetMembershipParams struct {
	RoomID event.RoomID     `json:"roomId"`
	UserID event.UserID     `json:"userId"`
	Action MembershipAction `json:"action"`
	Reason string           `json:"reason,omitempty"`
}

// SetStateParams are a state event to send.
type SetStateParams struct {
	RoomID   event.RoomID `json:"roomId"`
	Type     string       `json:"type"`
	StateKey string       `json:"stateKey,omitempty"`
	Content  scan.Value   `json:"content"`
}

// SetTypingParams say whether the user is writing.
type SetTypingParams struct {
	RoomID event.RoomID `json:"roomId"`
	Typing bool         `json:"typing"`
}

// MarkReadParams name the event that was read last.
type MarkReadParams struct {
	RoomID  event.RoomID  `json:"roomId"`
	EventID event.EventID `json:"eventId,omitempty"`
	// Thread is the root of the thread that was read, or "main" for what is outside of
	// threads. Absent it is the room with all its threads.
	Thread string `json:"thread,omitempty"`
	// Private keeps the receipt from others (m.read.private).
	Private bool `json:"private,omitempty"`
}

// SetTagParams set a tag, or remove it.
type SetTagParams struct {
	RoomID event.RoomID `json:"roomId"`
	Tag    Tag          `json:"tag"`
	Remove bool         `json:"remove,omitempty"`
}

// SetMarkedUnreadParams set or clear the mark.
type SetMarkedUnreadParams struct {
	RoomID event.RoomID `json:"roomId"`
	Unread bool         `json:"unread"`
}
