package conformance

import (
	"net/url"
	"sort"
	"strings"
	"sync"
	"testing"
)

// API is the client-server API's definition.
type API struct {
	operations []*Operation
	schemas    schemas
}

// Operation is one method of one path.
type Operation struct {
	Method string
	// Path is the template, such as /_matrix/client/v3/rooms/{roomId}/leave.
	Path       string
	Deprecated bool
	parts      []string
	parameters []parameter
	definition map[string]any
	// number tells apart operations of one method and path.
	number int
}

// Name is method and path.
func (o *Operation) Name() string { return o.Method + " " + o.Path }

type parameter struct {
	name, in   string
	required   bool
	deprecated bool
	schema     any
}

var loadAPI = sync.OnceValues(func() (*API, error) {
	data, err := readJSON("client-server-api.json")
	if err != nil {
		return nil, err
	}
	api := &API{}
	for path, methods := range object(object(data)["paths"]) {
		for method, definition := range object(methods) {
			// Two operations of one path are told apart by a trailing space.
			api.add(strings.ToUpper(method), strings.TrimSpace(path), object(definition))
		}
	}
	sort.SliceStable(api.operations, func(i, j int) bool {
		return api.operations[i].specific() > api.operations[j].specific()
	})
	return api, nil
})

// LoadAPI reads the definition, once.
func LoadAPI() (*API, error) { return loadAPI() }

// NeedAPI reads the definition for a test and skips the test where there is
// none.
func NeedAPI(t testing.TB) *API {
	t.Helper()
	api, err := LoadAPI()
	need(t, err)
	return api
}

func (a *API) add(method, path string, definition map[string]any) {
	o := &Operation{
		Method: method, Path: path, Deprecated: isTrue(definition["deprecated"]),
		parts: strings.Split(path, "/")[1:], definition: definition, number: len(a.operations),
	}
	for _, p := range array(definition["parameters"]) {
		p := object(p)
		o.parameters = append(o.parameters, parameter{
			str(p["name"]), str(p["in"]), isTrue(p["required"]), isTrue(p["deprecated"]), p["schema"],
		})
	}
	a.operations = append(a.operations, o)
}

// specific counts literal parts: of two templates that fit, the one with more
// of them is meant. Deprecated operations come last.
func (o *Operation) specific() int {
	n := 0
	for _, p := range o.parts {
		if !strings.HasPrefix(p, "{") {
			n += 2
		}
	}
	if o.Deprecated {
		n--
	}
	return n
}

// Operations lists all operations, each once.
func (a *API) Operations() []*Operation { return a.operations }

// find returns the operations that a request may be: those with the most
// literal parts.
func (a *API) find(method, escapedPath string) []*Operation {
	parts := strings.Split(escapedPath, "/")[1:]
	var found []*Operation
	for _, o := range a.operations {
		if o.Method != method || !o.fits(parts) {
			continue
		}
		if len(found) > 0 && found[0].Path != o.Path {
			break
		}
		found = append(found, o)
	}
	return found
}

func (o *Operation) fits(parts []string) bool {
	if len(parts) != len(o.parts) {
		return false
	}
	for i, p := range o.parts {
		switch {
		case !strings.HasPrefix(p, "{"):
			if p != parts[i] {
				return false
			}
		case parts[i] == "" && p != "{stateKey}":
			return false
		}
	}
	return true
}

// pathParameters decodes a request's path by the template.
func (o *Operation) pathParameters(escapedPath string) (map[string]string, error) {
	values := map[string]string{}
	for i, part := range strings.Split(escapedPath, "/")[1:] {
		if name, ok := strings.CutPrefix(o.parts[i], "{"); ok {
			value, err := url.PathUnescape(part)
			if err != nil {
				return nil, err
			}
			values[strings.TrimSuffix(name, "}")] = value
		}
	}
	return values, nil
}
