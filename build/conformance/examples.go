package conformance

import (
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"sort"
)

// Example is an answer of a server that the definition shows.
type Example struct {
	Operation *Operation
	// Status is as the definition has it, such as "200" or "4XX".
	Status string
	Name   string
	Body   []byte
}

// Examples yields all examples of answers in JSON.
func (a *API) Examples() iter.Seq[Example] {
	return func(yield func(Example) bool) {
		for _, o := range a.operations {
			for status, response := range object(o.definition["responses"]) {
				content := object(object(object(response)["content"])["application/json"])
				for name, value := range exampleValues(content) {
					body, err := json.Marshal(value)
					if err == nil && !yield(Example{o, status, name, body}) {
						return
					}
				}
			}
		}
	}
}

func exampleValues(content map[string]any) map[string]any {
	values := map[string]any{}
	for name, example := range object(content["examples"]) {
		values[name] = object(example)["value"]
	}
	if example, ok := content["example"]; ok {
		values["example"] = example
	}
	if example, ok := object(content["schema"])["example"]; ok {
		values["schema"] = example
	}
	return values
}

// Answers is a server that answers every operation as the definition's example
// of a success does, or as its schema asks.
func (a *API) Answers() http.Handler {
	bodies := map[string][]byte{}
	for _, o := range a.operations {
		success := object(object(o.definition["responses"])["200"])
		schema := object(object(success["content"])["application/json"])["schema"]
		bodies[o.Name()], _ = json.Marshal(sample(object(schema)))
	}
	for e := range a.Examples() {
		if e.Status == "200" {
			bodies[e.Operation.Name()] = e.Body
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		found := a.find(r.Method, r.URL.EscapedPath())
		if len(found) == 0 {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"errcode":"M_UNRECOGNIZED","error":"unknown"}`))
			return
		}
		_, _ = w.Write(bodies[found[0].Name()])
	})
}

// sample makes a value that fits a schema of the definition.
func sample(schema map[string]any) any {
	if example, ok := schema["example"]; ok {
		return example
	}
	switch str(schema["type"]) {
	case "array":
		return []any{sample(object(schema["items"]))}
	case "string":
		return "x"
	case "integer", "number":
		return 1
	case "boolean":
		return true
	}
	members := map[string]any{}
	for _, part := range array(schema["allOf"]) {
		maps.Copy(members, object(sample(object(part))))
	}
	for name, property := range object(schema["properties"]) {
		members[name] = sample(object(property))
	}
	return members
}

// Examples yields the specification's events, by name.
func (e *Events) Examples() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		names := make([]string, 0, len(e.examples))
		for name := range e.examples {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			body, err := json.Marshal(e.examples[name])
			if err == nil && !yield(name, body) {
				return
			}
		}
	}
}
