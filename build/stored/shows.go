package stored

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/outbox"
)

// offline is a network that tells how the core would go on syncing, and has one
// page for it: what closes the gap in the kitchen. A core that filters otherwise than
// the one that stored gets the same name for it.
type offline chan string

// Do implements homeserver.Transport.
func (o offline) Do(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
	u, err := url.Parse(r.URL)
	switch {
	case err != nil:
		return nil, err
	case u.Query().Get("from") == "kitchen-gap":
		return answer(200, `{"start":"kitchen-gap","end":"kitchen-end","chunk":[%s]}`, gapInKitchen())
	case strings.HasSuffix(u.Path, "/messages"):
		return answer(404, `{"errcode":"M_NOT_FOUND","error":"no more"}`)
	case strings.HasSuffix(u.Path, "/filter"):
		return answer(200, `{"filter_id":"filter-1"}`)
	case strings.HasSuffix(u.Path, "/sync"):
		select {
		case o <- fmt.Sprintf("syncs as %s since %s with filter %s", r.Token, u.Query().Get("since"), u.Query().Get("filter")):
		default:
		}
	}
	return nil, homeserver.ErrUnreachable
}

// Shows opens a database with the present core, without network, and says in
// words what a page would show of it. The words must stay as they are for as
// long as what they say is true of the fixtures.
func Shows(ctx context.Context, open Open) (string, error) {
	network := make(offline, 1)
	page, err := start(ctx, open, network)
	if err != nil {
		return "", err
	}
	out := &strings.Builder{}
	defer func() { _ = end(ctx, page) }()
	select {
	case how := <-network:
		fmt.Fprintln(out, how)
	case <-time.After(10 * time.Second):
		return "", errors.New("it does not sync")
	}
	err = tell(ctx, page, out)
	return out.String(), err
}

func tell(ctx context.Context, page *client.Page, out *strings.Builder) error {
	s, err := page.Session(ctx)
	session, err := first(ctx, s, err)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "session %s %s %s %s\n", session.State, session.UserID, session.DeviceID, session.Homeserver)
	data, err := page.AccountData(ctx, api.AccountDataParams{Type: "org.example.own"})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "account data %s\n", data.Content)
	for _, filter := range []api.RoomFilter{{}, {Type: "m.space"}, {Kind: api.KindKnocked}, {Kind: api.KindLeft}} {
		s, err := page.RoomList(ctx, api.RoomListParams{Filter: filter})
		rooms, err := list(ctx, s, err)
		if err != nil {
			return err
		}
		for i := range rooms {
			if filter == (api.RoomFilter{}) && rooms[i].Membership == event.Knock {
				continue // the list of all had no such rooms when the first fixture was made
			}
			if err := tellRoom(ctx, page, out, &rooms[i]); err != nil {
				return err
			}
		}
	}
	if err := tellSpaces(ctx, page, out); err != nil {
		return err
	}
	return tellGone(ctx, page, out)
}

// tellSpaces tells what is in spaces, where the store is of a version that kept that.
func tellSpaces(ctx context.Context, page *client.Page, out *strings.Builder) error {
	s, err := page.Spaces(ctx)
	spaces, err := list(ctx, s, err)
	if err != nil {
		return err
	}
	for i := range spaces {
		if s := &spaces[i]; s.Rooms > 0 {
			fmt.Fprintf(out, "\nspace %s level %d rooms %d unread %d/%d\n", s.ID, s.Level, s.Rooms, s.Unread, s.Highlights)
		}
	}
	return nil
}

// tellGone tells what became of a message that left the outbox, where the store
// is of a version that kept that.
func tellGone(ctx context.Context, page *client.Page, out *strings.Builder) error {
	s, err := page.SendStatus(ctx, api.SendRef{TxnID: "txn-echoed"})
	if errors.Is(err, outbox.ErrUnknown) {
		return nil
	}
	status, err := first(ctx, s, err)
	fmt.Fprintf(out, "\ntxn-echoed %s %s\n", status.State, status.EventID)
	return err
}

