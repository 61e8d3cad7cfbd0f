package homeserver

import (
	"context"
	"strconv"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const (
	// syncSlack is how much longer than its timeout a long poll may take: the
	// server may be computing.
	syncSlack = 60 * time.Second
	// initialSync is the time for the first one, which takes minutes on large
	// accounts.
	initialSync = 10 * time.Minute
	maxSync     = 256 << 20
)

// SyncParams are those of /sync.
type SyncParams struct {
	// Since is the token of the last response, "" for an initial sync.
	Since string
	// Filter is the id of a stored filter, or a filter as JSON.
	Filter string
	// Timeout is how long the server may wait for news.
	Timeout   time.Duration
	FullState bool
	// Presence is what others are told: online, unavailable or offline; ""
	// leaves it to the server, which takes online.
	Presence string
}

// Sync asks for all that is new (FEATURES B-09). It always offers
// use_state_after, which servers before v1.16 ignore (B-10). It tries once:
// the sync loop has its own way to go on. The answer is valid JSON and not
// otherwise checked.
func (c *Client) Sync(ctx context.Context, p SyncParams) (scan.Value, error) {
	var q Query
	q.SetIf("since", p.Since)
	q.SetIf("filter", p.Filter)
	q.SetIf("set_presence", p.Presence)
	if p.FullState {
		q.Set("full_state", "true")
	}
	q.Set("timeout", strconv.FormatInt(p.Timeout.Milliseconds(), 10))
	q.Set("use_state_after", "true")
	limit := p.Timeout + syncSlack
	if p.Since == "" || p.FullState {
		limit = initialSync
	}
	return c.Once().Do(ctx, Call{Name: "sync", Method: "GET", Path: V3("sync"), Query: q, Limit: limit, MaxBody: maxSync})
}

// UploadFilter stores a filter on the server and returns its id.
func (c *Client) UploadFilter(ctx context.Context, user event.UserID, filter scan.Value) (string, error) {
	const name = "store filter"
	body, err := c.Do(ctx, Call{
		Name: name, Method: "POST", Path: V3("user", string(user), "filter"), Body: filter, Repeatable: true,
	})
	if err != nil {
		return "", err
	}
	return required(name, body, "filter_id")
}

// required returns a member that a successful answer must have.
func required(name string, body scan.Value, member string) (string, error) {
	if s := body.Get(member).Text(); s != "" {
		return s, nil
	}
	return "", notMatrix(name, 200, "no "+member)
}
