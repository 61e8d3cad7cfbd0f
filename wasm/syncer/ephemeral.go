package syncer

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func (w *roomWork) receipts() (list []table.Receipt) {
	for e := range w.body.ephemeral.Get("events").Items() {
		if e.Get("type").Text() == event.Receipt {
			list = appendReceipts(list, e.Get("content"))
		}
	}
	return list
}

func (p *pass) showTyping(t *ledger.Turn, w *roomWork) {
	for e := range w.body.ephemeral.Get("events").Items() {
		if e.Get("type").Text() == event.Typing {
			t.SetTyping(w.room.ID, p.typing(e.Get("content")))
		}
	}
	if w.kind == left {
		t.SetTyping(w.room.ID, nil)
	}
}

func (p *pass) typing(content scan.Value) []event.UserID {
	users := []event.UserID{}
	for id := range content.Get("user_ids").Items() {
		if user := event.UserID(id.Text()); user != "" && user != p.me {
			users = append(users, user)
		}
	}
	return users
}

// appendReceipts reads m.receipt: event id → kind → user → receipt.
func appendReceipts(list []table.Receipt, content scan.Value) []table.Receipt {
	for id, kinds := range content.Members() {
		for kind, users := range kinds.Members() {
			name := kind.Text()
			if name != "m.read" && name != "m.read.private" {
				continue
			}
			for user, r := range users.Members() {
				list = append(list, table.Receipt{
					UserID: event.UserID(user.Text()), EventID: event.EventID(id.Text()),
					Kind: name, Thread: r.Get("thread_id").Text(), TS: max(0, r.Get("ts").Int()),
				})
			}
		}
	}
	return list
}

func (p *pass) writePresence(t *ledger.Turn, list scan.Value) {
	for e := range list.Items() {
		user := event.UserID(e.Get("sender").Text())
		if user == "" || e.Get("type").Text() != event.Presence {
			continue
		}
		switch s := api.Presence(e.Path("content", "presence").Text()); s {
		case api.PresenceOnline, api.PresenceUnavailable, api.PresenceOffline:
			t.SetPresence(user, s)
		}
	}
}
