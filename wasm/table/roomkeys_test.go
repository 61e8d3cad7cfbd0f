package table_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// roomKeyRecords are the records of room keys, each with its decoder.
func roomKeyRecords() map[string]struct {
	value  any
	record []byte
	decode func([]byte) (any, error)
} {
	type entry = struct {
		value  any
		record []byte
		decode func([]byte) (any, error)
	}
	inbound := &table.InboundSession{
		Record: []byte("r"), Source: table.KeyForwarded, Sender: "@u:h", Curve: table.Key32{1}, Ed25519: table.Key32{2},
		Vouched: true, Shared: true, Received: 5, Withheld: "m.no_olm", From: "@v:h",
	}
	withheld := &table.InboundSession{Withheld: "m.unverified"}
	outbound := &table.OutboundSession{Record: []byte("r"), Created: 1, Until: 2, Most: 3, Shared: true, Stale: true}
	shares := &table.ShareList{Session: "s", Devices: map[table.Holder]string{{User: "@u:h", Curve: table.Key32{1}}: "", {User: "@u:h"}: "m.no_olm"}}
	waiting := &table.WaitingEvents{Events: []event.EventID{"$a", "$b"}, Woken: []event.EventID{"$c"}, Since: 9, Request: "q", Asked: 10}
	page := &table.IndexPage{}
	for _, index := range []uint32{259, 256, 511, 300} {
		page.Take(index, table.PrintOf(event.EventID(fmt.Sprint("$", index))))
	}
	bundles := []table.Bundle{{Room: "!r", Sender: "@u:h", Curve: table.Key32{1}, Ed25519: table.Key32{2}, File: scan.Value(`{"v":"v2"}`), Received: 3}}
	invites := []table.AcceptedInvite{{Room: "!r", Inviter: "@u:h", At: 3}}
	makers := table.Makers{withheld, {Source: table.KeyDisputed, Sender: "@u:h", Curve: table.Key32{1}}}
	return map[string]entry{
		"invites":  {invites, table.EncodeInvites(invites), func(b []byte) (any, error) { return table.DecodeInvites(b) }},
		"makers":   {makers, makers.Encode(), func(b []byte) (any, error) { return table.DecodeMakers(b) }},
		"bundles":  {bundles, table.EncodeBundles(bundles), func(b []byte) (any, error) { return table.DecodeBundles(b) }},
		"inbound":  {inbound, inbound.Encode(), func(b []byte) (any, error) { return table.DecodeInboundSession(b) }},
		"withheld": {withheld, withheld.Encode(), func(b []byte) (any, error) { return table.DecodeInboundSession(b) }},
		"outbound": {outbound, outbound.Encode(), func(b []byte) (any, error) { return table.DecodeOutboundSession(b) }},
		"shares":   {shares, shares.Encode(), func(b []byte) (any, error) { return table.DecodeShareList(b) }},
		"waiting":  {waiting, waiting.Encode(), func(b []byte) (any, error) { return table.DecodeWaitingEvents(b) }},
		"indices":  {page, page.Encode(), func(b []byte) (any, error) { return table.DecodeIndexPage(b) }},
	}
}

func TestRoomKeyRecords(t *testing.T) {
	for name, one := range roomKeyRecords() {
		got, err := one.decode(one.record)
		check(t, one.value, got, err)
		for i := range one.record {
			if _, err := one.decode(one.record[:i]); err == nil {
				t.Errorf("%s cut at %d decodes", name, i)
			}
			for _, c := range []byte{0, 1, 0x7F, 0xFF} {
				b := bytes.Clone(one.record)
				b[i] = c
				_, _ = one.decode(b)
			}
		}
	}
}

func TestIndexPage(t *testing.T) {
	page, a, b := &table.IndexPage{}, table.PrintOf("$a"), table.PrintOf("$b")
	for i := range uint32(256) {
		for _, c := range []struct {
			print     table.EventPrint
			ok, isNew bool
		}{{a, true, true}, {a, true, false}, {b, false, false}} {
			if ok, isNew := page.Take(i*77%256, c.print); ok != c.ok || isNew != c.isNew {
				t.Fatalf("index %d: %v, %v", i, ok, isNew)
			}
		}
	}
	copied := page.Clone()
	if ok, _ := copied.Take(3, a); !ok {
		t.Error("a copy lost an index")
	}
}

func TestMegolmKey(t *testing.T) {
	for _, room := range []event.RoomID{"!r:h", "", "!a\x00b"} {
		gotRoom, session := table.SplitMegolmKey(table.MegolmKey(room, "abc"))
		if gotRoom != room || session != "abc" {
			t.Errorf("%q became %q, %q", room, gotRoom, session)
		}
	}
	if room, session := table.SplitMegolmKey(nil); room != "" || session != "" {
		t.Error("a key of nothing has parts")
	}
}
