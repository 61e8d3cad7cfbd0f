package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Mutations yields broken forms of a JSON document, each with what was done to
// it: every value in turn dropped, nulled, of another type, out of range,
// nested too deeply or full of traps; and the document cut short.
func Mutations(document []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		root, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			return
		}
		stop := false
		emit := func(what string, value any) {
			if data, err := json.Marshal(value); err == nil && !stop {
				stop = !yield(what, data)
			}
		}
		mutate(root, "", func(what string, value any) { emit(what, value) })
		for _, cut := range []int{0, 1, len(document) / 3, len(document) / 2, len(document) - 1} {
			if !stop && cut >= 0 && cut < len(document) {
				stop = !yield(fmt.Sprintf("cut at %d", cut), document[:cut])
			}
		}
	}
}

// mutate calls emit with the whole document for each change below value.
func mutate(value any, path string, emit func(string, any)) {
	for _, r := range replacements {
		emit(path+" = "+r.name, json.RawMessage(r.json))
	}
	switch v := value.(type) {
	case map[string]any:
		mutateObject(v, path, emit)
	case []any:
		mutateArray(v, path, emit)
	}
}

func mutateObject(v map[string]any, path string, emit func(string, any)) {
	for _, key := range slices.Sorted(maps.Keys(v)) {
		less := maps.Clone(v)
		delete(less, key)
		emit(path+"/"+key+" dropped", less)
		mutate(v[key], path+"/"+key, func(what string, changed any) {
			twin := maps.Clone(v)
			twin[key] = changed
			emit(what, twin)
		})
	}
	more := maps.Clone(v)
	more["__proto__"] = map[string]any{"polluted": true}
	emit(path+" with __proto__", more)
}

func mutateArray(v []any, path string, emit func(string, any)) {
	for i := range v {
		// The elements of a long list are alike.
		if i == 3 {
			break
		}
		mutate(v[i], fmt.Sprintf("%s/%d", path, i), func(what string, changed any) {
			twin := slices.Clone(v)
			twin[i] = changed
			emit(what, twin)
		})
	}
	emit(path+" twice", append(slices.Clone(v), v...))
}

type replacement struct{ name, json string }

var replacements = []replacement{
	{"null", "null"}, {"true", "true"}, {"object", "{}"}, {"array", "[]"},
	{"list of nulls", "[null,null]"},
	{"empty text", `""`}, {"text", `"x"`}, {"lone surrogate", `"\ud800"`}, {"nul", `"a\u0000b"`},
	{"zero", "0"}, {"negative", "-1"}, {"fraction", "1.5"},
	{"beyond 2^53", "9007199254740993"}, {"beyond int64", "92233720368547758080"}, {"beyond float64", "1e999"},
	{"deep", strings.Repeat("[", 200) + strings.Repeat("]", 200)},
}
