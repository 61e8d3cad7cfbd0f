package api

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
)

// PreviewCalls find rooms and people, and tell of rooms before one is in them.
type PreviewCalls interface {
	// Preview describes a room, joined or not (spec: room summaries). Of one that the
	// user is in nobody is asked. "server.notFound": it is not, or it is not shown to
	// the user; servers do not tell which.
	Preview(ctx context.Context, p PreviewParams) (RoomPreview, error)
	// Directory searches a server's public rooms and returns a page of them.
	Directory(ctx context.Context, p DirectoryParams) (DirectoryPage, error)
	// SearchUsers searches the people that the server knows. Those with whom the user
	// has a direct chat come first.
	SearchUsers(ctx context.Context, p SearchUsersParams) (FoundUsers, error)
	// Report tells the server's administrators of a room, an event or a user.
	// "server.unsupported": servers before v1.13 take no reports of rooms, those before
	// v1.14 none of users.
	//
	//rpc:once
	Report(ctx context.Context, p ReportParams) error
}

// PreviewParams name a room by id or alias, with servers that may know it.
type PreviewParams struct {
	Room string   `json:"room"`
	Via  []string `json:"via,omitempty"`
}

// RoomPreview is what is shown of a room to who is not in it.
type RoomPreview struct {
	ID event.RoomID `json:"id"`
	// Name is empty for a room without one; then Alias may do.
	Name   string `json:"name,omitempty"`
	Alias  string `json:"alias,omitempty"`
	Topic  string `json:"topic,omitempty"`
	Avatar string `json:"avatar,omitempty"`
	// Type is the room's type, such as m.space; absent for an ordinary room.
	Type string `json:"type,omitempty"`
	// Version is absent where the server does not tell.
	Version string `json:"version,omitempty"`
	// Joined counts members.
	Joined    int    `json:"joined"`
	JoinRule  string `json:"joinRule"`
	Encrypted bool   `json:"encrypted,omitempty"`
	// Readable says that anyone may read it without joining.
	Readable bool `json:"readable,omitempty"`
	// Guests may join.
	Guests bool `json:"guests,omitempty"`
	// Membership is the user's own, absent where there is none.
	Membership event.Membership `json:"membership,omitempty"`
	Entry      Entry            `json:"entry"`
	// Via are servers to join through.
	Via []string `json:"via,omitempty"`
}

// Entry says whether the user can come in, and how, as far as can be known here: the
// server has the last word.
type Entry struct {
	How EntryHow `json:"how"`
	// Through are the rooms whose members may join, of which the user is in one if How
	// is join; else who joins one of them may come in (join rules restricted and
	// knock_restricted).
	Through []event.RoomID `json:"through,omitempty"`
}

// EntryHow is a way into a room.
type EntryHow string

const (
	// EntryIn: the user is in it.
	EntryIn EntryHow = "in"
	// EntryJoin: JoinRoom will do.
	EntryJoin EntryHow = "join"
	// EntryAccept: the user is invited; JoinRoom accepts.
	EntryAccept EntryHow = "accept"
	// EntryKnock: KnockRoom asks to be let in.
	EntryKnock EntryHow = "knock"
	// EntryWait: the user has knocked.
	EntryWait EntryHow = "wait"
	// EntryInvite: only an invitation helps, or joining one of Through.
	EntryInvite EntryHow = "invite"
	// EntryBanned: the user is banned.
	EntryBanned EntryHow = "banned"
)

// DirectoryParams search a directory.
type DirectoryParams struct {
	// Server is whose directory to search; absent for the user's own. Its case counts.
	Server string `json:"server,omitempty"`
	Text   string `json:"text,omitempty"`
	// Type narrows to rooms of a type, such as m.space; "room" to those without one.
	Type string `json:"type,omitempty"`
	// From is Next of the page before.
	From string `json:"from,omitempty"`
	// Limit is how many to find at most; 0 means 20.
	Limit int `json:"limit,omitempty"`
}

// DirectoryPage is a page of public rooms, in the server's order.
type DirectoryPage struct {
	Rooms []RoomPreview `json:"rooms"`
	// Next is absent on the last page.
	Next string `json:"next,omitempty"`
	// Total is the server's estimate; 0 where it gives none.
	Total int `json:"total"`
}

// SearchUsersParams look for people by name or id.
type SearchUsersParams struct {
	Text string `json:"text"`
	// Limit is how many to find at most; 0 means 10.
	Limit int `json:"limit,omitempty"`
}

// FoundUsers are people, best first.
type FoundUsers struct {
	Users []Person `json:"users"`
	// Limited says that there are more.
	Limited bool `json:"limited,omitempty"`
}

// ReportParams name what is reported: an event of a room, a room, or a user.
type ReportParams struct {
	RoomID  event.RoomID  `json:"roomId,omitempty"`
	EventID event.EventID `json:"eventId,omitempty"`
	UserID  event.UserID  `json:"userId,omitempty"`
	Reason  string        `json:"reason"`
}
