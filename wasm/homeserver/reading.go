package homeserver

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// The types of receipts.
const (
	ReadPublic  = "m.read"
	ReadPrivate = "m.read.private"
)

// MainThread is the thread of what is in no other (spec: threaded receipts).
const MainThread = "main"

// SendReceipt marks what the user has read. thread is "" for all threads
// together, MainThread, or the root of one.
func (c *Client) SendReceipt(ctx context.Context, room event.RoomID, kind string, id event.EventID, thread string) error {
	var b scan.Builder
	b.TextIf("thread_id", thread)
	_, err := c.Do(ctx, Call{
		Name: "send receipt", Method: "POST", Path: V3("rooms", string(room), "receipt", kind, string(id)),
		Body: b.Done(), Repeatable: true,
	})
	return err
}

// ReadMarkers are positions to move together; "" leaves one where it is.
type ReadMarkers struct {
	FullyRead, Public, Private event.EventID
}

// SetReadMarkers moves the read marker and receipts of a room.
func (c *Client) SetReadMarkers(ctx context.Context, room event.RoomID, m ReadMarkers) error {
	var b scan.Builder
	b.TextIf("m.fully_read", string(m.FullyRead)).TextIf(ReadPublic, string(m.Public)).TextIf(ReadPrivate, string(m.Private))
	_, err := c.Do(ctx, Call{
		Name: "set read markers", Method: "POST", Path: V3("rooms", string(room), "read_markers"),
		Body: b.Done(), Repeatable: true,
	})
	return err
}

// SetTyping says that the user is writing, for that long; 0 takes it back. It
// is not tried again: it is stale by then.
func (c *Client) SetTyping(ctx context.Context, room event.RoomID, user event.UserID, lasting time.Duration) error {
	var b scan.Builder
	b.Bool("typing", lasting > 0)
	if lasting > 0 {
		b.Int("timeout", lasting.Milliseconds())
	}
	_, err := c.Once().Do(ctx, Call{
		Name: "set typing", Method: "PUT", Path: V3("rooms", string(room), "typing", string(user)), Body: b.Done(),
	})
	return err
}
