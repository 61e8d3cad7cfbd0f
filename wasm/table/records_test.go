package table_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

func fullRoom() *table.Room {
	order := 0.25
	return &table.Room{
		Short: 7, ID: "!a/b+c", Membership: event.Join, Type: "m.space", Version: "12", Name: "n", Alias: "#a:b", Topic: "t",
		Avatar: "mxc://a/b", JoinRule: "knock", Successor: "!next", Encrypted: true,
		Predecessor: "!last", Claims: []space.Claim{{Parent: "!p", Sender: "@x:y", Canonical: true}, {Parent: "!q"}}, SpaceOrder: "o",
		Heroes: []table.Hero{{ID: "@x:y", Profile: event.Profile{Name: "X", Avatar: "mxc://x/y"}, Membership: event.Leave}},
		Joined: 1 << 20, Invited: 3, Inviter: table.Hero{ID: "@i:j"}, Direct: "@x:y",
		Tags: []api.Tag{{Name: "m.favourite", Order: &order}, {Name: "u.x"}}, MarkedUnread: true, FullyRead: "$e",
		Unread: 4, Highlights: 1, Recency: 1 << 45, Pages: 8, FullMembers: true, Packed: true, Later: 3,
		News: table.Unread{
			Events: []table.UnreadEvent{{ID: "$1", Thread: "$0", By: 1 << 63, TS: 5, Marks: table.Counts | table.Doubted}, {ID: "$2"}},
			Rest:   []table.UnreadRest{{Counts: 3, Highlights: 1, Judged: 2}, {Thread: "$0", Counts: 1}}, Since: "$1",
			Dangling: []table.Receipt{{UserID: "@u:h", EventID: "$9", Kind: "m.read", Thread: "main", TS: 9}},
			Read:     []table.Receipt{{EventID: "$3", Thread: "$0", TS: 3}, {EventID: "$4", TS: 4}},
		},
		Last: &api.Preview{EventID: "$l", Sender: api.Person{ID: "@x:y", Name: "X"}, Type: event.RoomMessage, MsgType: "m.text", Body: "hi", TS: -1},
	}
}

func fullSpace() *table.Space {
	return &table.Space{
		Children: []space.Child{{ID: "!a/b+c", Order: "o", TS: -1, Suggested: true}, {ID: "!d"}}, Creators: []event.UserID{"@x:y"},
		Levels: true, Keepers: []event.UserID{"@x:y", "@z:y"}, Anyone: true,
	}
}

func TestRoundTrip(t *testing.T) {
	room := fullRoom()
	got, err := table.DecodeRoom(room.Encode())
	check(t, room, got, err)

	out := &table.Outgoing{Seq: 3, RoomID: "!r", TxnID: "t", Type: event.RoomMessage, Content: scan.Value(`{"body":"x"}`), Created: 5,
		State: api.SendFailed, EventID: "$e", Error: &api.Error{Code: api.SendForbidden, Message: "m", Errcode: "M_X", Status: 403, Recoverable: true}}
	gotOut, err := table.DecodeOutgoing(out.Encode())
	check(t, out, gotOut, err)
	out.Content = scan.Value(`{"m.relates_to":{"event_id":"~t0","m.in_reply_to":{"event_id":"~t1"}}}`)
	addressed := out.Address("t0", "$0").Address("t1", "$1")
	gotOut, err = table.DecodeOutgoing(addressed.Encode())
	check(t, addressed, gotOut, err)
	if gotOut.Print() != out.Print() || len(out.Awaits()) != 2 || len(gotOut.Awaits()) != 0 {
		t.Errorf("%+v is not what was asked for", gotOut)
	}

	gone := &table.Departed{N: 1 << 40, TxnID: "t", EventID: "$e", Print: out.Print()}
	gotGone, err := table.DecodeDeparted(gone.Encode())
	check(t, gone, gotGone, err)

	house := fullSpace()
	gotHouse, err := table.DecodeSpace(house.Encode())
	check(t, house, gotHouse, err)

	page := &table.StatePage{Entries: []table.StateEntry{{Type: "a", Key: "b", Raw: scan.Value(`{"c":1}`)}}}
	gotPage, err := table.DecodeStatePage(page.Encode())
	check(t, page, gotPage, err)

	session := &table.Session{Homeserver: "https://h", UserID: "@u:h", DeviceID: "D", Token: "secret", Ended: true, Keyed: true}
	gotSession, err := table.DecodeSession(session.Encode())
	check(t, session, gotSession, err)

	section := scan.Value(`{"timeline":{}}`)
	gotSection, err := table.DecodeParcel(table.EncodeParcel(section))
	check(t, section, gotSection, err)

	receipts := []table.Receipt{{UserID: "@u:h", EventID: "$e", Kind: "m.read", Thread: "main", TS: 9}, {UserID: "@v:h"}}
	gotReceipts, err := table.DecodeReceipts(table.EncodeReceipts(receipts))
	check(t, receipts, gotReceipts, err)
}

func check(t *testing.T, want, got any, err error) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(want, got) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

// TestDecodeGarbled cuts and changes every record at every byte.
func TestDecodeGarbled(t *testing.T) {
	record := fullRoom().Encode()
	for i := range record {
		if _, err := table.DecodeRoom(record[:i]); err == nil {
			t.Errorf("a room cut at %d decodes", i)
		}
		for _, c := range []byte{0, 1, 0x7F, 0xFF} {
			b := bytes.Clone(record)
			b[i] = c
			_, _ = table.DecodeRoom(b)
			_, _ = table.DecodeSpace(b)
			_, _ = table.DecodeOutgoing(b)
			_, _ = table.DecodeStatePage(b)
			_, _ = table.DecodeSession(b)
			_, _ = table.DecodeReceipts(b)
			_, _ = table.DecodeDeparted(b)
			_, _ = table.DecodeParcel(b)
		}
	}
}

func TestStatePages(t *testing.T) {
	page := &table.StatePage{}
	page.Set(table.StateEntry{Type: "a", Key: "1", Raw: scan.Value(`{}`)})
	page.Set(table.StateEntry{Type: "a", Key: "1", Raw: scan.Value(`{"n":2}`)})
	page.Set(table.StateEntry{Type: "a", Key: "", Raw: scan.Value(`{}`)})
	if e := page.Get("a", "1"); e == nil || e.Raw.Get("n").Int() != 2 || len(page.Entries) != 2 {
		t.Errorf("%+v", page)
	}
	if table.PageOf(0, "a", "b") != 0 || table.PageOf(1, "a", "b") != 0 {
		t.Error("a room without or with one page has page 0")
	}
	seen := map[uint32]bool{}
	for i := range 1000 {
		p := table.PageOf(8, event.RoomMember, string(rune('a'+i)))
		if p >= 8 {
			t.Fatal(p)
		}
		seen[p] = true
	}
	if len(seen) != 8 {
		t.Errorf("only %d of 8 pages are used", len(seen))
	}
}
