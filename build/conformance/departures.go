package conformance

import "slices"

// What the project does on purpose though the definition does not have it.

// extraQuery lists query parameters beyond the definition.
var extraQuery = map[string][]string{
	// Servers before v1.12 know via by its old name (MSC4156 asks to send both).
	"POST /_matrix/client/v3/join/{roomIdOrAlias}":  {"server_name"},
	"POST /_matrix/client/v3/knock/{roomIdOrAlias}": {"server_name"},
}

// tokenOptional lists operations that the definition leaves open to all, but
// that a server may be set to protect: profiles on Synapse.
var tokenOptional = []string{
	"GET /_matrix/client/v3/profile/{userId}",
	"GET /_matrix/client/v3/profile/{userId}/{keyName}",
}

// ambiguous lists operations whose definition of a success contradicts itself:
// with format=event, an event fits the schema of a bare content too, and only
// one of the two may match.
var ambiguous = []string{"GET /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}"}

func departsQuery(o *Operation, name string) bool {
	return slices.Contains(extraQuery[o.Name()], name)
}

// takenBack are types of state that one takes back by leaving out what their schemas
// require: without via a child is none, and a parent neither (spec: spaces).
var takenBack = []string{"m.space.child", "m.space.parent"}

func takesBack(kind string, body []byte) bool {
	return slices.Contains(takenBack, kind) && string(body) == "{}"
}
