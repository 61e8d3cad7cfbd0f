package timeline_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// said is an event with this content; its number is its time.
func said(id, sender, kind, content string) string {
	return fmt.Sprintf(`{"event_id":%q,"type":%q,"sender":%q,"origin_server_ts":%d,"content":%s}`, id, kind, sender, day(1)+int64(len(id)), content)
}

func message(id, sender, body, relation string) string {
	return said(id, sender, "m.room.message", fmt.Sprintf(`{"body":%q%s}`, body, relation))
}

func about(kind, id string) string {
	return fmt.Sprintf(`,"m.relates_to":{"rel_type":%q,"event_id":%q}`, kind, id)
}

func reaction(id, sender, target, key string) string {
	return said(id, sender, "m.reaction", fmt.Sprintf(`{"m.relates_to":{"rel_type":"m.annotation","event_id":%q,"key":%q}}`, target, key))
}

func edit(id, sender, target, body string) string {
	return said(id, sender, "m.room.message", fmt.Sprintf(`{"body":"* x","m.new_content":{"body":%q}%s}`, body, about("m.replace", target)))
}

func redaction(id, sender, target string) string {
	return said(id, sender, "m.room.redaction", fmt.Sprintf(`{"redacts":%q}`, target))
}

// told are the messages with all that is put together with them.
func told(items []api.TimelineItem) string {
	var all []string
	for _, i := range items {
		if i.Event != nil && i.Event.StateKey == nil {
			all = append(all, i.Key+tell(i.Event))
		}
	}
	return strings.Join(all, " ")
}

func tell(e *api.EventItem) string {
	out := "=" + e.Content.Get("body").Text()
	if e.Redacted {
		out = "-"
	}
	if e.Removing != nil {
		out += "(" + string(e.Removing.Status.State) + ")"
	}
	if e.Edited != nil {
		out += "/" + string(e.Edited.ID) + pending(e.Edited.Send)
	}
	for _, r := range e.Reactions {
		out += fmt.Sprintf("[%s%d", r.Key, r.Count)
		if r.Own != nil {
			out += "own" + string(r.Own.ID) + pending(r.Own.Send)
		}
		out += "]"
	}
	if r := e.ReplyTo; r != nil {
		out += fmt.Sprintf("<%s%s", r.ID, quoted(r.Preview))
	}
	if e.Thread != nil {
		out += fmt.Sprintf("{%d%t%s}", e.Thread.Count, e.Thread.Participated, quoted(e.Thread.Latest))
	}
	if e.ThreadID != "" {
		out += "@" + string(e.ThreadID)
	}
	if p := e.Poll; p != nil {
		out += fmt.Sprintf("?%s:%d", p.Question, p.Voters)
		for _, a := range p.Answers {
			out += fmt.Sprintf(",%s%d%t%t", a.Text, a.Votes, a.Own, a.Winner)
		}
	}
	return out
}

func pending(s *api.Sending) string {
	if s == nil {
		return ""
	}
	return "~" + string(s.TxnID) + string(s.Status.State)
}

func quoted(p *api.Preview) string {
	if p == nil {
		return ""
	}
	return ":" + string(p.Sender.ID) + ":" + p.Body
}

// post puts something into the outbox.
func (w *world) post(txn, kind, content string) {
	w.t.Helper()
	w.turn(func(t *ledger.Turn) {
		o := outgoing(txn)
		o.Type, o.Content = kind, scan.Value(content)
		t.AddOutgoing(o)
	})
}

