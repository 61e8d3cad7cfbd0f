package push

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/glob"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// What predefined rules do.
var (
	silent  = Decision{}
	counted = Decision{Notify: true}
	loud    = Decision{Notify: true, Sound: "default"}
	ring    = Decision{Notify: true, Sound: "ring"}
	marked  = Decision{Notify: true, Highlight: true}
	called  = Decision{Notify: true, Highlight: true, Sound: "default"}
)

const relation = `content.m\.relates_to.rel_type`

// predefined are the rules of the specification that servers have since 1.17, in
// its order, and those of polls (MSC3930).
func predefined(kind Kind, me event.UserID) []rule {
	switch kind {
	case Override:
		return []rule{
			preset(".m.rule.suppress_notices", silent, is("content.msgtype", "m.notice")),
			preset(".m.rule.invite_for_me", loud, is("type", "m.room.member"), is("content.membership", "invite"), is("state_key", string(me))),
			preset(".m.rule.member_event", silent, is("type", "m.room.member")),
			preset(".m.rule.is_user_mention", called, propertyContains{splitKey(`content.m\.mentions.user_ids`), textScalar(string(me))}),
			preset(".m.rule.is_room_mention", marked, propertyIs{splitKey(`content.m\.mentions.room`), scalar{kind: scan.Bool, n: 1}}, senderMay("room")),
			preset(".m.rule.tombstone", marked, is("type", "m.room.tombstone"), is("state_key", "")),
			preset(".m.rule.reaction", silent, is("type", "m.reaction")),
			preset(".m.rule.room.server_acl", silent, is("type", "m.room.server_acl"), is("state_key", "")),
			preset(".m.rule.suppress_edits", silent, propertyIs{splitKey(relation), textScalar("m.replace")}),
			preset(".org.matrix.msc3930.rule.poll_response", silent, is("type", "org.matrix.msc3381.poll.response")),
		}
	case Underride:
		two := memberCount{n: 2}
		return []rule{
			preset(".m.rule.call", ring, is("type", "m.call.invite")),
			preset(".m.rule.encrypted_room_one_to_one", loud, is("type", "m.room.encrypted"), two),
			preset(".m.rule.room_one_to_one", loud, is("type", "m.room.message"), two),
			preset(".m.rule.message", counted, is("type", "m.room.message")),
			preset(".m.rule.encrypted", counted, is("type", "m.room.encrypted")),
			preset(".org.matrix.msc3930.rule.poll_start_one_to_one", loud, is("type", "org.matrix.msc3381.poll.start"), two),
			preset(".org.matrix.msc3930.rule.poll_start", counted, is("type", "org.matrix.msc3381.poll.start")),
			preset(".org.matrix.msc3930.rule.poll_end_one_to_one", loud, is("type", "org.matrix.msc3381.poll.end"), two),
			preset(".org.matrix.msc3930.rule.poll_end", counted, is("type", "org.matrix.msc3381.poll.end")),
		}
	}
	return nil
}

func preset(id string, d Decision, conditions ...condition) rule {
	d.RuleID = id
	return rule{decision: d, conditions: conditions}
}

func is(key, value string) condition { return matches{splitKey(key), glob.Literal(value)} }

func textScalar(s string) scalar { return scalar{kind: scan.String, text: s} }

// complete returns the enabled rules of a kind with those that the server does not
// know, each before what it stands before in the specification.
func complete(enabled []rule, kind Kind, known map[string]bool, me event.UserID) []rule {
	all := slices.Clone(enabled)
	at := len(all)
	for _, p := range slices.Backward(predefined(kind, me)) {
		id := p.decision.RuleID
		if !known[id] {
			p.decision.Kind = kind
			all = slices.Insert(all, at, p)
			continue
		}
		if i := slices.IndexFunc(all, func(r rule) bool { return r.decision.RuleID == id }); i >= 0 {
			at = i
		}
	}
	return all
}
