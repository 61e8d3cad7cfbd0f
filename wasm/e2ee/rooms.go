package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// rooms is the part of a Work that is about room keys.
type rooms struct {
	inbound  shelf[SessionName, *table.InboundSession]
	makers   shelf[makerName, table.Makers]
	indices  shelf[indexName, *table.IndexPage]
	outbound shelf[event.RoomID, *table.OutboundSession]
	shares   shelf[event.RoomID, *table.ShareList]
	// arrived and refusals came in this sync response.
	arrived  []roomKey
	refusals []refusal
}

func beginRooms(m *memory) (r rooms) {
	r.inbound = shelf[SessionName, *table.InboundSession]{
		store: table.Inbound, key: func(n SessionName) []byte { return table.MegolmKey(n.Room, n.Session) },
		decode: table.DecodeInboundSession, encode: (*table.InboundSession).Encode, memory: &m.inbound,
	}
	r.indices = shelf[indexName, *table.IndexPage]{
		store: table.Indices, key: func(n indexName) []byte { return table.IndexKey(n.session.Room, n.session.Session, n.user, n.page<<8) },
		decode: table.DecodeIndexPage, encode: (*table.IndexPage).Encode, memory: &m.indices,
	}
	r.makers = shelf[makerName, table.Makers]{
		store: table.Indices, key: func(n makerName) []byte { return table.MakersKey(n.session.Room, n.session.Session, n.user) },
		decode: table.DecodeMakers, encode: table.Makers.Encode, memory: &m.makers,
	}
	r.outbound = shelf[event.RoomID, *table.OutboundSession]{
		store: table.Outbound, key: table.OutboundKey, decode: table.DecodeOutboundSession, encode: (*table.OutboundSession).Encode,
		memory: &m.outbound,
	}
	r.shares = shelf[event.RoomID, *table.ShareList]{
		store: table.Shares, key: table.OutboundKey, decode: table.DecodeShareList, encode: (*table.ShareList).Encode,
	}
	return r
}

func (r *rooms) keys() []keeper { return []keeper{&r.inbound, &r.makers, &r.outbound, &r.shares} }
