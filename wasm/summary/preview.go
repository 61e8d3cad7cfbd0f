package summary

import (
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const previewLength = 200

// ApplyEvents lets new events of the timeline, oldest first, move the room: the
// newest message makes its preview, and whatever is worth a look its recency.
// What comes live happened now; else the claimed time counts, and one from the
// future as now, so that nobody stays on top for ever (FEATURES D-30).
func ApplyEvents(room *table.Room, entries []table.Entry, now int64, live bool) {
	for i := range entries {
		e := &entries[i]
		if room.Last != nil && (room.Last.EventID == e.Redacts() || room.Last.EventID == e.ID && e.Redacted()) {
			room.Last = nil
		}
		when := min(e.TS, now)
		if live {
			when = now
		}
		// In this order, because only the second looks into the event.
		if when > room.Recency && bumps(&e.Event) {
			room.Recency = when
		}
	}
	if p := Latest(entries); p != nil {
		room.Last = p
	}
}

// Latest makes the preview of the newest message among events, oldest first,
// that none of them takes back; nil if there is none.
func Latest(entries []table.Entry) *api.Preview {
	gone := map[event.EventID]bool{}
	for i := range entries {
		if id := entries[i].Redacts(); id != "" {
			gone[id] = true
		}
	}
	for _, e := range slices.Backward(entries) {
		if gone[e.ID] || !bumps(&e.Event) {
			continue
		}
		if p := preview(&e); p != nil {
			return p
		}
	}
	return nil
}

func bumps(e *event.Event) bool {
	switch e.Type {
	case event.RoomMessage, event.RoomEncrypted, event.Sticker:
		return !isEdit(e)
	case event.RoomCreate, event.RoomTombstone:
		return true
	}
	return false
}

func isEdit(e *event.Event) bool { return e.Relation().Type == event.Replace }

// ApplyEdits lets edits of the newest message, among events, oldest first, change
// the room's preview (spec: event replacements). The caller leaves out what came in
// the clear into an encrypted room.
func ApplyEdits(room *table.Room, entries []table.Entry) {
	for i := range entries {
		e := &entries[i]
		last := room.Last
		if last == nil || e.Type != last.Type || e.Sender != last.Sender.ID {
			continue
		}
		edited := e.Content().Get("m.new_content")
		if rel := e.Relation(); rel.Type != event.Replace || rel.ID != last.EventID || edited.Kind() != scan.Object {
			continue
		}
		p := *last
		Describe(&p, edited)
		room.Last = &p
	}
}

// preview returns nil for an event that is no message.
func preview(e *table.Entry) *api.Preview {
	if e.Redacted() || e.StateKey != nil {
		return nil
	}
	p := &api.Preview{
		EventID: e.ID,
		Sender:  Person(e.Sender, e.Profile),
		Type:    e.Type,
		TS:      e.TS,
	}
	Describe(p, e.Content())
	return p
}

// Describe says what a message's content says, as a line.
func Describe(p *api.Preview, content scan.Value) {
	if p.Type == event.RoomEncrypted {
		return
	}
	p.MsgType = content.Get("msgtype").Text()
	body := content.Get("body").Text()
	if content.Path("m.relates_to", "m.in_reply_to").Exists() {
		body = withoutQuote(body)
	}
	p.Body = shorten(body)
}

// withoutQuote takes out what old clients put before a reply, for clients that knew
// no replies (FEATURES B-24): quoted lines, and an empty one.
func withoutQuote(body string) string {
	rest := body
	for strings.HasPrefix(rest, "> ") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	if len(rest) == len(body) || rest == "" {
		return body
	}
	return strings.TrimPrefix(rest, "\n")
}

// shorten cuts text for a line of a list and makes it one line.
func shorten(body string) string {
	if len(body) > 4*previewLength {
		body = body[:4*previewLength]
	}
	body = strings.Join(strings.Fields(strings.ToValidUTF8(body, "")), " ")
	runes := 0
	for i := range body {
		if runes++; runes > previewLength {
			return body[:i] + "…"
		}
	}
	return body
}

// Person puts a user and a profile together.
func Person(id event.UserID, p event.Profile) api.Person {
	return api.Person{ID: id, Name: p.Shown(id), Avatar: p.Avatar}
}
