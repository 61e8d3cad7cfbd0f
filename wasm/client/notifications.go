package client

import (
	"context"
	"errors"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// What is shown of the push rules is what the sync says of them, and an edit
// returns when it does. So there is no echo that an older answer could overwrite,
// and an edit begins with what the server has now (FEATURES D-28).

// pushRules streams api.PushRules.
type pushRules struct {
	*watcher
	last scan.Value
}

// PushRules implements api.Client.
func (c *Client) PushRules(ctx context.Context) (api.Stream[api.PushRules], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Rules })
	if err != nil {
		return nil, err
	}
	return &pushRules{watcher: w}, nil
}

// Next implements api.Stream.
func (r *pushRules) Next(ctx context.Context) (api.PushRules, error) {
	for {
		if err := r.wait(ctx); err != nil {
			return api.PushRules{}, err
		}
		now := r.account.ledger.PushRules()
		if r.last == nil || string(now) != string(r.last) {
			r.last = append(scan.Value{' '}, now...)[1:] // not nil
			return listRules(now), nil
		}
	}
}

func listRules(content scan.Value) api.PushRules {
	out := api.PushRules{Rules: []api.PushRule{}}
	for _, one := range push.List(content) {
		if one.IsMaster() {
			out.Muted = one.Enabled
		}
		out.Rules = append(out.Rules, api.PushRule{
			Kind: api.RuleKind(one.Kind), ID: one.RuleID, Enabled: one.Enabled, Default: one.Default, Pattern: one.Pattern, Action: actionOf(one.Decision),
		})
	}
	return out
}

func actionOf(d push.Decision) api.RuleAction {
	return api.RuleAction{Notify: d.Notify, Highlight: d.Highlight, Sound: d.Sound}
}

// SetPushRule implements api.Client.
func (c *Client) SetPushRule(ctx context.Context, p api.SetPushRuleParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Kind == "" || p.ID == "" || p.Enabled == nil && p.Action == nil {
		return errBadParams
	}
	if p.Enabled != nil {
		err = server.EnablePushRule(ctx, string(p.Kind), p.ID, *p.Enabled)
	}
	if p.Action != nil && err == nil {
		err = server.SetPushActions(ctx, string(p.Kind), p.ID, push.Actions(decisionOf(*p.Action)))
	}
	if err != nil {
		return err
	}
	a.awaitRules(ctx, func(content scan.Value) bool {
		return slices.ContainsFunc(push.List(content), func(one push.Listed) bool {
			return string(one.Kind) == string(p.Kind) && one.RuleID == p.ID && (p.Enabled == nil || one.Enabled == *p.Enabled) &&
				(p.Action == nil || actionOf(one.Decision) == *p.Action)
		})
	})
	return nil
}

func decisionOf(a api.RuleAction) push.Decision {
	return push.Decision{Notify: a.Notify, Highlight: a.Highlight, Sound: a.Sound}
}

// SetKeyword implements api.Client.
func (c *Client) SetKeyword(ctx context.Context, p api.SetKeywordParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if _, ok := push.Keyword(nil, p.Word, p.Remove); !ok {
		return errBadParams
	}
	now, err := editRules(ctx, server, func(now scan.Value) []push.Edit {
		edits, _ := push.Keyword(now, p.Word, p.Remove)
		return edits
	})
	if err != nil {
		return err
	}
	left := push.HasKeyword(now, p.Word)
	a.awaitRules(ctx, func(content scan.Value) bool { return push.HasKeyword(content, p.Word) == left })
	return nil
}

// SetRoomNotifications implements api.Client.
func (c *Client) SetRoomNotifications(ctx context.Context, p api.SetRoomNotificationsParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	level := push.Level(p.Level)
	if !slices.Contains([]push.Level{push.Default, push.All, push.Mentions, push.Mute}, level) || p.RoomID == "" {
		return errBadParams
	}
	left, err := setLevel(ctx, server, p.RoomID, level)
	if err != nil {
		return err
	}
	a.awaitRules(ctx, func(content scan.Value) bool { return push.LevelOf(content, p.RoomID) == left })
	return nil
}

// setLevel gives a room a level and returns the one that the server then has: that
// of another device, if both set one. Two that take out each other's rules leave
// none, which neither wants, so that is done again.
func setLevel(ctx context.Context, server *homeserver.Client, room event.RoomID, level push.Level) (left push.Level, err error) {
	for range 3 {
		now, err := editRules(ctx, server, func(now scan.Value) []push.Edit { return push.SetLevel(now, room, level) })
		if err != nil {
			return "", err
		}
		if left = push.LevelOf(now, room); left != push.Default || level == push.Default {
			break
		}
	}
	return left, nil
}

// editRules changes the rules that the server has now, and returns those that it
// has then.
func editRules(ctx context.Context, server *homeserver.Client, change func(now scan.Value) []push.Edit) (scan.Value, error) {
	now, err := server.PushRules(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range change(now) {
		if err := editRule(ctx, server, e); err != nil {
			return nil, err
		}
	}
	return server.PushRules(ctx)
}

func editRule(ctx context.Context, server *homeserver.Client, e push.Edit) (err error) {
	if e.Body == nil {
		err = server.RemovePushRule(ctx, string(e.Kind), e.ID)
	} else if err = server.SetPushRule(ctx, string(e.Kind), e.ID, e.Body); err == nil {
		// One that was turned off stays so when it is replaced.
		err = server.EnablePushRule(ctx, string(e.Kind), e.ID, true)
	}
	if errors.Is(err, homeserver.ErrNotFound) {
		return nil // another device took it out
	}
	return err
}

// awaitRules returns when the sync says so of the rules, or after a while.
func (a *account) awaitRules(ctx context.Context, is func(content scan.Value) bool) {
	a.awaitChange(ctx, func(c *ledger.Change) bool { return c.Rules }, func() bool { return is(a.ledger.PushRules()) })
}
