package mautrixpeer

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

var errSpaces = fmt.Errorf("show what is in a space: %w", peer.ErrCannot)

// Inside implements peer.Spaces.
func (none) Inside(context.Context, string) ([]peer.Edge, error) { return nil, errSpaces }

// Upgrade implements peer.Spaces.
func (none) Upgrade(context.Context, string) (string, error) { return "", errSpaces }
