package stored

import (
	"fmt"
	"strings"
)

// firstSync has a room of every kind.
func firstSync() string {
	join := []string{
		joined(kitchen, basics("kitchen", "Kitchen"), `"limited":true,"prev_batch":"kitchen-older","events":[`+talk(0, 120)+`]`,
			`,"unread_notifications":{"notification_count":7,"highlight_count":2},"summary":{"m.joined_member_count":3},
			"account_data":{"events":[{"type":"m.tag","content":{"tags":{"m.favourite":{"order":0.25},"u.work":{}}}},{"type":"m.fully_read","content":{"event_id":"$kitchen-100"}},{"type":"org.example.own","content":{"deep":[1,{"ü":null}]}}]},
			"ephemeral":{"events":[`+receipts("kitchen")+`,{"type":"m.typing","content":{"user_ids":["@bob:example.org"]}}]}`),
		joined(library, basics("library", "Library")+`,`+state("library", -3, "m.space.parent", "!space:example.org", `{"via":["example.org"],"canonical":true}`), `"limited":true,"prev_batch":"library-older","events":[`+text("library", 30, "bob", "a book")+`,`+text("library", 31, "cyd", "another book")+`]`,
			`,"account_data":{"events":[{"type":"m.marked_unread","content":{"unread":true}}]}`),
		joined(hall, basics("hall", "Great Hall"), `"events":[`+text("hall", 900, "bob", "hello, everybody")+`]`, `,"summary":{"m.joined_member_count":251}`),
		joined("!dm:example.org", state("dm", -9, "m.room.create", "", `{"room_version":"12"}`)+`,`+state("dm", -8, "m.room.encryption", "", `{"algorithm":"m.megolm.v1.aes-sha2"}`)+
			`,`+member("dm", -6, "ada", "join", "Ada")+`,`+member("dm", -5, "bob", "join", "Bob"),
			`"events":[`+ev("dm", 1, "m.room.encrypted", "bob", `{"algorithm":"m.megolm.v1.aes-sha2","ciphertext":"AwgAEnAC","session_id":"s","sender_key":"k","device_id":"D"}`, "")+`]`,
			`,"summary":{"m.heroes":["@bob:example.org"],"m.joined_member_count":2,"m.invited_member_count":0}`),
		joined("!space:example.org", state("space", -9, "m.room.create", "", `{"type":"m.space","room_version":"11","predecessor":{"room_id":"!old:example.org"}}`)+`,`+state("space", -8, "m.room.name", "", `{"name":"The House"}`)+
			`,`+state("space", -7, "m.space.child", string(kitchen), `{"via":["example.org"],"order":"a"}`)+`,`+member("space", -6, "ada", "join", "Ada"), `"events":[]`,
			`,"account_data":{"events":[{"type":"org.matrix.msc3230.space_order","content":{"order":"b"}}]}`),
		joined("!old:example.org", basics("old", "Old Room"), `"events":[`+state("old", 1, "m.room.tombstone", "", `{"body":"moved","replacement_room":"!kitchen:example.org"}`)+`]`, ``),
		joined("!left:example.org", basics("left", "Left Behind"), `"events":[`+text("left", 1, "bob", "stay")+`]`, ``),
	}
	stripped := func(room, name, membership string) string {
		return fmt.Sprintf(`{"type":"m.room.name","state_key":"","sender":"@bob:example.org","content":{"name":%q}},
			{"type":"m.room.member","state_key":"@bob:example.org","sender":"@bob:example.org","content":{"membership":"join","displayname":"Bob"}},
			{"type":"m.room.member","state_key":"@ada:example.org","sender":"@bob:example.org","content":{"membership":%q,"is_direct":true}}`, name, membership)
	}
	return `{"next_batch":"s1","rooms":{"join":{` + strings.Join(join, ",") + `},
		"invite":{"!invite:example.org":{"invite_state":{"events":[` + stripped("invite", "Come In", "invite") + `]}}},
		"knock":{"!knock:example.org":{"knock_state":{"events":[` + stripped("knock", "Knock Knock", "knock") + `]}}}},
		"account_data":{"events":[{"type":"m.direct","content":{"@bob:example.org":["!dm:example.org"]}},{"type":"m.push_rules","content":{"global":{}}},{"type":"org.example.own","content":{"colour":"grün"}}]},
		"presence":{"events":[{"type":"m.presence","sender":"@bob:example.org","content":{"presence":"online"}}]}}`
}

func receipts(room string) string {
	return fmt.Sprintf(`{"type":"m.receipt","content":{"$%[1]s-110":{"m.read":{"@bob:example.org":{"ts":5}},"m.read.private":{"@ada:example.org":{"ts":6,"thread_id":"main"}}},"$%[1]s-104":{"m.read":{"@cyd:example.org":{"ts":7,"thread_id":"$%[1]s-0"}}}}}`, room)
}

// echoSync has the echo of what was sent.
func echoSync() string {
	return `{"next_batch":"s2","rooms":{"join":{` + joined(kitchen, "", `"events":[`+
		ev("kitchen", 121, "m.room.message", "ada", `{"msgtype":"m.text","body":"sent and echoed"}`, `,"unsigned":{"transaction_id":"txn-echoed"}`)+`]`, "") + `}}}`
}

// gapSync leaves a hole in the kitchen, leaves a room, and has events that are
// none.
func gapSync() string {
	return `{"next_batch":"s3","rooms":{"join":{` + joined(kitchen, "", `"limited":true,"prev_batch":"kitchen-gap","events":[`+talk(300, 360)+`,{"event_id":7,"type":"broken"},{"no":"event"}]`, "") + `},
		"leave":{"!left:example.org":{"timeline":{"events":[` + ev("left", 2, "m.room.member", "ada", `{"membership":"leave"}`, `,"state_key":"@ada:example.org"`) + `]}}}},
		"account_data":{"events":["not an event"]}}`
}

// lastSync is a small one on top; one room of it nobody looked into yet.
func lastSync() string {
	return `{"next_batch":"s4","rooms":{"join":{` + joined("!dm:example.org", "", `"events":[`+ev("dm", 2, "m.room.encrypted", "bob", `{"algorithm":"m.megolm.v1.aes-sha2","ciphertext":"AwgBEnAC","session_id":"s","sender_key":"k","device_id":"D"}`, "")+`]`, "") + `,` + joined(kitchen, "", `"events":[`+text("kitchen", 400, "bob", Latest)+`]`,
		`,"ephemeral":{"events":[{"type":"m.receipt","content":{"$kitchen-400":{"m.read":{"@dora:example.org":{"ts":8}}}}}]}`) + `}}}`
}

// gapInKitchen is what the hole hides, and enough of what lies before it to
// see that nothing more is missing; newest first.
func gapInKitchen() string {
	hidden := []string{text("kitchen", 200, "cyd", "in the gap")}
	known := strings.Split(talk(100, 120), ",{\"event_id\"")
	for i := range known {
		e := known[len(known)-1-i]
		if i < len(known)-1 {
			e = `{"event_id"` + e
		}
		hidden = append(hidden, e)
	}
	return strings.Join(hidden, ",")
}
