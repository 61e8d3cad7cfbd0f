package conformance

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Events are the schemas of the specification's events.
type Events struct {
	definitions map[string]any
	examples    map[string]any
	schemas     schemas
}

var loadEvents = sync.OnceValues(func() (*Events, error) {
	data, err := readJSON("event-schemas.json")
	if err != nil {
		return nil, err
	}
	return &Events{definitions: object(object(data)["schemas"]), examples: object(object(data)["examples"])}, nil
})

// LoadEvents reads the schemas, once.
func LoadEvents() (*Events, error) { return loadEvents() }

// NeedEvents reads the schemas for a test and skips the test where there are
// none.
func NeedEvents(t testing.TB) *Events {
	t.Helper()
	e, err := LoadEvents()
	need(t, err)
	return e
}

// Known reports whether the specification has events of this type.
func (e *Events) Known(kind string) bool { return e.definitions[kind] != nil || e.variants(kind) }

// variants reports types that have schemas by msgtype or method only.
func (e *Events) variants(kind string) bool {
	for name := range e.definitions {
		if len(name) > len(kind) && name[:len(kind)] == kind && name[len(kind)] == '$' {
			return true
		}
	}
	return false
}

// Check validates a whole event by its type, and by its msgtype or method
// where the specification has schemas for those. An unknown type is no error:
// anybody may make one.
func (e *Events) Check(event []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(event))
	if err != nil {
		return err
	}
	return e.check(object(value))
}

// CheckContent validates the content of an event that is to be sent, as the
// event that the server will make of it. stateKey is nil where it is no state.
func (e *Events) CheckContent(kind string, stateKey *string, content []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		return err
	}
	event := map[string]any{
		"type": kind, "content": value, "event_id": "$id", "sender": "@user:server",
		"room_id": "!room:server", "origin_server_ts": 1, "unsigned": map[string]any{},
	}
	if stateKey != nil {
		event["state_key"] = *stateKey
	}
	return e.check(event)
}

func (e *Events) check(event map[string]any) error {
	kind, content := str(event["type"]), object(event["content"])
	for _, name := range []string{kind, kind + "$" + str(content["msgtype"]), kind + "$" + str(content["method"])} {
		schema := e.definitions[name]
		if schema == nil {
			continue
		}
		if err := e.schemas.check(name, schema, event); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
