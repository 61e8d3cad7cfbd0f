package conformance

import (
	"encoding/json"
	"iter"
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
