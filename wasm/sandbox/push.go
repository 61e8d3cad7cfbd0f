package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

func pushRoutes(t *routes) {
	t.add("GET", v3+"pushrules", pushRules)
	t.add("GET", v3+"pushrules/", pushRules)
	t.add("GET", v3+"pushrules/global", pushRules)
	t.add("GET", v3+"pushrules/global/", pushRules)
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		t.add(method, v3+"pushrules/global/{kind}/{rule}", onePushRule)
	}
	for _, part := range []string{"enabled", "actions"} {
		t.add("GET", v3+"pushrules/global/{kind}/{rule}/"+part, pushPart(part))
		t.add("PUT", v3+"pushrules/global/{kind}/{rule}/"+part, pushPart(part))
	}
	t.add("GET", v3+"pushers", pushers)
	t.add("POST", v3+"pushers/set", setPusher)
	t.add("GET", v3+"notifications", func(*call) (any, error) { return map[string]any{"notifications": []any{}}, nil })
}

// pushRule is one rule; ruleset is all of a user, by kind.
type pushRule struct {
	ID         string            `json:"rule_id"`
	Default    bool              `json:"default"`
	Enabled    bool              `json:"enabled"`
	Actions    []json.RawMessage `json:"actions"`
	Conditions []json.RawMessage `json:"conditions,omitempty"`
	Pattern    string            `json:"pattern,omitempty"`
}

type ruleset map[string][]*pushRule

var ruleKinds = []string{"override", "content", "room", "sender", "underride"}

// defaultPushRules are the predefined rules of the specification that servers
// still have since 1.17, in its order.
func defaultPushRules(user string) json.RawMessage {
	const notify, silent = `"notify"`, ``
	loud := notify + `,{"set_tweak":"sound","value":"default"}`
	marked := notify + `,{"set_tweak":"highlight"}`
	is := func(key, value string) string {
		return `{"kind":"event_match","key":"` + key + `","pattern":"` + value + `"}`
	}
	prop := func(key, value string) string {
		return `{"kind":"event_property_is","key":"` + key + `","value":` + value + `}`
	}
	two := `{"kind":"room_member_count","is":"2"}`
	rule := func(id, actions string, conditions ...string) string {
		enabled := "true"
		if id == ".m.rule.master" {
			enabled = "false"
		}
		return `{"rule_id":"` + id + `","default":true,"enabled":` + enabled + `,"actions":[` + actions +
			`],"conditions":[` + strings.Join(conditions, ",") + `]}`
	}
	override := []string{
		rule(".m.rule.master", silent),
		rule(".m.rule.suppress_notices", silent, is("content.msgtype", "m.notice")),
		rule(".m.rule.invite_for_me", loud, is("type", "m.room.member"), is("content.membership", "invite"), is("state_key", user)),
		rule(".m.rule.member_event", silent, is("type", "m.room.member")),
		rule(".m.rule.is_user_mention", loud+`,{"set_tweak":"highlight"}`,
			`{"kind":"event_property_contains","key":"content.m\\.mentions.user_ids","value":"`+user+`"}`),
		rule(".m.rule.is_room_mention", marked, prop(`content.m\\.mentions.room`, "true"),
			`{"kind":"sender_notification_permission","key":"room"}`),
		rule(".m.rule.tombstone", marked, is("type", "m.room.tombstone"), is("state_key", "")),
		rule(".m.rule.reaction", silent, is("type", "m.reaction")),
		rule(".m.rule.room.server_acl", silent, is("type", "m.room.server_acl"), is("state_key", "")),
		rule(".m.rule.suppress_edits", silent, prop(`content.m\\.relates_to.rel_type`, `"m.replace"`)),
	}
	underride := []string{
		rule(".m.rule.call", notify+`,{"set_tweak":"sound","value":"ring"}`, is("type", "m.call.invite")),
		rule(".m.rule.encrypted_room_one_to_one", loud, is("type", "m.room.encrypted"), two),
		rule(".m.rule.room_one_to_one", loud, is("type", "m.room.message"), two),
		rule(".m.rule.message", notify, is("type", "m.room.message")),
		rule(".m.rule.encrypted", notify, is("type", "m.room.encrypted")),
	}
	return json.RawMessage(`{"global":{"override":[` + strings.Join(override, ",") + `],"content":[],"room":[],"sender":[],"underride":[` +
		strings.Join(underride, ",") + `]}}`)
}