func tellRoom(ctx context.Context, page *client.Page, out *strings.Builder, r *api.Room) error {
	fmt.Fprintf(out, "\nroom %s %s %q %s encrypted=%v direct=%s unread=%d/%d/%v successor=%s\n",
		r.ID, r.Membership, r.Name, r.Type, r.Encrypted, r.Direct, r.Unread, r.Highlights, r.MarkedUnread, r.Successor)
	for _, t := range r.Tags {
		order := "none"
		if t.Order != nil {
			order = fmt.Sprint(*t.Order)
		}
		fmt.Fprintf(out, "tag %s %s\n", t.Name, order)
	}
	if r.Last != nil {
		fmt.Fprintf(out, "last %s %s %q\n", r.Last.Sender.Name, r.Last.Type, r.Last.Body)
	}
	if r.Inviter != nil {
		fmt.Fprintf(out, "inviter %s %q\n", r.Inviter.ID, r.Inviter.Name)
	}
	d, err := page.Room(ctx, api.RoomParams{RoomID: r.ID})
	details, err := first(ctx, d, err)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "topic %q version %q joined %d can %v\n", details.Topic, details.Version, details.Joined, can(details.Can))
	data, err := page.AccountData(ctx, api.AccountDataParams{RoomID: r.ID, Type: "org.example.own"})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "account data %s\n", data.Content)
	if err := tellMembers(ctx, page, out, r.ID); err != nil {
		return err
	}
	return tellTimeline(ctx, page, out, r.ID)
}

func tellMembers(ctx context.Context, page *client.Page, out *strings.Builder, room event.RoomID) error {
	s, err := page.Members(ctx, api.MembersParams{RoomID: room})
	members, err := list(ctx, s, err)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d members", len(members))
	for _, m := range members[:min(4, len(members))] {
		fmt.Fprintf(out, ", %s %q %d", m.Membership, m.Person.Name, m.Power)
	}
	fmt.Fprintln(out)
	return nil
}

// tellTimeline pages back as far as it goes, over gaps that can be closed.
func tellTimeline(ctx context.Context, page *client.Page, out *strings.Builder, room event.RoomID) error {
	const all = 1000
	view := "timeline of " + string(room)
	s, err := page.Timeline(ctx, api.TimelineParams{View: view, RoomID: room, Limit: all})
	if err != nil {
		return err
	}
	for err == nil {
		var p api.Paginated
		if p, err = page.Paginate(ctx, api.PaginateParams{View: view, Limit: all}); p.Start {
			break
		}
	}
	items, err := list(ctx, s, nil)
	for i := range items {
		tellItem(out, &items[i])
	}
	return err
}

func tellItem(out *strings.Builder, item *api.TimelineItem) {
	e := item.Event
	if e == nil {
		fmt.Fprintf(out, "-- %s\n", item.Kind)
		return
	}
	fmt.Fprintf(out, "%s %s %q %s own=%v redacted=%v %s", item.Key, e.ID, e.Sender.Name, e.Type, e.Own, e.Redacted, e.Content)
	if e.Change != nil {
		fmt.Fprintf(out, " change=%s %q→%q", e.Change.Kind, e.Change.Before, e.Change.After)
	}
	for _, r := range e.Receipts {
		fmt.Fprintf(out, " read by %s", r.Person.ID)
	}
	if e.Send != nil {
		fmt.Fprintf(out, " %s", waits(e.Send))
	}
	fmt.Fprintln(out)
}

// waits does not tell queued from being sent: the core tries at once.
func waits(s *api.SendStatus) string {
	switch {
	case s.State == api.SendFailed && s.Error != nil:
		return fmt.Sprintf("failed %s %s", s.Error.Code, s.Error.Errcode)
	case s.State == api.SendSent:
		return "sent, not echoed"
	}
	return "waits"
}

// can is what was shown of permissions when the first fixture was made.
func can(p api.Permissions) any {
	return struct{ send, invite, kick, ban, redact, name, topic bool }{p.Send, p.Invite, p.Kick, p.Ban, p.Redact, p.Name, p.Topic}
}
