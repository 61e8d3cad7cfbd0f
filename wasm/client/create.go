package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// CreateRoom implements api.Client. Nobody can take a room back: whatever goes wrong
// once it is there, it is returned.
func (c *Client) CreateRoom(ctx context.Context, p api.CreateRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	draft, err := a.draft(ctx, server, p)
	if err != nil {
		return api.RoomRef{}, err
	}
	id, err := server.CreateRoom(ctx, draft.body())
	if err != nil {
		return api.RoomRef{}, err
	}
	direct := p.Direct && a.addDirect(ctx, server, p.Invite[0], id) == nil
	if p.Space != "" {
		_ = setChild(ctx, server, api.SetSpaceChildParams{SpaceID: p.Space, RoomID: id, Suggested: &p.Suggested}, draft.via)
	}
	a.await(ctx, id, event.Join)
	if len(p.Invite) > 0 {
		// Nor may it tell of the invitations yet, and who is not known to be invited
		// gets no key of what is written next.
		_ = a.loadMembers(ctx, server, &arrivals{room: id, ahead: true})
	}
	if err := a.noteNew(ctx, id, p.Encrypted, direct, p.Invite); err != nil {
		return api.RoomRef{}, err
	}
	return api.RoomRef{RoomID: id}, nil
}

// noteNew notes what a new room is before the sync says so, which may tell of the
// room first: what is written then must not go in plain, nor into another room
// that is made because nobody is known to be talked to in this one.
func (a *account) noteNew(ctx context.Context, id event.RoomID, encrypted, direct bool, invited []event.UserID) error {
	return a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		room := t.Room(id)
		if room == nil {
			return nil
		}
		room.Encrypted = room.Encrypted || encrypted
		if direct {
			room.Direct = invited[0]
		}
		return nil
	})
}

// draft is a room to be made.
type draft struct {
	api.CreateRoomParams
	// made is the version that it gets, "" where that makes no difference.
	made string
	via  []string
}

// draft checks what a room is to be, so that no half of it comes to be.
func (a *account) draft(ctx context.Context, server *homeserver.Client, p api.CreateRoomParams) (*draft, error) {
	d := &draft{CreateRoomParams: p, via: []string{a.ledger.Me().Server()}}
	if summary.Restricted(p.JoinRule) && len(p.Allow) == 0 && p.Space != "" {
		d.Allow = []event.RoomID{p.Space}
	}
	if p.Direct && len(p.Invite) == 0 || p.Levels != nil && !summary.AreLevels(p.Levels) ||
		p.History != "" && !isHistory(p.History) {
		return nil, errBadParams
	}
	if p.Space != "" {
		if _, err := a.keeps(ctx, p.Space); err != nil {
			return nil, err
		}
	}
	if typed := p.Levels != nil && len(p.Levels.Types) > 0; !typed && p.Version == "" && p.JoinRule == "" && len(p.Creators) == 0 {
		return d, nil // nothing depends on the version
	}
	return d, d.settleVersion(ctx, server)
}

func isHistory(s string) bool { return s == "shared" || summary.HistoryOf(s) == s }

// settleVersion asks the server which version the room gets, and refuses one that
// lacks what the room is to have.
func (d *draft) settleVersion(ctx context.Context, server *homeserver.Client) error {
	now, err := server.Capabilities(ctx)
	if err != nil {
		return err
	}
	standard, stable := now.RoomVersions()
	if d.made = d.Version; d.made == "" {
		d.made = standard
	} else if !stable(d.made) {
		return errVersion
	}
	if len(d.Creators) > 0 && !summary.HasCreators(d.made) {
		return errVersion
	}
	if d.JoinRule == "" {
		return nil
	}
	return checkAccess(d.made, d.JoinRule, d.Allow)
}

// body is that of /createRoom.
func (d *draft) body() scan.Value {
	var b, creation scan.Builder
	b.TextIf("name", d.Name).TextIf("topic", d.Topic).TextIf("preset", d.Preset).TextIf("room_alias_name", d.Alias).TextIf("room_version", d.Version)
	if len(d.Invite) > 0 {
		b.Texts("invite", texts(d.Invite))
	}
	if d.Direct {
		b.Bool("is_direct", true)
	}
	if d.Listed {
		b.Text("visibility", "public")
	}
	creation.TextIf("type", d.Type)
	if d.Federated != nil {
		creation.Bool("m.federate", *d.Federated)
	}
	if len(d.Creators) > 0 {
		creation.Texts("additional_creators", texts(d.Creators))
	}
	addMore(&b, "creation_content", creation.Done())
	addMore(&b, "power_level_content_override", d.levels())
	addMore(&b, "initial_state", d.state())
	return b.Done()
}

// addMore adds an object or a list that is not empty.
func addMore(b *scan.Builder, name string, value scan.Value) {
	if len(value) > len("{}") {
		b.Raw(name, value)
	}
}

// levels are those that do not go by the preset. In a space only those who keep it
// write (FEATURES 2-09).
func (d *draft) levels() scan.Value {
	var given api.Levels
	if d.Levels != nil {
		given = *d.Levels
	}
	if d.Type == event.Space && given.Events == nil {
		most := int64(100)
		given.Events = &most
	}
	var content scan.Value
	if len(given.Types) > 0 {
		// Servers put the whole list in the place of the preset's.
		content = summary.StandardTypes(d.made)
	}
	return summary.WithLevels(content, &given)
}

// state is what the room begins with.
func (d *draft) state() scan.Value {
	list := []byte{'['}
	add := func(kind, key string, content scan.Value) {
		if len(list) > 1 {
			list = append(list, ',')
		}
		var b scan.Builder
		list = append(list, b.Text("type", kind).Text("state_key", key).Raw("content", content).Done()...)
	}
	var encryption, avatar, history, parent scan.Builder
	if d.Encrypted {
		add(event.RoomEncryption, "", encryption.Text("algorithm", e2ee.Megolm).Done())
	}
	if d.Avatar != "" {
		add(event.RoomAvatar, "", avatar.Text("url", d.Avatar).Done())
	}
	if d.JoinRule != "" {
		add(event.RoomJoinRules, "", summary.JoinRules(d.JoinRule, d.Allow))
	}
	if d.History != "" {
		add(event.RoomHistoryVisibility, "", history.Text("history_visibility", d.History).Done())
	}
	if d.Space != "" {
		add(event.SpaceParent, string(d.Space), parent.Texts("via", d.via).Bool("canonical", true).Done())
	}
	return append(list, ']')
}

func texts[T ~string](ids []T) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}
