package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Storage implements api.Client.
func (c *Client) Storage(context.Context) (api.Stream[api.StorageStatus], error) {
	return c.storage.Subscribe(), nil
}

// AccountData implements api.Client.
func (c *Client) AccountData(ctx context.Context, p api.AccountDataParams) (api.AccountData, error) {
	a, err := c.inhabited()
	if err != nil {
		return api.AccountData{}, err
	}
	var room *table.Room
	if p.RoomID != "" {
		if room = a.ledger.Room(p.RoomID); room == nil {
			return api.AccountData{}, errNoRoom
		}
	}
	content, err := a.ledger.ReadAccountData(ctx, room, p.Type)
	if errors.Is(err, table.ErrGarbled) {
		return c.askAccountData(ctx, p)
	}
	return api.AccountData{Content: content}, err
}

// askAccountData asks the server for what is garbled here: whoever took it for
// nothing might write over what the server has.
func (c *Client) askAccountData(ctx context.Context, p api.AccountDataParams) (api.AccountData, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.AccountData{}, err
	}
	content, err := server.AccountData(ctx, a.ledger.Me(), p.RoomID, p.Type)
	if errors.Is(err, homeserver.ErrNotFound) {
		return api.AccountData{}, nil
	}
	return api.AccountData{Content: content}, err
}

// SetAccountData implements api.Client.
func (c *Client) SetAccountData(ctx context.Context, p api.SetAccountDataParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Type == "" || p.Content.Kind() != scan.Object {
		return errBadParams
	}
	return server.SetAccountData(ctx, a.ledger.Me(), p.RoomID, p.Type, p.Content.WellFormed())
}

// Request implements api.Client.
func (c *Client) Request(ctx context.Context, p api.RequestParams) (api.Response, error) {
	_, server, err := c.signedIn()
	if err != nil {
		return api.Response{}, err
	}
	var body []byte
	if p.Body.Exists() && p.Body.Kind() != scan.Null {
		body = p.Body
	}
	answer, err := server.Request(ctx, p.Method, p.Path, body)
	if err != nil {
		return api.Response{}, err
	}
	out := api.Response{Status: answer.Status}
	if v, err := scan.Parse(answer.Body); err == nil {
		out.Body = v
	}
	return out, nil
}
