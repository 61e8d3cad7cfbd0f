package event

import "testing"

func TestRelation(t *testing.T) { // FEATURES A.7, 7-15
	for _, c := range []struct {
		content string
		want    Relation
	}{
		{`{}`, Relation{}},
		{`{"m.relates_to":7}`, Relation{}},
		{`{"m.relates_to":{"rel_type":"m.replace"}}`, Relation{}},
		{`{"m.relates_to":{"rel_type":"m.replace","event_id":["$a"]}}`, Relation{}},
		{`{"m.relates_to":{"rel_type":7,"event_id":"$a"}}`, Relation{}},
		{`{"m.relates_to":{"event_id":"$a"}}`, Relation{}},
		{`{"m.relates_to":{"rel_type":"m.replace","event_id":"$a"}}`, Relation{Type: Replace, ID: "$a"}},
		{`{"m.relates_to":{"rel_type":"m.replace","event_id":"$a","m.in_reply_to":{"event_id":"$b"}}}`, Relation{Type: Replace, ID: "$a"}},
		{`{"m.relates_to":{"rel_type":"m.annotation","event_id":"$a","key":"👍"}}`, Relation{Type: Annotation, ID: "$a", Key: "👍"}},
		{`{"m.relates_to":{"rel_type":"m.annotation","event_id":"$a","key":7}}`, Relation{}},
		{`{"m.relates_to":{"m.in_reply_to":{"event_id":"$b"}}}`, Relation{ReplyTo: "$b"}},
		{`{"m.relates_to":{"m.in_reply_to":{"event_id":7}}}`, Relation{}},
		{`{"m.relates_to":{"m.in_reply_to":"$b"}}`, Relation{}},
		{`{"m.relates_to":{"rel_type":"m.thread","event_id":"$a"}}`, Relation{Type: Thread, ID: "$a"}},
		{`{"m.relates_to":{"rel_type":"m.thread","event_id":"$a","is_falling_back":true,"m.in_reply_to":{"event_id":"$b"}}}`, Relation{Type: Thread, ID: "$a"}},
		{`{"m.relates_to":{"rel_type":"m.thread","event_id":"$a","m.in_reply_to":{"event_id":"$b"}}}`, Relation{Type: Thread, ID: "$a", ReplyTo: "$b"}},
		{`{"m.relates_to":{"rel_type":"m.thread","event_id":"$a","is_falling_back":"true","m.in_reply_to":{"event_id":"$b"}}}`, Relation{Type: Thread, ID: "$a", ReplyTo: "$b"}},
		{`{"m.relates_to":{"rel_type":"org.example","event_id":"$a","m.in_reply_to":{"event_id":"$b"}}}`, Relation{Type: "org.example", ID: "$a", ReplyTo: "$b"}},
	} {
		if got := ReadRelation([]byte(c.content)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.content, got, c.want)
		}
	}
	state := `{"event_id":"$s","type":"x","sender":"@a:b","state_key":"","content":{"m.relates_to":{"rel_type":"m.thread","event_id":"$a"}}}`
	if e, err := Parse([]byte(state)); err != nil || e.Relation() != (Relation{}) {
		t.Error("a state event relates to nothing", err)
	}
}