func (u *user) rules() ruleset {
	var all struct {
		Global ruleset `json:"global"`
	}
	if d := u.AccountData["m.push_rules"]; d != nil {
		_ = json.Unmarshal(d.Content, &all)
	}
	if all.Global == nil {
		all.Global = ruleset{}
	}
	for _, kind := range ruleKinds {
		if all.Global[kind] == nil {
			all.Global[kind] = []*pushRule{}
		}
	}
	return all.Global
}

func (c *call) saveRules(all ruleset) {
	c.user.AccountData["m.push_rules"] = &datum{c.s.next(), must(map[string]ruleset{"global": all})}
}

// roomRule returns "dont_notify" if the user muted the room by a room rule, or
// by an override rule for it.
func (u *user) roomRule(room string) string {
	all := u.rules()
	for _, r := range append(slices.Clone(all["override"]), all["room"]...) {
		if r.ID == room && r.Enabled && !slices.ContainsFunc(r.Actions, isNotify) {
			return "dont_notify"
		}
	}
	return ""
}

func isNotify(action json.RawMessage) bool { return string(action) == `"notify"` }

func pushRules(c *call) (any, error) {
	if strings.Contains(c.r.URL.Path, "/global") {
		return c.user.rules(), nil
	}
	return map[string]ruleset{"global": c.user.rules()}, nil
}

// rule finds the rule of the path.
func (c *call) rule() (ruleset, int, error) {
	all, kind := c.user.rules(), c.vars["kind"]
	if !slices.Contains(ruleKinds, kind) {
		return nil, 0, fail(http.StatusBadRequest, "M_UNRECOGNIZED", "Unrecognised rule kind")
	}
	return all, slices.IndexFunc(all[kind], func(r *pushRule) bool { return r.ID == c.vars["rule"] }), nil
}

func onePushRule(c *call) (any, error) {
	all, i, err := c.rule()
	if err != nil {
		return nil, err
	}
	kind := c.vars["kind"]
	if c.r.Method == http.MethodPut {
		return nil, c.putRule(all, kind, i)
	}
	if i < 0 {
		return nil, errNotFound("Push rule not found")
	}
	if c.r.Method == http.MethodGet {
		return all[kind][i], nil
	}
	all[kind] = slices.Delete(all[kind], i, i+1)
	c.saveRules(all)
	return nil, nil
}

// putRule adds a rule before the others of its kind, or replaces it.
func (c *call) putRule(all ruleset, kind string, i int) error {
	rule := &pushRule{}
	if err := c.json(rule); err != nil {
		return err
	}
	if rule.Actions == nil {
		return errMissing("actions")
	}
	rule.ID, rule.Default, rule.Enabled = c.vars["rule"], false, true
	if strings.HasPrefix(rule.ID, ".") {
		return errInvalid("cannot add new rule_ids that start with '.'")
	}
	if i >= 0 {
		all[kind][i] = rule
	} else {
		at := 0
		if kind == "override" { // the master rule stays first
			at = min(1, len(all[kind]))
		}
		all[kind] = slices.Insert(all[kind], at, rule)
	}
	c.saveRules(all)
	return nil
}

func pushPart(part string) func(*call) (any, error) {
	return func(c *call) (any, error) {
		all, i, err := c.rule()
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return nil, errNotFound("Push rule not found")
		}
		rule := all[c.vars["kind"]][i]
		if c.r.Method == http.MethodGet {
			return map[string]any{part: map[string]any{"enabled": rule.Enabled, "actions": rule.Actions}[part]}, nil
		}
		var in struct {
			Enabled *bool             `json:"enabled"`
			Actions []json.RawMessage `json:"actions"`
		}
		if err := c.json(&in); err != nil {
			return nil, err
		}
		switch {
		case part == "enabled" && in.Enabled != nil:
			rule.Enabled = *in.Enabled
		case part == "actions" && in.Actions != nil:
			rule.Actions = in.Actions
		default:
			return nil, errMissing(part)
		}
		c.saveRules(all)
		return nil, nil
	}
}
