package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// memory is records as they are stored, those that were used last: a message in a
// room where people talk needs no read. Only what a Work changes that is committed
// changes it, so that it is never behind the store.
type memory struct {
	users    recent[event.UserID, stored[*table.UserDevices]]
	inbound  recent[SessionName, stored[*table.InboundSession]]
	makers   recent[makerName, stored[table.Makers]]
	indices  recent[indexName, stored[*table.IndexPage]]
	outbound recent[event.RoomID, stored[*table.OutboundSession]]
}

// A user has some kilobytes, a page of indices two, a session a third of one.
const (
	rememberedUsers   = 100
	rememberedRecords = 128
)

func newMemory() *memory {
	m := &memory{}
	m.users.limit = rememberedUsers
	m.inbound.limit, m.makers.limit, m.indices.limit, m.outbound.limit = rememberedRecords, rememberedRecords, rememberedRecords, rememberedRecords
	return m
}
