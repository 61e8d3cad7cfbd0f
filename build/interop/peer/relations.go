package peer

import "context"

// Place says where a message goes: into the thread of a root, as the answer to
// another, or both; and to whose notice it is brought.
type Place struct {
	Thread   string `json:"thread,omitempty"`
	Answers  string `json:"answers,omitempty"`
	Mentions string `json:"mentions,omitempty"`
}

// Relations is what messages have to do with each other, in any room. What
// returns the id of an event does so when the homeserver has it.
type Relations interface {
	Say(ctx context.Context, room, text string, in Place) (event string, err error)
	// Edit brings the message to a user's notice, if it names one.
	Edit(ctx context.Context, room, event, text, mentions string) (edit string, err error)
	// React annotates an event; a second time it changes nothing.
	React(ctx context.Context, room, event, key string) error
	// Unreact takes the user's reaction back.
	Unreact(ctx context.Context, room, event, key string) error
	// Redact takes back a message, an edit, or anything.
	Redact(ctx context.Context, room, event string) error
	// Ask starts a poll in which a user may choose so many answers.
	Ask(ctx context.Context, room, question string, answers []string, most int) (poll string, err error)
	// Vote chooses answers by their text.
	Vote(ctx context.Context, room, poll string, answers []string) error
	EndPoll(ctx context.Context, room, poll string) error
	// View is what the client shows of a room now, from its beginning.
	View(ctx context.Context, room string) (View, error)
	// Unread is how much of a room the client says is unread now.
	Unread(ctx context.Context, room string) (Unread, error)
	// MarkRead says that the user has seen a thread, what is in none, which is
	// Main, or, without either, all. It waits until the last message is there.
	MarkRead(ctx context.Context, room, thread, last string) error
	// Notify says how much of a room notifies the user, on all devices.
	Notify(ctx context.Context, room string, level Level) error
	// Keyword is a word that the user wants to be told of wherever it is written.
	Keyword(ctx context.Context, word string) error
	// Stop ends the client as a page that is closed, and Start begins again with
	// what it stored.
	Stop(ctx context.Context) error
	Start(ctx context.Context) error
}

// Main is the thread of what is in none (spec: threaded read receipts).
const Main = "main"

// Level is how much of a room notifies.
type Level string

// The levels of a room.
const (
	Default  Level = "default"
	Mentions Level = "mentions"
	Mute     Level = "mute"
)

// View is a room as a user sees it, in order.
type View struct {
	Room []Line `json:"room"`
	// Threads are by their root, without it.
	Threads map[string][]Line `json:"threads"`
}

// Line is a message with all that relates to it.
type Line struct {
	Event    string `json:"event"`
	Sender   string `json:"sender"`
	Text     string `json:"text"` // of a poll, the question
	Redacted bool   `json:"redacted,omitempty"`
	Edited   bool   `json:"edited,omitempty"`
	Answers  string `json:"answers,omitempty"`
	// Reactions are the users of a key, sorted.
	Reactions map[string][]string `json:"reactions,omitempty"`
	Thread    *Thread             `json:"thread,omitempty"`
	Poll      *Poll               `json:"poll,omitempty"`
}

// Unread counts messages, with those of threads.
type Unread struct {
	Count      int `json:"count"`
	Highlights int `json:"highlights"`
}

// Thread is what is said of a thread at its root.
type Thread struct {
	Count  int    `json:"count"`
	Latest string `json:"latest"`
	// Own: the user wrote in it.
	Own bool `json:"own"`
}

// Poll is what came of a poll. Votes are by the text of the answer.
type Poll struct {
	Votes  map[string]int `json:"votes"`
	Voters int            `json:"voters"`
	Own    []string       `json:"own"` // sorted
	Ended  bool           `json:"ended"`
}
