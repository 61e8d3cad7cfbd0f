package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// NotificationCalls are about what notifies the user, and what counts as unread.
type NotificationCalls interface {
	// PushRules streams the rules that decide what notifies, as the server has them.
	PushRules(ctx context.Context) (Stream[PushRules], error)
	// SetPushRule turns a rule on or off, or changes what it does. It returns once
	// PushRules says so, as the calls below do.
	//
	//rpc:ordered
	SetPushRule(ctx context.Context, p SetPushRuleParams) error
	// SetKeyword adds or removes a word that notifies wherever somebody writes it.
	//
	//rpc:ordered
	SetKeyword(ctx context.Context, p SetKeywordParams) error
	// SetRoomNotifications says how much of a room notifies.
	//
	//rpc:ordered
	SetRoomNotifications(ctx context.Context, p SetRoomNotificationsParams) error
	// ExplainUnread says why a room counts as unread what it counts. There is no text
	// of any message in it.
	ExplainUnread(ctx context.Context, p RoomParams) (UnreadReport, error)
}

// PushRules are the user's, in the order in which they are looked at: the first
// that is enabled and fits decides (spec: push rules).
type PushRules struct {
	Rules []PushRule `json:"rules"`
	// Muted is true while nothing at all notifies.
	Muted bool `json:"muted,omitempty"`
}

// RuleKind is which list a rule is in.
type RuleKind string

const (
	RuleOverride  RuleKind = "override"
	RuleContent   RuleKind = "content"
	RuleRoom      RuleKind = "room"
	RuleSender    RuleKind = "sender"
	RuleUnderride RuleKind = "underride"
)

// PushRule is one of the user's rules.
type PushRule struct {
	Kind RuleKind `json:"kind"`
	// ID begins with a dot where the rule is predefined; it is the room's or the
	// sender's in rules of those kinds.
	ID      string     `json:"id"`
	Enabled bool       `json:"enabled"`
	Default bool       `json:"default,omitempty"`
	Action  RuleAction `json:"action"`
	// Pattern is what a rule of kind content looks for in the text.
	Pattern string `json:"pattern,omitempty"`
}

// RuleAction is what a rule does with an event that fits.
type RuleAction struct {
	Notify    bool `json:"notify,omitempty"`
	Highlight bool `json:"highlight,omitempty"`
	// Sound is what is played, "default" as a rule.
	Sound string `json:"sound,omitempty"`
}

// SetPushRuleParams change a rule; absent members stay as they are.
type SetPushRuleParams struct {
	Kind    RuleKind    `json:"kind"`
	ID      string      `json:"id"`
	Enabled *bool       `json:"enabled,omitempty"`
	Action  *RuleAction `json:"action,omitempty"`
}

// SetKeywordParams name a word.
type SetKeywordParams struct {
	// Word neither begins with a dot nor has slashes in it. It may have * and ?.
	Word   string `json:"word"`
	Remove bool   `json:"remove,omitempty"`
}

// NotificationLevel is how much of a room notifies.
type NotificationLevel string

const (
	// LevelDefault is what the rules for all rooms say.
	LevelDefault  NotificationLevel = "default"
	LevelAll      NotificationLevel = "all"
	LevelMentions NotificationLevel = "mentions"
	LevelMute     NotificationLevel = "mute"
)

// SetRoomNotificationsParams give a room a level.
type SetRoomNotificationsParams struct {
	RoomID event.RoomID      `json:"roomId"`
	Level  NotificationLevel `json:"level"`
}

// ThreadUnread is what is unread in a thread.
type ThreadUnread struct {
	// ID is the thread's root.
	ID         event.EventID `json:"id,omitempty"`
	Unread     int           `json:"unread"`
	Highlights int           `json:"highlights,omitempty"`
}

// UnreadSource says whose counts a room shows.
type UnreadSource string

const (
	// UnreadServer is the server, of a room into which nobody has looked.
	UnreadServer UnreadSource = "server"
	// UnreadOwn is this device, by the user's rules and receipts; and for what it
	// does not know the server.
	UnreadOwn UnreadSource = "own"
)

// UnreadReport says where a room's counts come from.
type UnreadReport struct {
	Source     UnreadSource `json:"source"`
	Unread     int          `json:"unread"`
	Highlights int          `json:"highlights"`
	// Events are those that this device knows to be unread, in the order of the
	// timeline, and with each what the rules make of it.
	Events []UnreadEvent `json:"events"`
	// Rest is what the server counts besides, in gaps, by thread; without an ID
	// outside of threads.
	Rest []ThreadUnread `json:"rest"`
	// Receipts are the user's own, as the server last said.
	Receipts []OwnReceipt `json:"receipts"`
}

// UnreadEvent is an event that counts, or of which it is not yet known.
type UnreadEvent struct {
	EventID event.EventID `json:"eventId"`
	// Thread is the root of the thread it is in.
	Thread    event.EventID `json:"thread,omitempty"`
	TS        int64         `json:"ts"`
	Counts    bool          `json:"counts"`
	Highlight bool          `json:"highlight,omitempty"`
	// Kind and Rule name the push rule; absent where none fits, or the event is not
	// stored any more.
	Kind RuleKind `json:"kind,omitempty"`
	Rule string   `json:"rule,omitempty"`
	// Sealed is true where the event could not be decrypted: the rule is for what
	// is encrypted.
	Sealed bool `json:"sealed,omitempty"`
	// ServerCounts says that the server counts it, which cannot decrypt.
	ServerCounts bool `json:"serverCounts,omitempty"`
}

// OwnReceipt is how far the user read, by the server.
type OwnReceipt struct {
	// Kind is m.read or m.read.private.
	Kind string `json:"kind"`
	// Thread is a root, "main" outside of threads; absent for all together.
	Thread  string        `json:"thread,omitempty"`
	EventID event.EventID `json:"eventId"`
	TS      int64         `json:"ts"`
	// Known is true where this device has the event.
	Known bool `json:"known,omitempty"`
}
