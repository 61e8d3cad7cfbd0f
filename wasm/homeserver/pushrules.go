package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// PushRules reads the user's push rules, in the form of m.push_rules.
func (c *Client) PushRules(ctx context.Context) (scan.Value, error) {
	return c.Do(ctx, Call{Name: "load push rules", Method: "GET", Path: V3("pushrules", "")})
}

// SetPushRule adds or replaces a rule of the user's own.
func (c *Client) SetPushRule(ctx context.Context, kind, id string, rule scan.Value) error {
	_, err := c.Do(ctx, Call{Name: "set push rule", Method: "PUT", Path: pushRule(kind, id), Body: rule})
	return err
}

// RemovePushRule takes out a rule of the user's own.
func (c *Client) RemovePushRule(ctx context.Context, kind, id string) error {
	_, err := c.Do(ctx, Call{Name: "remove push rule", Method: "DELETE", Path: pushRule(kind, id)})
	return err
}

// EnablePushRule turns a rule on or off.
func (c *Client) EnablePushRule(ctx context.Context, kind, id string, enabled bool) error {
	var b scan.Builder
	_, err := c.Do(ctx, Call{Name: "enable push rule", Method: "PUT", Path: pushRule(kind, id, "enabled"), Body: b.Bool("enabled", enabled).Done()})
	return err
}

// SetPushActions changes what a rule does.
func (c *Client) SetPushActions(ctx context.Context, kind, id string, actions scan.Value) error {
	var b scan.Builder
	_, err := c.Do(ctx, Call{Name: "set push actions", Method: "PUT", Path: pushRule(kind, id, "actions"), Body: b.Raw("actions", actions).Done()})
	return err
}

func pushRule(kind, id string, more ...string) []string {
	return V3(append([]string{"pushrules", "global", kind, id}, more...)...)
}
