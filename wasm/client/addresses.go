package client

import (
	"context"
	"errors"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SetAlias implements api.Client.
func (c *Client) SetAlias(ctx context.Context, p api.SetAliasParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	name, isAlias := strings.CutPrefix(p.Alias, "#")
	_, of, hasServer := strings.Cut(name, ":")
	own := of == a.ledger.Me().Server()
	switch {
	case !isAlias || !hasServer || p.RoomID == "" || p.Remove && p.Main || !own && !p.Main:
		return errBadParams
	case p.Remove:
		return refused(removeAlias(ctx, server, p.RoomID, p.Alias))
	case own:
		err = addAlias(ctx, server, p.RoomID, p.Alias)
	}
	if err != nil || !p.Main {
		return refused(err)
	}
	return refused(editAlias(ctx, server, p.RoomID, func(now scan.Value) scan.Value {
		return now.With("alias", scan.Text(p.Alias))
	}))
}

// addAlias makes an alias name a room; one that does already is no failure.
func addAlias(ctx context.Context, server *homeserver.Client, room event.RoomID, alias string) error {
	err := server.SetAlias(ctx, alias, room)
	var taken *homeserver.Error
	if errors.As(err, &taken) && taken.Status == 409 {
		if now, _, resolveErr := server.ResolveAlias(ctx, alias); resolveErr == nil && now == room {
			return nil
		}
	}
	return err
}

// removeAlias takes an alias away. First the room stops to go by it, so that it does
// not go by one that leads nowhere; who may do the one need not be able to do the
// other.
func removeAlias(ctx context.Context, server *homeserver.Client, room event.RoomID, alias string) error {
	err := editAlias(ctx, server, room, func(now scan.Value) scan.Value {
		if now.Get("alias").Text() == alias {
			now = now.With("alias", nil)
		}
		if left, has := without(now.Get("alt_aliases"), event.RoomID(alias)); has {
			var b scan.Builder
			now = now.With("alt_aliases", b.Texts("l", left).Done().Get("l"))
		}
		return now
	})
	if err != nil && !errors.Is(err, homeserver.ErrForbidden) {
		return err
	}
	if err = server.RemoveAlias(ctx, alias); errors.Is(err, homeserver.ErrNotFound) {
		return nil
	}
	return err
}

// editAlias changes what a room goes by, unless it does so already.
func editAlias(ctx context.Context, server *homeserver.Client, room event.RoomID, change func(now scan.Value) scan.Value) error {
	return editState(ctx, server, room, event.RoomCanonicalAlias, "", func(now scan.Value) (scan.Value, error) {
		if now == nil {
			now = scan.Value("{}")
		}
		if next := change(now); !same(now, next) {
			return next, nil
		}
		return nil, nil
	})
}

// RoomAddresses implements api.Client.
func (c *Client) RoomAddresses(ctx context.Context, p api.RoomParams) (api.RoomAddresses, error) {
	_, server, err := c.signedIn()
	if err != nil {
		return api.RoomAddresses{}, err
	}
	local, err := server.Aliases(ctx, p.RoomID)
	if err != nil {
		return api.RoomAddresses{}, err
	}
	listed, err := server.Listed(ctx, p.RoomID)
	return api.RoomAddresses{Local: local, Listed: listed}, err
}

// SetListed implements api.Client.
func (c *Client) SetListed(ctx context.Context, p api.SetListedParams) error {
	_, server, err := c.signedIn()
	if err != nil {
		return err
	}
	return refused(server.SetListed(ctx, p.RoomID, p.Listed))
}
