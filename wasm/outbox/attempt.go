package outbox

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// answer is what the server has of an entry.
type answer struct {
	id event.EventID
	// before says that it had it under another transaction id; id is "" if it has
	// not any more.
	before bool
}

// inClear reports the types that are not encrypted in any room: servers count
// reactions, and carry redactions out.
func inClear(kind string) bool { return kind == event.Reaction || kind == event.RoomRedaction }

// wire is what of an entry goes to the server.
func wire(o *table.Outgoing) (kind string, content scan.Value) {
	if o.Sealed != nil {
		return event.RoomEncrypted, o.Sealed
	}
	return o.Type, o.Content
}

// attempt brings an entry to the server.
func (o *Outbox) attempt(ctx context.Context, server Server, entry *table.Outgoing) (got answer, err error) {
	kind, content := wire(entry)
	if kind == event.RoomRedaction {
		target := event.EventID(content.Get("redacts").Text())
		got.id, err = server.Redact(ctx, entry.RoomID, target, entry.TxnID, content.Get("reason").Text())
		return got, err
	}
	got.id, err = server.SendEvent(ctx, entry.RoomID, kind, entry.TxnID, content)
	if isDuplicate(err) {
		got.before = true
		got.id, err = o.findOwn(ctx, server, entry.RoomID, kind, event.ReadRelation(content))
	}
	return got, err
}

// isDuplicate reports that the user has annotated an event in this way already,
// on another device or so long ago that the server forgot the transaction id
// (FEATURES A.7).
func isDuplicate(err error) bool {
	var refused *homeserver.Error
	return errors.As(err, &refused) && refused.Errcode == homeserver.DuplicateAnnotation
}

const (
	// relationsPage is the most that Synapse gives of all it has.
	relationsPage = 1000
	maxPages      = 20
)

// findOwn returns the user's own event of such a relation, or "" where the server
// tells of none: it was redacted meanwhile, or stands below many thousands.
func (o *Outbox) findOwn(ctx context.Context, server Server, room event.RoomID, kind string, want event.Relation) (event.EventID, error) {
	params := homeserver.RelationsParams{Relation: want.Type, Type: kind, Limit: relationsPage}
	for range maxPages {
		page, err := server.Relations(ctx, room, want.ID, params)
		switch {
		case err != nil && !homeserver.MayPass(err) && !isCancel(err):
			return "", nil
		case err != nil:
			return "", err
		}
		for raw := range page.Chunk.Items() {
			e, err := event.Parse(raw)
			if err == nil && e.Sender == o.ledger.Me() && e.Type == kind && e.Relation() == want && !e.Redacted() {
				return e.ID, nil
			}
		}
		if page.Next == "" || page.Next == params.From {
			break
		}
		params.From = page.Next
	}
	return "", nil
}

// leave takes out an entry that the server had before. It has no echo to come.
func leave(t *ledger.Turn, entry *table.Outgoing, id event.EventID) {
	if id == "" {
		t.Cancelled(entry)
		return
	}
	t.Arrived(entry, id)
}
