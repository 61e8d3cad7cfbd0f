package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Check validates a request whose body was read. It returns the operation, nil
// where the definition has none, and all that is wrong.
func (a *API) Check(r *http.Request, body []byte) (*Operation, error) {
	found := a.find(r.Method, r.URL.EscapedPath())
	if len(found) == 0 {
		return nil, errors.New("no such operation")
	}
	var first error
	for _, o := range found {
		err := a.checkOperation(o, r, body)
		if err == nil {
			return o, nil
		}
		if first == nil {
			first = err
		}
	}
	return found[0], first
}

func (a *API) checkOperation(o *Operation, r *http.Request, body []byte) error {
	var wrong []error
	if o.Deprecated {
		wrong = append(wrong, errors.New("operation is deprecated"))
	}
	wrong = append(wrong, o.checkToken(r.Header.Get("Authorization")), a.checkPath(o, r.URL), a.checkQuery(o, r.URL))
	wrong = append(wrong, a.checkBody(o, r.Header.Get("Content-Type"), body))
	return errors.Join(wrong...)
}

// checkToken asks for a token exactly where the definition does.
func (o *Operation) checkToken(header string) error {
	required, optional := o.security()
	token, bearer := strings.CutPrefix(header, "Bearer ")
	switch {
	case header != "" && (!bearer || token == ""):
		return errors.New("Authorization is no bearer token")
	case required && header == "":
		return errors.New("Authorization is missing")
	case !required && !optional && header != "":
		return errors.New("Authorization is sent where none is asked for")
	}
	return nil
}

func (o *Operation) security() (required, optional bool) {
	for _, way := range array(o.definition["security"]) {
		if _, ok := object(way)["accessTokenBearer"]; ok {
			required = true
		} else {
			optional = true
		}
	}
	return required && !optional, optional || slices.Contains(tokenOptional, o.Name())
}

func (a *API) checkPath(o *Operation, u *url.URL) error {
	values, err := o.pathParameters(u.EscapedPath())
	if err != nil {
		return err
	}
	var wrong []error
	for _, p := range o.parameters {
		if p.in == "path" {
			wrong = append(wrong, a.checkParameter(o, p, []string{values[p.name]}))
		}
	}
	return errors.Join(wrong...)
}

func (a *API) checkQuery(o *Operation, u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return err
	}
	var wrong []error
	known := map[string]bool{}
	for _, p := range o.parameters {
		if p.in != "query" {
			continue
		}
		known[p.name] = true
		values, sent := query[p.name]
		switch {
		case !sent && p.required:
			wrong = append(wrong, fmt.Errorf("query parameter %s is missing", p.name))
		case sent && p.deprecated:
			wrong = append(wrong, fmt.Errorf("query parameter %s is deprecated", p.name))
		case sent:
			wrong = append(wrong, a.checkParameter(o, p, values))
		}
	}
	for name := range query {
		if !known[name] && !departsQuery(o, name) {
			wrong = append(wrong, fmt.Errorf("query parameter %s is unknown", name))
		}
	}
	return errors.Join(wrong...)
}

func (a *API) checkParameter(o *Operation, p parameter, values []string) error {
	name := fmt.Sprintf("%s#%d %s parameter %s", o.Name(), o.number, p.in, p.name)
	value, err := typed(object(p.schema), values)
	if err == nil {
		err = a.schemas.check(name, p.schema, value)
	}
	if err != nil {
		return fmt.Errorf("%s parameter %s: %w", p.in, p.name, err)
	}
	return nil
}

// typed reads a parameter's text as its schema's type.
func typed(schema map[string]any, values []string) (any, error) {
	if str(schema["type"]) == "array" {
		var list []any
		for _, v := range values {
			list = append(list, v)
		}
		return list, nil
	}
	if len(values) != 1 {
		return nil, errors.New("sent more than once")
	}
	switch str(schema["type"]) {
	case "integer", "number":
		if _, err := strconv.ParseFloat(values[0], 64); err != nil {
			return nil, err
		}
		return json.Number(values[0]), nil
	case "boolean":
		if values[0] != "true" && values[0] != "false" {
			return nil, fmt.Errorf("%q is no boolean", values[0])
		}
		return values[0] == "true", nil
	}
	return values[0], nil
}

func (a *API) checkBody(o *Operation, contentType string, body []byte) error {
	definition := object(o.definition["requestBody"])
	if definition == nil {
		if len(body) > 0 {
			return errors.New("body where none is asked for")
		}
		return nil
	}
	content := object(definition["content"])
	if _, free := content["application/octet-stream"]; free {
		return nil
	}
	if len(body) == 0 {
		return errors.New("body is missing")
	}
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || kind != "application/json" {
		return fmt.Errorf("Content-Type %q is not JSON", contentType)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	schema := object(content["application/json"])["schema"]
	if err := a.schemas.check(fmt.Sprintf("%s#%d body", o.Name(), o.number), schema, value); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return checkDeprecated(object(schema), object(value))
}

// checkDeprecated looks at the members of the body itself.
func checkDeprecated(schema, value map[string]any) error {
	for name, property := range object(schema["properties"]) {
		if _, sent := value[name]; sent && isTrue(object(property)["deprecated"]) {
			return fmt.Errorf("body: member %s is deprecated", name)
		}
	}
	return nil
}
