package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// route is one endpoint.
type route struct {
	method string
	parts  []string
	handle func(*call) (any, error)
	open   bool // needs no login
	media  bool // the body is a medium
}

// routes finds the endpoint of a path by its number of segments.
type routes struct{ bySize map[int][]*route }

const (
	v1 = "/_matrix/client/v1/"
	v3 = "/_matrix/client/v3/"
)

func newRoutes() *routes {
	t := &routes{bySize: map[int][]*route{}}
	for _, topic := range []func(*routes){
		accountRoutes, roomRoutes, timelineRoutes, personRoutes, deviceRoutes, mediaRoutes,
	} {
		topic(t)
	}
	return t
}

func (t *routes) add(method, path string, handle func(*call) (any, error)) *route {
	r := &route{method: method, parts: strings.Split(path, "/"), handle: handle}
	t.bySize[len(r.parts)] = append(t.bySize[len(r.parts)], r)
	return r
}

// public adds an endpoint that needs no login.
func (t *routes) public(method, path string, handle func(*call) (any, error)) *route {
	r := t.add(method, path, handle)
	r.open = true
	return r
}

// find matches the escaped path, so that an id may hold an escaped slash.
func (t *routes) find(method, escaped string) (*route, map[string]string, error) {
	parts := strings.Split(escaped, "/")
	known := false
	for _, r := range t.bySize[len(parts)] {
		vars, ok := r.match(parts)
		if ok && r.method == method {
			return r, vars, nil
		}
		known = known || ok
	}
	if known {
		return nil, nil, fail(http.StatusMethodNotAllowed, "M_UNRECOGNIZED", "Unrecognized request")
	}
	return nil, nil, fail(http.StatusNotFound, "M_UNRECOGNIZED", "Unrecognized request")
}

func (r *route) match(parts []string) (map[string]string, bool) {
	vars := map[string]string{}
	for i, want := range r.parts {
		if !strings.HasPrefix(want, "{") {
			if want != parts[i] {
				return nil, false
			}
			continue
		}
		got, err := url.PathUnescape(parts[i])
		if err != nil {
			return nil, false
		}
		vars[want[1:len(want)-1]] = got
	}
	return vars, true
}