func TestPutTogether(t *testing.T) { // FEATURES A.7
	w := newWorld(t)
	w.say(create("$c"), message("$1", "@a:x", "one", ""), message("$2", "@b:x", "two", `,"m.relates_to":{"m.in_reply_to":{"event_id":"$1"}}`))
	w.take()
	tl := w.open(0)
	w.say(reaction("$r1", "@a:x", "$1", "k"), reaction("$r2", "@b:x", "$1", "k"), reaction("$r3", "@b:x", "$1", "k"), reaction("$r4", "@me:x", "$1", "l"),
		edit("$e", "@a:x", "$1", "uno"), edit("$bad", "@b:x", "$1", "forged"),
		message("$t1", "@a:x", "in", about("m.thread", "$2")), message("$t2", "@me:x", "in too", about("m.thread", "$2")))
	w.take()
	expect(t, "all", told(tl.Items()), "$1=uno/$e[k2][l1own$r4] $2=two<$1:@a:x:uno{2true:@me:x:in too}")
	w.say(redaction("$d1", "@b:x", "$r2"), redaction("$d2", "@a:x", "$e"), redaction("$d3", "@a:x", "$t2"))
	w.take()
	expect(t, "some taken back; of two of one kind the other counts (D-12)", told(tl.Items()), "$1=one[k2][l1own$r4] $2=two<$1:@a:x:one{1false:@a:x:in}")
	w.say(redaction("$d4", "@a:x", "$1"), redaction("$d5", "@a:x", "$t1"))
	w.take()
	expect(t, "the original taken back", told(tl.Items()), "$1- $2=two<$1")
	expect(t, "opened anew", told(w.open(0).Items()), told(tl.Items()))
}

