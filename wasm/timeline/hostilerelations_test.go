package timeline_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// wrong are values of every kind, none of which is what a field should hold.
var wrong = []string{`null`, `true`, `7`, `-1e99`, `""`, `"x"`, `[]`, `["$1"]`, `{}`, `{"a":{"b":[1]}}`, `"` + strings.Repeat("k", 60<<10) + `"`}

// TestHostileRelations: a relation of which any field holds
// anything costs its own event and changes nothing of others.
func TestHostileRelations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.forgetful = true
		w.say(create("$c"), message("$1", "@a:x", "one", ""), said("$p", "@a:x", "m.poll.start",
			`{"m.poll":{"question":{"body":"q"},"answers":[{"m.id":"a","m.text":"a"}],"kind":"m.disclosed"}}`))
		w.take()
		tl := w.open(1)
		defer tl.Close()
		before := told(tl.Items())
		n := 0
		add := func(kind, content string) {
			n++
			w.say(said(fmt.Sprintf("$x%d", n), "@b:x", kind, content))
		}
		for _, bad := range wrong {
			for _, rel := range []string{"m.replace", "m.annotation", "m.thread", "m.reference"} {
				add("m.reaction", fmt.Sprintf(`{"m.relates_to":{"rel_type":%q,"event_id":%s,"key":"k"}}`, rel, bad))
				add("m.reaction", fmt.Sprintf(`{"m.relates_to":{"rel_type":%s,"event_id":"$1","key":"k"}}`, bad))
			}
			if bad != `"x"` { // which is a key like any other
				add("m.reaction", fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":"$1","key":%s}}`, bad))
			}
			add("m.reaction", fmt.Sprintf(`{"m.relates_to":%s}`, bad))
			add("m.room.redaction", fmt.Sprintf(`{"redacts":%s}`, bad))
			add("m.poll.response", fmt.Sprintf(`{"m.selections":[%s]%s}`, bad, about("m.reference", "$p")))
			add("m.poll.end", fmt.Sprintf(`{"x":%s%s}`, bad, about("m.reference", "$p"))) // not by who may
			w.say(said(fmt.Sprintf("$y%d", n), "@a:x", "m.room.message", fmt.Sprintf(`{"m.new_content":%s%s}`, notAnObject(bad), about("m.replace", "$1"))))
			w.say(said(fmt.Sprintf("$z%d", n), "@b:x", "m.room.message", fmt.Sprintf(`{"m.new_content":{"body":"forged"}%s}`, about("m.replace", "$1"))))
			w.say(said(fmt.Sprintf("$self%d", n), "@b:x", "m.reaction", fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.thread","event_id":"$self%d"}}`, n)))
		}
		w.page = len(w.events)
		w.take()
		synctest.Wait()
		if got := told(tl.Items()); got != before {
			t.Errorf("shows %.500s\nnot %s", got, before)
		}
		expect(t, "opened anew", told(w.open(1000).Items()), before)
		for _, bad := range wrong { // what a server sums up
			n++
			w.say(fmt.Sprintf(`{"event_id":"$s%d","type":"m.room.message","sender":"@a:x","origin_server_ts":1,"content":{"body":"b"},"unsigned":{"m.relations":{"m.replace":%s,"m.thread":%s}}}`, n, bad, bad),
				fmt.Sprintf(`{"event_id":"$u%d","type":"m.room.message","sender":"@a:x","origin_server_ts":1,"content":{"body":"b"},"unsigned":{"m.relations":{"m.thread":{"count":%s,"latest_event":%s,"current_user_participated":%s}}}}`, n, bad, bad, bad))
			w.say(said(fmt.Sprintf("$q%d", n), "@a:x", "m.poll.start", fmt.Sprintf(`{"m.poll":{"question":%s,"answers":[%s],"kind":%s,"max_selections":%s}}`, bad, bad, bad, bad)))
		}
		w.page = len(w.events)
		w.take()
		synctest.Wait()
		for _, i := range tl.Items() {
			if e := i.Event; e != nil && (e.Edited != nil || len(e.Reactions) > 0 || e.Thread != nil && e.Thread.Count != 7) {
				t.Errorf("%s has %.300s", i.Key, tell(e))
			}
		}
	})
}

func notAnObject(value string) string {
	if strings.HasPrefix(value, "{") {
		return "0"
	}
	return value
}
