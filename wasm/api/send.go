package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SendCalls put messages into rooms through the outbox.
type SendCalls interface {
	// Send queues an event and returns when it is stored: from then on it is
	// not lost, and it goes out in its room's order. Calling it again with the
	// same TxnID does nothing but answer, also after it was sent or cancelled.
	// Whoever tries again after an error must do that: the event may be stored.
	//
	//rpc:ordered
	Send(ctx context.Context, p SendParams) (Echo, error)
	// SendStatus streams what becomes of a queued event and ends when it was
	// sent or cancelled. It knows the last 256 of those, over restarts too.
	SendStatus(ctx context.Context, p SendRef) (Stream[SendStatus], error)
	// RetrySend tries a failed event and those behind it again.
	RetrySend(ctx context.Context, p SendRef) error
	// CancelSend takes an event out of the outbox, and with it what is there about
	// it. "send.started" means that it may have reached the server already.
	CancelSend(ctx context.Context, p SendRef) error
}

// SendParams are an event to send.
type SendParams struct {
	RoomID event.RoomID `json:"roomId"`
	// TxnID is made by the caller, at random, and never used for other content.
	TxnID event.TxnID `json:"txnId"`
	// Type is m.room.message for text, notices and emotes.
	Type string `json:"type"`
	// Content has no numbers but integers between ±(2^53-1): others are
	// "send.invalid", as there is no canonical JSON for them.
	//
	// Where it names another event of the room, in m.relates_to or its
	// m.in_reply_to, or as what m.room.redaction redacts, that may be one in the
	// outbox that has no id yet: by its Echo's key, which is "~" and its TxnID. It
	// gets the id before it is sent. It is cancelled with the other, and refused with
	// "send.target" where that is unknown or was cancelled.
	//
	// An m.room.redaction is carried out with its redacts and reason alone.
	Content scan.Value `json:"content"`
}

// SendRef names a queued event.
type SendRef struct {
	TxnID event.TxnID `json:"txnId"`
}

// Echo is the local echo of a queued event.
type Echo struct {
	// Key is the timeline item's.
	Key   string      `json:"key"`
	TxnID event.TxnID `json:"txnId"`
}

// SendState is how far an event got on its way out.
type SendState string

const (
	SendQueued  SendState = "queued"
	SendSending SendState = "sending"
	// SendFailed: the server refused it; it waits for RetrySend or CancelSend,
	// and so do the events behind it. Behind a reaction or a redaction only those
	// about it do.
	SendFailed SendState = "failed"
	// SendSent: the server has it.
	SendSent SendState = "sent"
	// SendCancelled: it was taken out.
	SendCancelled SendState = "cancelled"
)

// SendStatus is where a queued event stands.
type SendStatus struct {
	State SendState `json:"state"`
	// EventID is present once sent.
	EventID event.EventID `json:"eventId,omitempty"`
	// Error is why it failed, or why it is being tried again.
	Error *Error `json:"error,omitempty"`
}