func TestIgnoredUsers(t *testing.T) { // FEATURES B-54: those who were heard before, too
	w := newWorld(t)
	ignore := func(users string) {
		v, err := scan.Parse([]byte(`{"next_batch":"x","account_data":{"events":[{"type":"m.ignored_user_list","content":{"ignored_users":{` + users + `}}}]}}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.sync.Take(t.Context(), "p1", v); err != nil {
			t.Fatal(err)
		}
	}
	w.say(create("$c"), message("$1", "@a:x", "one", ""), message("$2", "@b:x", "two", `,"m.relates_to":{"m.in_reply_to":{"event_id":"$1"}}`),
		reaction("$r", "@a:x", "$2", "k"), reaction("$s", "@b:x", "$2", "k"), message("$t", "@a:x", "in", about("m.thread", "$2")))
	w.take()
	tl := w.open(0)
	ignore(`"@a:x":{}`)
	expect(t, "ignored", told(tl.Items()), "$2=two[k1]<$1")
	expect(t, "opened anew", told(w.open(0).Items()), told(tl.Items()))
	ignore(``)
	expect(t, "heard again", told(tl.Items()), "$1=one $2=two[k2]<$1:@a:x:one{1false:@a:x:in}")
}

func TestPoll(t *testing.T) { // FEATURES B-46
	w := newWorld(t)
	vote := func(id, sender, answer string) string {
		return said(id, sender, "org.matrix.msc3381.poll.response", fmt.Sprintf(`{"org.matrix.msc3381.poll.response":{"answers":[%q]}%s}`, answer, about("m.reference", "$p")))
	}
	start := func(kind string) string {
		return `{"org.matrix.msc3381.poll.start":{"question":{"org.matrix.msc1767.text":"q"},"kind":"` + kind + `","max_selections":1,"answers":[{"id":"1","org.matrix.msc1767.text":"yes"},{"id":"2","org.matrix.msc1767.text":"no"}]}}`
	}
	w.say(create("$c"), said("$p", "@a:x", "org.matrix.msc3381.poll.start", start("org.matrix.msc3381.poll.disclosed")),
		vote("$v", "@b:x", "1"), vote("$v2", "@b:x", "2"), vote("$v22", "@c:x", "9"))
	w.take()
	tl := w.open(0)
	expect(t, "votes", told(tl.Items()), "$p=?q:1,yes0falsefalse,no1falsefalse")
	w.post("t1", "org.matrix.msc3381.poll.response", `{"org.matrix.msc3381.poll.response":{"answers":["1"]}`+about("m.reference", "$p")+`}`)
	expect(t, "own vote on its way", told(tl.Items()), "$p=?q:2,yes1truefalse,no1falsefalse")
	w.say(said("$end", "@b:x", "org.matrix.msc3381.poll.end", "{"+about("m.reference", "$p")[1:]+"}"))
	w.take()
	expect(t, "not ended by anybody", told(tl.Items()), "$p=?q:2,yes1truefalse,no1falsefalse")
	w.say(said("$end2", "@a:x", "org.matrix.msc3381.poll.end", "{"+about("m.reference", "$p")[1:]+"}"))
	w.take()
	expect(t, "ended", told(tl.Items()), "$p=?q:1,yes0falsefalse,no1falsetrue")
}

func TestOnItsWay(t *testing.T) { // dependents of what has no id yet
	w := newWorld(t)
	w.say(create("$c"), message("$1", "@a:x", "one", ""))
	w.take()
	tl := w.open(0)
	rel := func(kind, id, more string) string {
		return fmt.Sprintf(`"m.relates_to":{"rel_type":%q,"event_id":%q%s}`, kind, id, more)
	}
	w.post("m", "m.room.message", `{"body":"mine"}`)
	w.post("e", "m.room.message", `{"body":"* x","m.new_content":{"body":"meine"},`+rel("m.replace", "~m", "")+`}`)
	w.post("r", "m.reaction", `{`+rel("m.annotation", "~m", `,"key":"k"`)+`}`)
	w.post("s", "m.reaction", `{`+rel("m.annotation", "$1", `,"key":"l"`)+`}`)
	w.post("a", "m.room.message", `{"body":"answer","m.relates_to":{"m.in_reply_to":{"event_id":"~m"}}}`)
	expect(t, "queued", told(tl.Items()), "$1=one[l1own~squeued] ~m=meine/~equeued[k1own~rqueued] ~a=answer<:@me:x:meine")
	w.sent("m", "$m")
	expect(t, "the first is sent", told(tl.Items()), "$1=one[l1own~squeued] ~m=meine/~equeued[k1own~rqueued] ~a=answer<$m:@me:x:meine")
	w.say(strings.Replace(own("$m", "m"), `{}`, `{"body":"mine"}`, 1))
	w.take()
	expect(t, "and arrives", told(tl.Items()), "$1=one[l1own~squeued] ~m=meine/~equeued[k1own~rqueued] ~a=answer<$m:@me:x:meine")
	w.post("d", "m.room.redaction", `{"redacts":"~m"}`)
	expect(t, "and is taken back", told(tl.Items()), "$1=one[l1own~squeued] ~m-(queued) ~a=answer<$m")
	w.turn(func(turn *ledger.Turn) { turn.Cancelled(turn.Outgoing("d")) })
	w.turn(func(turn *ledger.Turn) { turn.Cancelled(turn.Outgoing("s")) })
	expect(t, "and not", told(tl.Items()), "$1=one ~m=meine/~equeued[k1own~rqueued] ~a=answer<$m:@me:x:meine")
	expect(t, "opened anew", told(w.open(0).Items()), told(tl.Items()))
}

func (w *world) thread(root string) *timeline.Timeline {
	w.t.Helper()
	tl, err := timeline.Open(w.t.Context(), timeline.Config{Ledger: w.ledger, Server: w, Room: room, Thread: event.EventID(root)}, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(tl.Close)
	return tl
}

func TestThread(t *testing.T) { // FEATURES 7-15
	w := newWorld(t)
	w.say(create("$c"), message("$1", "@a:x", "root", ""), message("$2", "@a:x", "beside", ""), message("$t", "@b:x", "in", about("m.thread", "$1")),
		message("$u", "@b:x", "far", about("m.reference", "$t")), reaction("$r", "@a:x", "$t", "k"), member("$m", "@b:x", `{"membership":"join"}`, ""))
	w.take()
	tl := w.thread("$1")
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "the root and what is in it", told(tl.Items()), "$1=root{1false:@b:x:in} $t=in[k1]@$1 $u=far@$1")
	w.say(message("$3", "@a:x", "not in it", ""), message("$t2", "@b:x", "in it", about("m.thread", "$1")))
	w.take()
	w.post("o", "m.room.message", `{"body":"mine"`+about("m.thread", "$1")+`}`)
	w.post("p", "m.room.message", `{"body":"not mine"}`)
	expect(t, "what comes", told(tl.Items()), "$1=root{3true:@me:x:mine} $t=in[k1]@$1 $u=far@$1 $t2=in it@$1 ~o=mine@$1")
	expect(t, "what the room shows", told(w.open(0).Items()), "$1=root{3true:@me:x:mine} $2=beside $3=not in it ~p=not mine")
}

func TestBundles(t *testing.T) { // A-4, FEATURES 7-04, 7-13: merged, and never counted twice
	w := newWorld(t)
	w.say(create("$c"))
	w.take()
	tl := w.open(0)
	latest := message("$t9", "@b:x", "last", about("m.thread", "$1"))
	root := fmt.Sprintf(`%s,"unsigned":{"m.relations":{"m.replace":%s,"m.thread":{"count":5,"current_user_participated":true,"latest_event":%s}}}}`,
		strings.TrimSuffix(message("$1", "@a:x", "root", ""), "}"), edit("$e", "@a:x", "$1", "edited"), latest)
	w.page = 3
	w.say(message("$t8", "@b:x", "in", about("m.thread", "$1")), latest, root, message("$t1000", "@c:x", "new", about("m.thread", "$1")), message("$2", "@a:x", "x", ""))
	w.take()
	expect(t, "with what the server knew", told(tl.Items()), "$1=edited/$e{6true:@c:x:new} $2=x")
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "with what it knew it from", told(tl.Items()), "$1=edited/$e{6true:@c:x:new} $2=x")
}

func TestQuotesAreBrought(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.say(create("$c"), message("$old", "@a:x", "> <@b:x> q\n> r\n\nold", `,"m.relates_to":{"m.in_reply_to":{"event_id":"$none"}}`))
		for i := range 60 {
			w.say(text(fmt.Sprintf("$f%d", i), "@b:x", 1))
		}
		w.say(message("$1", "@a:x", "one", `,"m.relates_to":{"m.in_reply_to":{"event_id":"$old"}}`), message("$2", "@a:x", "two", `,"m.relates_to":{"m.in_reply_to":{"event_id":"$away"}}`))
		w.take()
		w.away = map[event.EventID]string{"$away": message("$away", "@b:x", "from the server", ""), "$none": "{}"}
		tl := w.open(2)
		defer tl.Close()
		synctest.Wait()
		if got := told(tl.Items()); !strings.HasSuffix(got, "$1=one<$old:@a:x:old $2=two<$away:@b:x:from the server") {
			t.Error(got)
		}
	})
}

// Event finds what is not in the room as it is synced.
func (w *world) Event(_ context.Context, _ event.RoomID, id event.EventID) (scan.Value, error) {
	if w.forgetful {
		return nil, homeserver.ErrNotFound
	}
	if raw := w.away[id]; raw != "" {
		return scan.Value(raw), nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, raw := range w.events {
		if id != "$none" && parse(w.t, raw).ID == id {
			return scan.Value(raw), nil
		}
	}
	return nil, homeserver.ErrNotFound
}

// Relations lists those of the room as it truly is, newest first.
func (w *world) Relations(_ context.Context, _ event.RoomID, id event.EventID, p homeserver.RelationsParams) (homeserver.Relations, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []string
	for _, raw := range w.events {
		if e := parse(w.t, raw); e.Relation().ID == id && (p.Relation == "" || e.Relation().Type == p.Relation) {
			found = append(found, raw)
		}
	}
	slices.Reverse(found)
	from, _ := strconv.Atoi(p.From)
	to, next := min(len(found), from+min(p.Limit, w.most)), ""
	if to < len(found) {
		next = strconv.Itoa(to)
	}
	return homeserver.Relations{Chunk: scan.Value("[" + strings.Join(found[from:to], ",") + "]"), Next: next}, nil
}

func TestCrowdOfReactions(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), message("$1", "@a:x", "one", ""))
	w.take()
	tl := w.open(0)
	for i := range 10_000 {
		w.say(reaction(fmt.Sprintf("$r%d", i), fmt.Sprintf("@u%d:x", i), "$1", strings.Repeat("k", 1+i%2*2000)))
	}
	w.page = len(w.events)
	w.take()
	r := tl.Items()[len(tl.Items())-1].Event.Reactions
	if len(r) != 1 || r[0].Count != 5_000 || len(r[0].By) != 20 {
		t.Error("a key of 2,000 bytes counts, or not all of the others do")
	}
}
