package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TimelineCalls show a room's messages.
type TimelineCalls interface {
	// Timeline streams a room's newest messages and what is loaded above them.
	Timeline(ctx context.Context, p TimelineParams) (Stream[ListUpdate[TimelineItem]], error)
	// Paginate loads older messages into an open timeline, from storage first
	// and else from the server, and closes gaps on its way; or newer ones into
	// one that does not reach to the room's end.
	Paginate(ctx context.Context, p PaginateParams) (Paginated, error)
}

// TimelineParams open a timeline. At most one of Thread, Event and Pinned says what
// it shows; none: the room's newest messages outside of threads.
type TimelineParams struct {
	// View is the page's name for the timeline, to be used in Paginate.
	View   string       `json:"view"`
	RoomID event.RoomID `json:"roomId"`
	// Thread shows the thread of this root, the root first, in place of the room's
	// messages outside of threads.
	Thread event.EventID `json:"thread,omitempty"`
	// Event shows what stands around an event, in place of the room's newest
	// messages; of an edit, around the event that it edits. Paginate goes both ways
	// from there.
	Event event.EventID `json:"event,omitempty"`
	// Pinned shows the room's pinned events alone, in the order of RoomDetails.Pinned
	// as it was when the timeline was opened, and none that cannot be had.
	Pinned bool `json:"pinned,omitempty"`
	// Limit is how many events to start with; 0 means 30.
	Limit int `json:"limit,omitempty"`
}

// PaginateParams ask for older or newer messages.
type PaginateParams struct {
	View string `json:"view"`
	// Forward asks for newer ones.
	Forward bool `json:"forward,omitempty"`
	// Limit is how many events to load; 0 means 30.
	Limit int `json:"limit,omitempty"`
}

// Paginated says how far a pagination got.
type Paginated struct {
	// Loaded counts the events that were added.
	Loaded int `json:"loaded"`
	// Start is true once the first event of what is shown is loaded.
	Start bool `json:"start"`
	// End is true once the newest is; what comes is shown then.
	End bool `json:"end"`
}

// ItemKind is what a timeline item shows.
type ItemKind string

const (
	ItemEvent ItemKind = "event"
	// ItemDay divides days; TS is the first moment of the day that follows.
	ItemDay ItemKind = "day"
	// ItemReadMarker stands below the last event that was read.
	ItemReadMarker ItemKind = "readMarker"
	// ItemGap stands where events are missing that Paginate can load.
	ItemGap ItemKind = "gap"
	// ItemStart stands above the room's first event.
	ItemStart ItemKind = "start"
)

// TimelineItem is one line of a timeline.
type TimelineItem struct {
	// Key is stable for as long as the item exists: it stays the same when a
	// local echo becomes the server's event, and over reloads.
	Key  string   `json:"key"`
	Kind ItemKind `json:"kind"`
	// TS is in milliseconds since 1970; the event's own claim for an event.
	TS    int64      `json:"ts,omitempty"`
	Event *EventItem `json:"event,omitempty"`
}

// EventItem is an event as a timeline shows it.
type EventItem struct {
	// ID is absent until the server has the event.
	ID event.EventID `json:"id,omitempty"`
	// TxnID is present on what this device sent.
	TxnID event.TxnID `json:"txnId,omitempty"`
	// Sender has the profile of the time of the event.
	Sender Person `json:"sender"`
	// Own is true for the user's own events.
	Own bool `json:"own,omitempty"`
	// Sought is true for the event that the timeline was opened around: the one that
	// was asked for or, of an edit, the one that it edits.
	Sought bool   `json:"sought,omitempty"`
	Type   string `json:"type"`
	// StateKey is present on state events.
	StateKey *string `json:"stateKey,omitempty"`
	// Content is the event's content, unchecked: as it was sent or, where Edited
	// is present, as the edit has it.
	Content  scan.Value `json:"content"`
	Redacted bool       `json:"redacted,omitempty"`
	// Removing is present while this device's redaction of the event is on its
	// way. Redacted is true already.
	Removing *Sending `json:"removing,omitempty"`
	// Edited is present where an edit counts (spec: event replacements).
	Edited *Edited `json:"edited,omitempty"`
	// Reactions are in the order in which their keys came (spec: reactions).
	Reactions []Reaction `json:"reactions,omitempty"`
	// ReplyTo is present on a reply (spec: rich replies).
	ReplyTo *ReplyTo `json:"replyTo,omitempty"`
	// Thread is present on the root of a thread that has messages.
	Thread *Thread `json:"thread,omitempty"`
	// ThreadID is the root of the thread that the event is in.
	ThreadID event.EventID `json:"threadId,omitempty"`
	// Poll is present on the start of a poll (MSC3381).
	Poll *Poll `json:"poll,omitempty"`
	// Change describes a membership or state event.
	Change *Change `json:"change,omitempty"`
	// Receipts lists others who read up to here.
	Receipts []ReadReceipt `json:"receipts,omitempty"`
	// Crypto is present on what is or should be encrypted. Type and Content are
	// those of what was decrypted then.
	Crypto *EventCrypto `json:"crypto,omitempty"`
	// Send is present on what this device sent and the server has not echoed.
	Send *SendStatus `json:"send,omitempty"`
}

