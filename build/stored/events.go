package stored

import (
	"fmt"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ev is an event, the nth of its room.
func ev(room string, n int, kind, sender, content, more string) string {
	return fmt.Sprintf(`{"event_id":"$%s-%d","type":%q,"sender":"@%s:example.org","origin_server_ts":%d,"content":%s%s}`,
		room, n, kind, sender, now-3_600_000+int64(n)*1000, content, more)
}

func text(room string, n int, sender, body string) string {
	return ev(room, n, "m.room.message", sender, fmt.Sprintf(`{"msgtype":"m.text","body":%q}`, body), "")
}

func state(room string, n int, kind, key, content string) string {
	return ev(room, n, kind, "ada", content, fmt.Sprintf(`,"state_key":%q`, key))
}

func member(room string, n int, who, membership, name string) string {
	content := fmt.Sprintf(`{"membership":%q,"displayname":%q,"avatar_url":"mxc://example.org/%s"}`, membership, name, who)
	return ev(room, n, "m.room.member", who, content, fmt.Sprintf(`,"state_key":"@%s:example.org"`, who))
}

func hallMembers(n int) string {
	all := []string{member("hall", 1, "ada", "join", "Ada")}
	for i := range n {
		all = append(all, member("hall", 10+i, fmt.Sprintf("guest%03d", i), "join", fmt.Sprintf("Guest %d", i)))
	}
	return strings.Join(all, ",")
}

func olderInLibrary() string {
	var all []string // newest first, as /messages has it
	for n := 29; n > 1; n-- {
		all = append(all, text("library", n, "cyd", fmt.Sprintf("an old book, number %d", n)))
	}
	all = append(all, state("library", 1, "m.room.create", "", `{"creator":"@ada:example.org","room_version":"10"}`))
	return strings.Join(all, ",")
}

// basics is the state that every room has.
func basics(room, name string) string {
	return strings.Join([]string{
		state(room, -9, "m.room.create", "", `{"creator":"@ada:example.org","room_version":"11"}`),
		state(room, -8, "m.room.power_levels", "", `{"users":{"@ada:example.org":100},"events":{"m.room.topic":50}}`),
		state(room, -7, "m.room.name", "", fmt.Sprintf(`{"name":%q}`, name)),
		member(room, -6, "ada", "join", "Ada"), member(room, -5, "bob", "join", "Bob"), member(room, -4, "cyd", "join", "Cyd ÅÅ"),
	}, ",")
}

func joined(room event.RoomID, state, timeline, more string) string {
	return fmt.Sprintf(`%q:{"state":{"events":[%s]},"timeline":{%s}%s}`, room, state, timeline, more)
}

// talk is a conversation in the kitchen with all that may stand in one.
func talk(from, to int) string {
	var all []string
	for n := from; n < to; n++ {
		sender := []string{"bob", "cyd", "ada"}[n%3]
		switch n % 20 {
		case 3:
			all = append(all, ev("kitchen", n, "m.reaction", sender, fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":"$kitchen-%d","key":"👍"}}`, n-1), ""))
		case 5:
			all = append(all, ev("kitchen", n, "m.room.message", sender, fmt.Sprintf(`{"msgtype":"m.text","body":"* tea, edited","m.new_content":{"msgtype":"m.text","body":"tea, edited"},"m.relates_to":{"rel_type":"m.replace","event_id":"$kitchen-%d"}}`, n-3), ""))
		case 8:
			all = append(all, ev("kitchen", n, "m.room.message", sender, `{}`, `,"unsigned":{"redacted_because":{"type":"m.room.redaction","sender":"@ada:example.org","content":{}}}`))
		case 11:
			all = append(all, ev("kitchen", n, "m.room.member", "cyd", fmt.Sprintf(`{"membership":"join","displayname":"Cyd %d"}`, n), `,"state_key":"@cyd:example.org"`))
		case 14:
			all = append(all, state("kitchen", n, "m.room.topic", "", fmt.Sprintf(`{"topic":"Topic %d"}`, n)))
		default:
			all = append(all, text("kitchen", n, sender, fmt.Sprintf("line %d, <b>ü</b> \"quoted\" 🍵", n)))
		}
	}
	return strings.Join(all, ",")
}
