package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody is the largest request body that is no medium.
const maxBody = 8 << 20

// call is one request on its way through a handler, which runs with the
// server's mutex held unless its route says otherwise.
type call struct {
	s      *Server
	r      *http.Request
	w      http.ResponseWriter
	vars   map[string]string
	raw    []byte // the body
	q      url.Values
	user   *user   // nil on routes that need no login
	device *device // the same
}

// file is an answer that is no JSON.
type file struct {
	kind, name string
	data       []byte
}

// ServeHTTP answers one request of the client-server API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cors(w.Header())
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer, err := s.answer(w, r)
	switch a := answer.(type) {
	case nil:
		writeError(w, err)
	case *file:
		writeFile(w, a)
	case json.RawMessage:
		writeJSON(w, http.StatusOK, a)
	}
}

// cors sets the headers that the specification recommends, and no others
// (Web Browser Clients).
func cors(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization")
}

// answer returns a *file, JSON, or nil and an error. What it returns shares
// nothing with the world, which others may change at once.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	route, vars, err := s.routes.find(r.Method, r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	c := &call{s: s, r: r, w: w, vars: vars, q: r.URL.Query()}
	if c.raw, err = s.body(r, route.media); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !route.open {
		if err := c.login(); err != nil {
			return nil, err
		}
	}
	if err := c.limited(); err != nil {
		return nil, err
	}
	answer, err := route.handle(c)
	if err != nil {
		return nil, err
	}
	switch a := answer.(type) {
	case *file:
		return a, nil
	case nil:
		return json.RawMessage("{}"), nil
	}
	return encode(answer)
}

func (s *Server) body(r *http.Request, media bool) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	limit := int64(maxBody)
	if media {
		limit = s.opt.MaxUpload
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, errUnknown("Cannot read the request")
	}
	if int64(len(raw)) > limit {
		return nil, fail(http.StatusRequestEntityTooLarge, "M_TOO_LARGE", "Request content is too large")
	}
	return raw, nil
}

func (c *call) limited() error {
	if c.s.opt.Limit == nil {
		return nil
	}
	name := ""
	if c.user != nil {
		name = c.user.ID
	}
	if wait := c.s.opt.Limit(name, c.r); wait > 0 {
		return errLimited(c.w, wait)
	}
	return nil
}

// json decodes the body into v, a pointer to a struct. An empty body counts as
// an empty object, as servers let it.
func (c *call) json(v any) error {
	if len(bytes.TrimSpace(c.raw)) == 0 {
		return nil
	}
	err := json.Unmarshal(c.raw, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return errBadJSON("Wrong type of " + wrong.Field)
	case err != nil:
		return fail(http.StatusBadRequest, "M_NOT_JSON", "Content not JSON.")
	}
	return nil
}

// object returns the body, which must be a JSON object.
func (c *call) object() (json.RawMessage, error) {
	raw := bytes.TrimSpace(c.raw)
	if !json.Valid(raw) {
		return nil, fail(http.StatusBadRequest, "M_NOT_JSON", "Content not JSON.")
	}
	if raw[0] != '{' {
		return nil, errBadJSON("Content must be a JSON object.")
	}
	var tidy bytes.Buffer
	if err := json.Compact(&tidy, raw); err != nil {
		return nil, err
	}
	return tidy.Bytes(), nil
}

// number reads a query parameter that is a whole number, or the default.
func (c *call) number(name string, otherwise int) (int, error) {
	text := c.q.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errInvalid("Query parameter " + name + " must be a positive integer")
	}
	return n, nil
}

// position reads a query parameter that is a stream token, or the default.
func (c *call) position(name string, otherwise int64) (int64, error) {
	if text := c.q.Get(name); text != "" {
		return c.s.parseToken(text)
	}
	return otherwise, nil
}

func (c *call) flag(name string) bool { return c.q.Get(name) == "true" }

// encode is json.Marshal that leaves <, > and & as they are.
func encode(v any) (json.RawMessage, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return out.Bytes(), err
}

func writeJSON(w http.ResponseWriter, status int, body json.RawMessage) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache, no-store, must-revalidate")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// bearer returns the access token of the Authorization header. The query
// string is no place for it since MSC4127.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
