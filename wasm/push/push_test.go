package push_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const me event.UserID = "@me:example.org"

// subject is an event as it came, in a room of three in which anybody may notify all.
func subject(t testing.TB, raw string) *push.Subject {
	t.Helper()
	v, err := scan.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	e, err := event.Parse(v)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return &push.Subject{
		Event: &e, RoomID: "!room:example.org", Me: me, Name: "Me Myself", Joined: 3,
		MayNotify: func(user event.UserID, way string) bool { return way == "room" && user != "@weak:example.org" },
	}
}

// message is an m.room.message of somebody else's with such content.
func message(content string) string {
	return `{"event_id":"$1","type":"m.room.message","sender":"@bob:example.org","origin_server_ts":1,"content":` + content + `}`
}

func rules(t testing.TB, global string) *push.Rules {
	t.Helper()
	v, err := scan.Parse([]byte(`{"global":` + global + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return push.Parse(v, me)
}

// asking is a user's own override rule with these conditions, which highlights.
func asking(conditions string) string {
	return `{"override":[{"rule_id":"mine","enabled":true,"default":false,"actions":["notify",{"set_tweak":"highlight"}],"conditions":[` + conditions + `]}]}`
}

func TestConditions(t *testing.T) {
	const example = `{"event_id":"$143273976499sgjks:example.org","room_id":"!636q39766251:example.com","sender":"@example:example.com","type":"m.room.message",
		"origin_server_ts":1432735824653,"content":{"body":"An example event.","n":1,"big":9007199254740991,"huge":9007199254740993,"f":1.5,"null":null,"yes":true,
		"list":["a",1,true,null,{"x":1},["a"]],"m.federate":true,"m":{"federate":false},"back\\slash":"b","mixed.\\":"c","empty":"","lines":"one\ntwo","object":{"a":"b"}}}`
	match := func(key, pattern string) string {
		return fmt.Sprintf(`{"kind":"event_match","key":%q,"pattern":%q}`, key, pattern)
	}
	is := func(key, value string) string {
		return fmt.Sprintf(`{"kind":"event_property_is","key":%q,"value":%s}`, key, value)
	}
	contains := func(key, value string) string {
		return fmt.Sprintf(`{"kind":"event_property_contains","key":%q,"value":%s}`, key, value)
	}
	for condition, want := range map[string]bool{
		// The specification's examples, and FEATURES E-5 to E-7.
		match("content.body", "ex*ple"):              true,
		match("content.body", "exam*"):               true,
		match("content.body", "exa"):                 false,
		match("content.body", "ample"):               false,
		match("content.body", "AN EXAMPLE"):          true,
		match("content.body", "event"):               true,
		match("content.body", "event."):              true,
		match("content.body", "even?"):               true,
		match("content.body", "*"):                   true,
		match("content.body", "?n"):                  true,
		match("content.body", "n ex"):                false,
		match("type", "m.room.message"):              true,
		match("type", "M.Room.Message"):              true,
		match("type", "m.room"):                      false,
		match("type", "m.room.*"):                    true,
		match("type", "m?room?message"):              true,
		match("type", "*"):                           true,
		match("room_id", "!room:example.org"):        true,
		match("sender", "@example:*"):                true,
		match("state_key", "*"):                      false,
		match("state_key", ""):                       false,
		match("content.absent", "*"):                 false,
		match("content.null", "*"):                   false,
		match("content.n", "1"):                      false,
		match("content.yes", "true"):                 false,
		match("content.empty", ""):                   true,
		match("content.empty", "*"):                  true,
		match("content.empty", "?"):                  false,
		match("content.lines", "one*two"):            true,
		match("content.lines", "one?two"):            true,
		match("content.object.a", "b"):               true,
		match("content.object", "*"):                 false,
		match(`content.back\\slash`, "b"):            true,
		match(`content.mixed\.\\`, "c"):              true,
		match("content.object.a.b", "*"):             false,
		match("", "*"):                               false,
		`{"kind":"event_match","key":"type"}`:        false,
		`{"kind":"event_match","pattern":"*"}`:       false,
		`{"kind":"event_match","key":1,"pattern":1}`: false,

		is(`content.m\.federate`, "true"):                     true,
		is("content.m.federate", "true"):                      false,
		is("content.m.federate", "false"):                     true,
		is("content.n", "1"):                                  true,
		is("content.n", `"1"`):                                false,
		is("content.n", "1.5"):                                false,
		is("content.n", "true"):                               false,
		is("content.f", "1.5"):                                false,
		is("content.f", "1"):                                  false,
		is("content.big", "9007199254740991"):                 true,
		is("content.huge", "9007199254740993"):                false,
		is("content.null", "null"):                            true,
		is("content.absent", "null"):                          false,
		is("content.yes", "true"):                             true,
		is("content.yes", "1"):                                false,
		is("content.body", `"An example event."`):             true,
		is("content.body", `"an example event."`):             false,
		is("content.object", `{"a":"b"}`):                     false,
		is("content.list", `["a"]`):                           false,
		is("type", `"m.room.message"`):                        true,
		is("room_id", `"!room:example.org"`):                  true,
		`{"kind":"event_property_is","key":"content.absent"}`: false,

		contains("content.list", `"a"`):     true,
		contains("content.list", `"A"`):     false,
		contains("content.list", "1"):       true,
		contains("content.list", "true"):    true,
		contains("content.list", "false"):   false,
		contains("content.list", "null"):    true,
		contains("content.list", `{"x":1}`): false,
		contains("content.list", `["a"]`):   false,
		contains("content.body", `"An"`):    false,
		contains("content.absent", "null"):  false,
		contains("content.object", `"b"`):   false,

		`{"kind":"room_member_count","is":"3"}`:                     true,
		`{"kind":"room_member_count","is":"==3"}`:                   true,
		`{"kind":"room_member_count","is":">2"}`:                    true,
		`{"kind":"room_member_count","is":"<3"}`:                    false,
		`{"kind":"room_member_count","is":"<=3"}`:                   true,
		`{"kind":"room_member_count","is":">=4"}`:                   false,
		`{"kind":"room_member_count","is":"003"}`:                   true,
		`{"kind":"room_member_count","is":"=3"}`:                    false,
		`{"kind":"room_member_count","is":"=<3"}`:                   false,
		`{"kind":"room_member_count","is":""}`:                      false,
		`{"kind":"room_member_count","is":">"}`:                     false,
		`{"kind":"room_member_count","is":"+3"}`:                    false,
		`{"kind":"room_member_count","is":"3 "}`:                    false,
		`{"kind":"room_member_count","is":3}`:                       false,
		`{"kind":"room_member_count","is":"==3.0"}`:                 false,
		`{"kind":"room_member_count","is":"<99999999999999999999"}`: false,

		`{"kind":"sender_notification_permission","key":"room"}`:  true,
		`{"kind":"sender_notification_permission","key":"house"}`: false,
		`{"kind":"sender_notification_permission"}`:               false,

		`{"kind":"org.example.unknown"}`: false,
		`{}`:                             false,
		`"event_match"`:                  false,
		`null`:                           false,
	} {
		t.Run(condition, func(t *testing.T) {
			got := rules(t, asking(condition)).Judge(subject(t, example))
			if got.Highlight != want {
				t.Errorf("got %+v", got)
			}
		})
	}
	if d := rules(t, asking("")).Judge(subject(t, example)); d.RuleID != "mine" {
		t.Errorf("no conditions hold not: %+v", d)
	}
	if d := rules(t, asking(match("type", "*")+`,`+match("type", "x"))).Judge(subject(t, example)); d.RuleID == "mine" {
		t.Error("one of two conditions is enough")
	}
}

// TestWords: where a pattern stands in a body (FEATURES 7-16, E-9).
func TestWords(t *testing.T) {
	for _, c := range []struct {
		pattern, body string
		want          bool
	}{
		{"cake", "cake", true},
		{"cake", "I like Cake!", true},
		{"cake", "cakes", false},
		{"cake", "pan_cake", false},
		{"cake", "cake1", false},
		{"cake", "cakes and cake", true},
		{"cake", "cak\u00e9 cake\u00e9", true}, // é is in no word
		{"c++", "I write c++", true},
		{"c++", "c++11", false},
		{"!cake", "so: !cake", true},
		{"cake*lie", "the cake is a lie", true},
		{"cake*lie", "the cake is a liege", false},
		{"ca?e", "a cafe", true},
		{"*", "", true},
		{"*lie", "believe, lie", true},
		{"über", "ÜBER allem", true},
		{"a*a*a*a*b", strings.Repeat("a", 60_000), false},
		{"??", "日本", true},
	} {
		content := `{"content":[{"rule_id":"word","enabled":true,"default":false,"actions":["notify"],"pattern":` + fmt.Sprintf("%q", c.pattern) + `}]}`
		got := rules(t, content).Judge(subject(t, message(`{"msgtype":"m.text","body":`+string(scan.Text(c.body))+`}`)))
		if (got.RuleID == "word") != c.want {
			t.Errorf("%.40q in %.40q: %+v", c.pattern, c.body, got)
		}
	}
	for _, content := range []string{`{"body":1}`, `{"body":null}`, `{}`} {
		if got := rules(t, `{"content":[{"rule_id":"word","pattern":"*","actions":["notify"]}]}`).Judge(subject(t, message(content))); got.RuleID == "word" {
			t.Errorf("%s has words", content)
		}
	}
}

// TestActions: what a rule does, whatever is in it (FEATURES 7-26, E-8).
func TestActions(t *testing.T) {
	for actions, want := range map[string]push.Decision{
		`[]`:                    {},
		`["notify"]`:            {Notify: true},
		`["dont_notify"]`:       {},
		`["coalesce"]`:          {},
		`["notify","coalesce"]`: {Notify: true},
		`["notify",{"set_tweak":"sound","value":"bell"}]`:     {Notify: true, Sound: "bell"},
		`["notify",{"set_tweak":"sound"}]`:                    {Notify: true},
		`["notify",{"set_tweak":"sound","value":1}]`:          {Notify: true},
		`[{"set_tweak":"highlight"}]`:                         {Highlight: true},
		`[{"set_tweak":"highlight","value":true}]`:            {Highlight: true},
		`[{"set_tweak":"highlight","value":false}]`:           {},
		`[{"set_tweak":"highlight","value":"yes"}]`:           {},
		`[{"set_tweak":"highlight"},{"set_tweak":"other"}]`:   {Highlight: true},
		`[{"set_tweak":1},null,3,["notify"],{"notify":true}]`: {},
		`"notify"`: {},
		`null`:     {},
	} {
		want.Kind, want.RuleID = push.Override, "mine"
		got := rules(t, `{"override":[{"rule_id":"mine","actions":`+actions+`}]}`).Judge(subject(t, message(`{}`)))
		if got != want {
			t.Errorf("%s: %+v", actions, got)
		}
	}
}

// events are one of each sort that predefined rules tell apart.
var events = map[string]string{
	"text":                 message(`{"msgtype":"m.text","body":"hi"}`),
	"notice":               message(`{"msgtype":"m.notice","body":"hi"}`),
	"mention":              message(`{"msgtype":"m.text","body":"hi","m.mentions":{"user_ids":["@me:example.org"]}}`),
	"all":                  message(`{"msgtype":"m.text","body":"hi","m.mentions":{"room":true}}`),
	"all as 1":             message(`{"msgtype":"m.text","body":"hi","m.mentions":{"room":1}}`),
	"not all":              strings.Replace(message(`{"msgtype":"m.text","body":"hi","m.mentions":{"room":true}}`), "@bob", "@weak", 1),
	"edit":                 message(`{"msgtype":"m.text","body":"* hi","m.relates_to":{"rel_type":"m.replace","event_id":"$0"}}`),
	"edit to me":           message(`{"msgtype":"m.text","body":"* hi","m.mentions":{"user_ids":["@me:example.org"]},"m.relates_to":{"rel_type":"m.replace","event_id":"$0"}}`),
	"mine":                 strings.Replace(message(`{"msgtype":"m.text","body":"hi","m.mentions":{"room":true}}`), "@bob", "@me", 1),
	"reaction":             strings.Replace(message(`{"m.relates_to":{"rel_type":"m.annotation","event_id":"$0","key":"x"}}`), "m.room.message", "m.reaction", 1),
	"sealed":               strings.Replace(message(`{}`), "m.room.message", "m.room.encrypted", 1),
	"call":                 strings.Replace(message(`{}`), "m.room.message", "m.call.invite", 1),
	"poll":                 strings.Replace(message(`{}`), "m.room.message", "org.matrix.msc3381.poll.start", 1),
	"vote":                 strings.Replace(message(`{}`), "m.room.message", "org.matrix.msc3381.poll.response", 1),
	"unknown":              strings.Replace(message(`{}`), "m.room.message", "org.example", 1),
	"invite":               state("m.room.member", "@me:example.org", `{"membership":"invite"}`),
	"join":                 state("m.room.member", "@bob:example.org", `{"membership":"join"}`),
	"tombstone":            state("m.room.tombstone", "", `{}`),
	"tomb":                 strings.Replace(message(`{}`), "m.room.message", "m.room.tombstone", 1),
	"acl":                  state("m.room.server_acl", "", `{}`),
	"name":                 message(`{"msgtype":"m.text","body":"hi ME MYSELF!"}`),
	"me":                   message(`{"msgtype":"m.text","body":"hi me"}`),
	"@room":                message(`{"msgtype":"m.text","body":"hi @room"}`),
	"name, meant for none": message(`{"msgtype":"m.text","body":"hi me, Me Myself, @room","m.mentions":null}`),
}

func state(kind, key, content string) string {
	return fmt.Sprintf(`{"event_id":"$1","type":%q,"state_key":%q,"sender":"@bob:example.org","origin_server_ts":1,"content":%s}`, kind, key, content)
}

// told is a decision in a few letters.
func told(d push.Decision) string {
	s := "-"
	if d.Notify {
		s = "notify"
	}
	if d.Highlight {
		s += "!"
	}
	return strings.TrimSpace(s + " " + d.Sound)
}

// TestMatrix: what each event is, with the rules of a server of today, of one that
// has the rules of 2023, and of none (FEATURES 7-05, 7-08, C-18, D-08).
func TestMatrix(t *testing.T) {
	const oldRules = `{"override":[
		{"rule_id":".m.rule.master","enabled":false,"actions":["dont_notify"]},
		{"rule_id":".m.rule.suppress_notices","actions":["dont_notify"],"conditions":[{"kind":"event_match","key":"content.msgtype","pattern":"m.notice"}]},
		{"rule_id":".m.rule.contains_display_name","actions":["notify",{"set_tweak":"highlight"}],"conditions":[{"kind":"contains_display_name"}]},
		{"rule_id":".m.rule.roomnotif","actions":["notify",{"set_tweak":"highlight"}],"conditions":[{"kind":"event_match","key":"content.body","pattern":"@room"},{"kind":"sender_notification_permission","key":"room"}]}],
		"content":[{"rule_id":".m.rule.contains_user_name","pattern":"me","actions":["notify",{"set_tweak":"highlight"}]}]}`
	for name, want := range map[string][2]string{ // of today, of 2023
		"text":                 {"notify", "notify"},
		"notice":               {"-", "-"},
		"mention":              {"notify! default", "notify! default"},
		"all":                  {"notify!", "notify!"},
		"all as 1":             {"notify", "notify"},
		"not all":              {"notify", "notify"},
		"edit":                 {"-", "-"},
		"edit to me":           {"notify! default", "notify! default"},
		"mine":                 {"-", "-"},
		"reaction":             {"-", "-"},
		"sealed":               {"notify", "notify"},
		"call":                 {"notify ring", "notify ring"},
		"poll":                 {"notify", "notify"},
		"vote":                 {"-", "-"},
		"unknown":              {"-", "-"},
		"invite":               {"notify default", "notify default"},
		"join":                 {"-", "-"},
		"tombstone":            {"notify!", "notify!"},
		"tomb":                 {"-", "-"},
		"acl":                  {"-", "-"},
		"name":                 {"notify", "notify!"},
		"me":                   {"notify", "notify!"},
		"@room":                {"notify", "notify!"},
		"name, meant for none": {"notify", "notify"},
	} {
		for i, global := range []string{"{}", oldRules} {
			if got := told(rules(t, global).Judge(subject(t, events[name]))); got != want[i] {
				t.Errorf("%s, rules %d: %s, want %s", name, i, got, want[i])
			}
		}
		off := rules(t, `{"override":[{"rule_id":".m.rule.master","enabled":true,"actions":[]}]}`)
		if got := told(off.Judge(subject(t, events[name]))); got != "-" {
			t.Errorf("%s with the master rule: %s", name, got)
		}
	}
	two := subject(t, events["text"])
	two.Joined = 2
	if got := rules(t, "{}").Judge(two); told(got) != "notify default" || got.RuleID != ".m.rule.room_one_to_one" || got.Kind != push.Underride {
		t.Errorf("of two: %+v", got)
	}
}

// TestOrder: the first enabled rule that matches counts, by kind and then by place,
// and a rule of the user's before any that the server has.
func TestOrder(t *testing.T) {
	rule := func(id, more string) string { return fmt.Sprintf(`{"rule_id":%q,"actions":["notify"]%s}`, id, more) }
	all := map[string]string{
		"override":  rule("over", ""),
		"content":   rule("content", `,"pattern":"hi"`),
		"room":      rule("!room:example.org", ""),
		"sender":    rule("@bob:example.org", ""),
		"underride": rule("under", ""),
	}
	for _, kind := range []string{"override", "content", "room", "sender", "underride"} {
		var global []string
		for name, one := range all {
			global = append(global, fmt.Sprintf("%q:[%s]", name, one))
		}
		got := rules(t, "{"+strings.Join(global, ",")+"}").Judge(subject(t, events["text"]))
		if string(got.Kind) != kind {
			t.Errorf("%s is not first of %d: %+v", kind, len(all), got)
		}
		delete(all, kind)
	}
	for global, want := range map[string]string{
		`{"override":[` + rule("a", "") + `,` + rule("b", "") + `]}`:                             "a",
		`{"override":[` + rule("a", `,"enabled":false`) + `,` + rule("b", "") + `]}`:             "b",
		`{"override":[` + rule("a", `,"conditions":[{"kind":"?"}]`) + `,` + rule("b", "") + `]}`: "b",
		`{"room":[` + rule("!other:example.org", "") + `]}`:                                      ".m.rule.message",
		`{"underride":[` + rule(".m.rule.message", `,"enabled":false`) + `]}`:                    "",
		`{"underride":[` + rule("mine", "") + `]}`:                                               "mine",
		`{"override":3,"content":null,"room":{},"sender":[1,null,"x"],"underride":[{}]}`:         ".m.rule.message",
	} {
		if got := rules(t, global).Judge(subject(t, events["text"])); got.RuleID != want {
			t.Errorf("%s: %+v", global, got)
		}
	}
	// What a server lacks stands where the specification has it: a mention before
	// edits that are kept silent.
	lacks := `{"override":[{"rule_id":".m.rule.suppress_edits","actions":[],"conditions":[{"kind":"event_property_is","key":"content.m\\.relates_to.rel_type","value":"m.replace"}]}]}`
	if got := rules(t, lacks).Judge(subject(t, events["edit to me"])); got.RuleID != ".m.rule.is_user_mention" {
		t.Errorf("an edit that mentions: %+v", got)
	}
}

// FuzzJudge: whatever rules and events are, they are judged.
func FuzzJudge(f *testing.F) {
	for _, e := range events {
		f.Add([]byte(asking(`{"kind":"event_match","key":"content.body","pattern":"a*?b"}`)), []byte(e))
	}
	f.Fuzz(func(t *testing.T, global, raw []byte) {
		g, err := scan.Parse(global)
		if err != nil {
			return
		}
		v, err := scan.Parse(raw)
		if err != nil {
			return
		}
		e, err := event.Parse(v)
		if err != nil {
			return
		}
		var b scan.Builder
		r := push.Parse(b.Raw("global", g).Done(), me)
		r.Judge(&push.Subject{Event: &e, RoomID: "!r", Me: me, Name: "a*b", Joined: 2})
	})
}
