package mautrixpeer

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// none is all that mautrix has of relations and spaces: it parses them, and puts nothing
// together.
type none struct{}

var errRelations = fmt.Errorf("put together what relates to a message: %w", peer.ErrCannot)

func (none) Say(context.Context, string, string, peer.Place) (string, error) { return "", errRelations }

func (none) Edit(context.Context, string, string, string, string) (string, error) {
	return "", errRelations
}

func (none) React(context.Context, string, string, string) error { return errRelations }

func (none) Unreact(context.Context, string, string, string) error { return errRelations }

func (none) Redact(context.Context, string, string) error { return errRelations }

func (none) Ask(context.Context, string, string, []string, int) (string, error) {
	return "", errRelations
}

func (none) Vote(context.Context, string, string, []string) error { return errRelations }

func (none) EndPoll(context.Context, string, string) error { return errRelations }

func (none) View(context.Context, string) (peer.View, error) { return peer.View{}, errRelations }

func (none) Unread(context.Context, string) (peer.Unread, error) {
	return peer.Unread{}, errRelations
}

func (none) MarkRead(context.Context, string, string, string) error { return errRelations }

func (none) Notify(context.Context, string, peer.Level) error { return errRelations }
func (none) Keyword(context.Context, string) error            { return errRelations }

func (none) Stop(context.Context) error  { return errRelations }
func (none) Start(context.Context) error { return errRelations }
