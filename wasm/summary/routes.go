package summary

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Routes picks servers to reach a room through: in turn the best of each source, the
// second best and so on, and at last the one that the room's id names. Each is there
// once, none of the spent is, and none is an IP address: whoever wrote a source may
// not choose whose machines the user's server knocks at.
func Routes(room event.RoomID, spent []string, sources ...[]string) []string {
	var routes []string
	useful := func(server string) bool {
		return linkable(server) && !slices.Contains(spent, server) && !slices.Contains(routes, server)
	}
	sources = slices.Clone(sources)
	for range viaInLink {
		for i, source := range sources {
			next := slices.IndexFunc(source[:min(len(source), maxTried)], useful)
			if next < 0 || len(routes) == maxVia-1 {
				continue
			}
			routes, sources[i] = append(routes, source[next]), source[next+1:]
		}
	}
	if own := room.Server(); useful(own) {
		routes = append(routes, own)
	}
	return routes
}
