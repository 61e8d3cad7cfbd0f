package summary

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

const previewLength = 200

// ApplyEvent lets a new event of the timeline move the room: messages make its
// preview, and whatever is worth a look its recency. What comes live happened
// now; else the claimed time counts, and one from the future as now, so that
// nobody stays on top for ever (FEATURES D-30).
func ApplyEvent(room *table.Room, e *table.Entry, now int64, live bool) {
	if room.Last != nil && (room.Last.EventID == e.Redacts() || room.Last.EventID == e.ID && e.Redacted()) {
		room.Last = nil
	}
	if !bumps(&e.Event) {
		return
	}
	when := min(e.TS, now)
	if live {
		when = now
	}
	room.Recency = max(room.Recency, when)
	if p := preview(e); p != nil {
		room.Last = p
	}
}

// Latest makes the preview of the newest message among events, oldest first,
// that none of them takes back; nil if there is none.
func Latest(entries []table.Entry) *api.Preview {
	gone := map[event.EventID]bool{}
	for i := range entries {
		gone[entries[i].Redacts()] = true
	}
	for i := range entries {
		e := &entries[len(entries)-1-i]
		if gone[e.ID] || !bumps(&e.Event) {
			continue
		}
		if p := preview(e); p != nil {
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

func isEdit(e *event.Event) bool {
	return e.Content().Path("m.relates_to", "rel_type").Text() == "m.replace"
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
	if e.Type != event.RoomEncrypted {
		content := e.Content()
		p.MsgType = content.Get("msgtype").Text()
		p.Body = shorten(content.Get("body").Text())
	}
	return p
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
