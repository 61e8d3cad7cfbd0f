package client

import (
	"errors"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// isClosed reports that a server did not let the user into a room. Some say so with
// what they also say of rooms that they cannot reach.
func isClosed(err error) bool {
	var refused *homeserver.Error
	if !errors.As(err, &refused) || homeserver.EndsSession(err) || errors.Is(err, homeserver.ErrSuspended) {
		return false
	}
	return errors.Is(err, homeserver.ErrForbidden) || isUnable(err) || isUnreached(refused)
}

// isUnable reports that a server could not find out whether restricted rules let the
// user in (MSC3083).
func isUnable(err error) bool {
	var refused *homeserver.Error
	return errors.As(err, &refused) &&
		(refused.Errcode == homeserver.UnableToAuthoriseJoin || refused.Errcode == homeserver.UnableToGrantJoin)
}

func isUnreached(e *homeserver.Error) bool { return e.Status == 404 && e.Errcode == homeserver.Unknown }

// explainClosed tells a page what would have let the user in, as far as it is known.
func explainClosed(err error, door api.RoomPreview) error {
	e := Explain(err)
	if isUnable(err) || e.Code == api.ServerNotFound && isRestricted(door) {
		e.Code = api.ServerForbidden
	}
	if hint := whatHelps(door.Entry); e.Code == api.ServerForbidden && hint != "" {
		e.Message += "; " + hint
	}
	return e
}

// isRestricted reports whether it is restricted rules that keep the user out, or do not
// let them in.
func isRestricted(door api.RoomPreview) bool {
	switch door.Entry.How {
	case api.EntryJoin, api.EntryKnock, api.EntryWait, api.EntryInvite:
		return door.JoinRule == "restricted" || door.JoinRule == "knock_restricted"
	}
	return false
}

func whatHelps(entry api.Entry) string {
	switch entry.How {
	case api.EntryBanned:
		return "the user is banned"
	case api.EntryInvite:
		return "what helps is an invitation" + oneOf(entry.Through)
	case api.EntryKnock:
		return "what helps is to knock" + oneOf(entry.Through)
	case api.EntryWait:
		return "the user has knocked; what helps is an invitation" + oneOf(entry.Through)
	case api.EntryJoin:
		if len(entry.Through) > 0 {
			return "the rules let the user in, but no server vouches for that; what helps is an invitation"
		}
	}
	return ""
}

// maxHints bounds the rooms that a message names.
const maxHints = 5

func oneOf(rooms []event.RoomID) string {
	text := ""
	for i, id := range rooms[:min(len(rooms), maxHints)] {
		if i == 0 {
			text = ", or to join one of"
		}
		text += " " + strconv.Quote(string(id))
	}
	return text
}
