package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SystemCalls are what is about neither a room nor the session.
type SystemCalls interface {
	// Storage streams the state of the database.
	Storage(ctx context.Context) (Stream[StorageStatus], error)
	// AccountData returns what is stored of the user's account data: null
	// where there is none.
	AccountData(ctx context.Context, p AccountDataParams) (AccountData, error)
	// SetAccountData replaces account data on the server.
	//
	//rpc:ordered
	SetAccountData(ctx context.Context, p SetAccountDataParams) error
	// Request sends any request to the homeserver with the session's token.
	// The answer comes as it is, whatever its status.
	//
	//rpc:once
	Request(ctx context.Context, p RequestParams) (Response, error)
}

// StorageStatus is the state of the database.
type StorageStatus struct {
	// Open is false once the database failed or another tab took it over.
	Open bool `json:"open"`
	// InMemory is true where the browser lets nothing be stored, as in some
	// private windows: all is gone when the page is closed.
	InMemory bool `json:"inMemory,omitempty"`
	// Protected is true where session, room list, unsent messages and snapshots
	// are sealed with keys that not even a script of this site can read from
	// disk. False in memory, and where the browser cannot keep such keys: then
	// the keys lie beside what they seal.
	Protected bool `json:"protected,omitempty"`
	// Full is true after the browser refused to store more.
	Full bool `json:"full"`
	// Sentinel is a text for the page to keep outside of the database, until an
	// open database has another or none, and to hand to the next Open: it tells
	// a database that was lost from one that never was.
	Sentinel string `json:"sentinel,omitempty"`
	// Lost is what the browser lost of what was stored, as far as that is known.
	Lost *Lost `json:"lost,omitempty"`
	// Error is why the database is not open.
	Error *Error `json:"error,omitempty"`
}

// Lost says what was stored and is not any more.
type Lost struct {
	// Account is true where the session is gone, and with it everything else.
	Account bool `json:"account,omitempty"`
	// Rooms were fetched from the server again.
	Rooms int `json:"rooms,omitempty"`
	// Unsent counts messages that were not sent yet. Nothing brings them back.
	Unsent int `json:"unsent,omitempty"`
	// Since is when the latest loss was found, in milliseconds since 1970.
	Since int64 `json:"since"`
}

// AccountDataParams name account data, of a room where RoomID is present.
type AccountDataParams struct {
	RoomID event.RoomID `json:"roomId,omitempty"`
	Type   string       `json:"type"`
}

// AccountData is the content of an account data event.
type AccountData struct {
	Content scan.Value `json:"content"`
}

// SetAccountDataParams are account data to store on the server.
type SetAccountDataParams struct {
	RoomID  event.RoomID `json:"roomId,omitempty"`
	Type    string       `json:"type"`
	Content scan.Value   `json:"content"`
}

// RequestParams are a request of the client-server API.
type RequestParams struct {
	Method string `json:"method"`
	// Path starts with /_matrix/ and is escaped already; it may have a query.
	Path string     `json:"path"`
	Body scan.Value `json:"body,omitempty"`
}

// Response is a server's answer.
type Response struct {
	Status int        `json:"status"`
	Body   scan.Value `json:"body"`
}
