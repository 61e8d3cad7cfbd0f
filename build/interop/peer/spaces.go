package peer

import "context"

// Edge is a room in a space, as a client shows it. Order is of the state that puts it
// there.
type Edge struct {
	Space     string `json:"space"`
	Room      string `json:"room"`
	Name      string `json:"name"`
	Order     string `json:"order"`
	Suggested bool   `json:"suggested"`
}

// Spaces is which room is in which.
type Spaces interface {
	// Inside is all that the client shows of what is in a space, and in the spaces in
	// it, page by page as it would; each edge once, in no order.
	Inside(ctx context.Context, space string) ([]Edge, error)
	// Upgrade replaces a room by one of the same version, and takes along where it is
	// and what is in it.
	Upgrade(ctx context.Context, room string) (string, error)
}

// Upgrade implements Spaces.
func (r *remote) Upgrade(ctx context.Context, room string) (string, error) {
	return ask[string](ctx, r, "upgrade", with{"room": room})
}

// Inside implements Spaces.
func (r *remote) Inside(ctx context.Context, space string) ([]Edge, error) {
	return ask[[]Edge](ctx, r, "inside", with{"space": space})
}
