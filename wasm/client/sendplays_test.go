//go:build !js

package client_test

import (
	"fmt"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// written is a message with what can be said about it before it has an id.
var written = []api.SendParams{
	{TxnID: "first", Type: event.RoomMessage, Content: scan.Value(`{"msgtype":"m.text","body":"tea?"}`)},
	{TxnID: "reaction", Type: event.Reaction, Content: annotating("first", "👍")},
	{TxnID: "edit", Type: event.RoomMessage, Content: editing("first")},
	{TxnID: "reply", Type: event.RoomMessage, Content: relating("yes", `{"m.in_reply_to":{"event_id":"~first"}}`)},
	{TxnID: "undo", Type: event.RoomRedaction, Content: redacting("reaction", "slipped")},
	{TxnID: txn, Type: event.RoomMessage, Content: relating("aside", `{"rel_type":"m.thread","event_id":"~first","m.in_reply_to":{"event_id":"~reply"}}`)},
}

// sendWritten sends all of it and waits for the last.
func sendWritten(s *stage) (any, error) {
	for _, p := range written {
		p.RoomID = s.room
		if _, err := s.me.Send(s.ctx, p); err != nil {
			return nil, err
		}
	}
	stream, err := s.me.SendStatus(s.ctx, api.SendRef{TxnID: txn})
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	for {
		now, err := stream.Next(s.ctx)
		if err != nil || now.State == api.SendSent {
			return now, err
		}
	}
}

func aloneEncrypted(s *stage) {
	s.room, s.eye = s.me.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}), s.hand(s.me.name)
}

// relationsThere are those that the server sees.
func relationsThere(s *stage) (all string) {
	_, events := s.eye.ask("GET", "rooms/"+escape(s.room)+"/messages?dir=f&limit=1000", "")
	for e := range events.Get("chunk").Items() {
		all += fmt.Sprintln(e.Get("event_id").Text(), string(e.Path("content", "m.relates_to")), e.Get("redacts").Text())
	}
	return all
}
