package syncer

import (
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// judge tells by the user's push rules what events of a room are to them.
type judge struct {
	me      event.UserID
	rules   *push.Rules
	ignored map[uint64]bool
	subject push.Subject
}

// needJudge names the state that newJudge reads.
func needJudge(t *ledger.Turn, room *table.Room) {
	t.NeedState(room, event.RoomMember, string(t.Me()))
	t.NeedState(room, event.RoomPowerLevels, "")
	t.NeedState(room, event.RoomCreate, "")
}

func newJudge(t *ledger.Turn, room *table.Room) judge {
	state := t.State(room)
	_, profile, _ := state.Member(t.Me())
	return judge{
		me: t.Me(), rules: t.Rules(), ignored: t.Ignored(),
		subject: push.Subject{
			RoomID: room.ID, Me: t.Me(), Name: profile.Name, Joined: room.Joined,
			MayNotify: func(user event.UserID, way string) bool {
				power := summary.NewPower(room.Version, state.Get(event.RoomCreate, ""), state.Get(event.RoomPowerLevels, ""))
				return power.MayNotify(user, way)
			},
		},
	}
}

// marks says how an event counts, as it came and as it is in plain; opened is nil
// where nobody tried to open it.
func (j *judge) marks(e *event.Event, opened *e2ee.Plain) (m table.UnreadMarks) {
	if e.Redacted() || len(j.ignored) > 0 && j.ignored[table.HashUser(e.Sender)] {
		return 0
	}
	served := j.decide(e)
	read := served
	if ledger.Encrypted(e) {
		switch {
		case opened == nil:
			m |= table.Sealed | table.Doubted
		case ledger.Encrypted(&opened.Event):
			m |= table.Sealed
		default:
			read = j.decide(&opened.Event)
		}
	}
	return m | mark(read, table.Counts, table.Highlights) | mark(served, table.ServerCounts, table.ServerHighlights)
}

func (j *judge) decide(e *event.Event) push.Decision {
	j.subject.Event = e
	return j.rules.Judge(&j.subject)
}

func mark(d push.Decision, counts, highlights table.UnreadMarks) (m table.UnreadMarks) {
	if d.Notify {
		m |= counts
	}
	if d.Highlight {
		m |= highlights
	}
	return m
}

// judgeAgain judges those events anew that are unread. What is not stored any more
// stays as it was.
func judgeAgain(t *ledger.Turn, room *table.Room, ids []event.EventID, stored []table.Entry) {
	news := &room.News
	j, plains := newJudge(t, room), t.Plains(room.ID)
	for i := range stored {
		e := &stored[i].Event
		unread.Judge(news, e.ID, j.marks(e, plains[e.ID]))
	}
	unread.Trust(news, ids)
	showNews(room)
}

// doubtRead has what is unread judged anew by other rules, and takes out what
// ignored users sent.
func doubtRead(t *ledger.Turn, kind string) {
	for _, known := range t.Rooms() {
		if len(known.News.Events) == 0 {
			continue
		}
		room := t.Room(known.ID)
		if kind == event.PushRules {
			unread.Doubt(&room.News)
			continue
		}
		unread.Ignore(&room.News, t.Ignored())
		showNews(room)
	}
}
