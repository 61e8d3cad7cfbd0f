package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// FindCalls find events in a room that are not on show. They ask the server; what
// they name, Timeline shows with what stands around it.
type FindCalls interface {
	// Threads lists a room's threads, the one with the latest message first (spec:
	// threading).
	Threads(ctx context.Context, p ThreadsParams) (Found, error)
	// Search looks for words in a room. Servers cannot read encrypted messages.
	Search(ctx context.Context, p SearchParams) (Found, error)
	// EventAt finds the first event of a room at a time or after it, or the last
	// before it where there is none (spec: timestamp to event). "server.notFound":
	// there are none.
	EventAt(ctx context.Context, p EventAtParams) (EventAt, error)
}

// ThreadsParams ask for a page of a room's threads.
type ThreadsParams struct {
	RoomID event.RoomID `json:"roomId"`
	// Participated leaves out those in which the user did not write.
	Participated bool `json:"participated,omitempty"`
	// From is Next of the page before.
	From string `json:"from,omitempty"`
	// Limit is how many to find at most; 0 means 20.
	Limit int `json:"limit,omitempty"`
}

// SearchParams ask for a page of messages with words.
type SearchParams struct {
	RoomID event.RoomID `json:"roomId"`
	Text   string       `json:"text"`
	// From is Next of the page before.
	From string `json:"from,omitempty"`
	// Limit is how many to find at most; 0 means 20.
	Limit int `json:"limit,omitempty"`
}

// Found is a page of events that were found.
type Found struct {
	// Items are as a timeline shows them, of kind event all; roots with Thread.
	Items []TimelineItem `json:"items"`
	// Next is absent on the last page.
	Next string `json:"next,omitempty"`
}

// EventAtParams name a time.
type EventAtParams struct {
	RoomID event.RoomID `json:"roomId"`
	// TS is in milliseconds since 1970.
	TS int64 `json:"ts"`
}

// EventAt is an event and when it was.
type EventAt struct {
	EventID event.EventID `json:"eventId"`
	TS      int64         `json:"ts"`
}