// Sending is an event that this device has on its way, as part of another
// event's item.
type Sending struct {
	// TxnID is what CancelSend and RetrySend know it by.
	TxnID  event.TxnID `json:"txnId"`
	Status SendStatus  `json:"status"`
}

// Edited says which edit an event's content is from.
type Edited struct {
	// ID is absent until the server has the edit.
	ID event.EventID `json:"id,omitempty"`
	TS int64         `json:"ts"`
	// Send is present while an own edit is on its way.
	Send *Sending `json:"send,omitempty"`
}

// Reaction is a key that users annotated an event with, each of them once.
type Reaction struct {
	// Key is any text; an emoji mostly, or the mxc: URI of a picture.
	Key string `json:"key"`
	// Count counts users.
	Count int `json:"count"`
	// By are the first of them, in the order of their reactions, at most 20.
	By []Person `json:"by"`
	// Own is present where the user is among them.
	Own *OwnReaction `json:"own,omitempty"`
}

// OwnReaction is the user's own part in a Reaction, to be taken back.
type OwnReaction struct {
	// ID is absent until the server has it.
	ID event.EventID `json:"id,omitempty"`
	// Send is present while it is on its way.
	Send *Sending `json:"send,omitempty"`
}

// ReplyTo is the event that another answers.
type ReplyTo struct {
	ID event.EventID `json:"id"`
	// Preview is absent where the event is not loaded, cannot be read or was
	// redacted.
	Preview  *Preview `json:"preview,omitempty"`
	Redacted bool     `json:"redacted,omitempty"`
}

// Thread sums up a thread.
type Thread struct {
	// Count counts its messages without the root.
	Count int `json:"count"`
	// Participated is true where the user wrote one of them, or the root.
	Participated bool     `json:"participated,omitempty"`
	Latest       *Preview `json:"latest,omitempty"`
}

// Poll is a question with what was answered so far.
type Poll struct {
	Question string `json:"question"`
	// Undisclosed: Votes and Voters are hidden until the poll has ended.
	Undisclosed bool `json:"undisclosed,omitempty"`
	// MaxSelections is how many answers a user may choose, at least 1.
	MaxSelections int          `json:"maxSelections"`
	Answers       []PollAnswer `json:"answers"`
	// Voters counts users with a valid answer.
	Voters int  `json:"voters"`
	Ended  bool `json:"ended,omitempty"`
	// Send is present while an own answer is on its way. It counts already.
	Send *Sending `json:"send,omitempty"`
}

// PollAnswer is what a poll's voters may choose.
type PollAnswer struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Votes counts users who chose it.
	Votes int `json:"votes"`
	// Own is true where the user did.
	Own bool `json:"own,omitempty"`
	// Winner is true for the answers with the most votes once the poll has ended.
	Winner bool `json:"winner,omitempty"`
}

// ReadReceipt is another user's position.
type ReadReceipt struct {
	Person Person `json:"person"`
	TS     int64  `json:"ts,omitempty"`
}

// ChangeKind is what a membership or state event did.
type ChangeKind string

const (
	ChangeJoined         ChangeKind = "joined"
	ChangeLeft           ChangeKind = "left"
	ChangeInvited        ChangeKind = "invited"
	ChangeInviteRejected ChangeKind = "inviteRejected"
	ChangeInviteRevoked  ChangeKind = "inviteRevoked"
	ChangeKnocked        ChangeKind = "knocked"
	ChangeKnockRetracted ChangeKind = "knockRetracted"
	ChangeKnockDenied    ChangeKind = "knockDenied"
	ChangeKicked         ChangeKind = "kicked"
	ChangeBanned         ChangeKind = "banned"
	ChangeUnbanned       ChangeKind = "unbanned"
	ChangeProfileName    ChangeKind = "profileName"
	ChangeProfileAvatar  ChangeKind = "profileAvatar"
	ChangeNoChange       ChangeKind = "noChange"
	ChangeCreated        ChangeKind = "created"
	ChangeRoomName       ChangeKind = "roomName"
	ChangeRoomTopic      ChangeKind = "roomTopic"
	ChangeRoomAvatar     ChangeKind = "roomAvatar"
	ChangeAlias          ChangeKind = "alias"
	ChangeEncryption     ChangeKind = "encryption"
	ChangeJoinRules      ChangeKind = "joinRules"
	ChangeHistory        ChangeKind = "historyVisibility"
	ChangeGuestAccess    ChangeKind = "guestAccess"
	ChangePowerLevels    ChangeKind = "powerLevels"
	ChangePinned         ChangeKind = "pinned"
	ChangeUpgraded       ChangeKind = "upgraded"
	ChangeServerACL      ChangeKind = "serverACL"
	ChangeOtherState     ChangeKind = "otherState"
)

// Change is a membership or state event put so that a page can say it in the
// user's language.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Target is the user whom a membership event is about.
	Target *Person `json:"target,omitempty"`
	// Before and After are names, topics, rules, levels, as the kind has them.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Reason string `json:"reason,omitempty"`
}
