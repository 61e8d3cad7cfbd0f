package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// matrixError is an answer that is no success: a status, an errcode and what
// some errors carry besides.
type matrixError struct {
	status  int
	code    string
	message string
	more    map[string]any
}

func (e *matrixError) Error() string { return e.code + ": " + e.message }

func (e *matrixError) body() map[string]any {
	b := map[string]any{}
	for k, v := range e.more {
		b[k] = v
	}
	if e.code != "" {
		b["errcode"], b["error"] = e.code, e.message
	}
	return b
}

func fail(status int, code, message string) error {
	return &matrixError{status: status, code: code, message: message}
}

func errForbidden(message string) error { return fail(http.StatusForbidden, "M_FORBIDDEN", message) }

// errState is a refusal because of what is, not of who asks.
func errState(message string) error    { return fail(http.StatusForbidden, "M_BAD_STATE", message) }
func errNotFound(message string) error { return fail(http.StatusNotFound, "M_NOT_FOUND", message) }
func errInvalid(message string) error {
	return fail(http.StatusBadRequest, "M_INVALID_PARAM", message)
}
func errBadJSON(message string) error { return fail(http.StatusBadRequest, "M_BAD_JSON", message) }
func errUnknown(message string) error { return fail(http.StatusBadRequest, "M_UNKNOWN", message) }
func errMissing(name string) error {
	return fail(http.StatusBadRequest, "M_MISSING_PARAM", "Missing param: "+name)
}

func errLimited(w http.ResponseWriter, wait time.Duration) error {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	return &matrixError{http.StatusTooManyRequests, "M_LIMIT_EXCEEDED", "Too Many Requests",
		map[string]any{"retry_after_ms": wait.Milliseconds()}}
}

func writeError(w http.ResponseWriter, err error) {
	var known *matrixError
	if !errors.As(err, &known) {
		known = &matrixError{status: http.StatusInternalServerError, code: "M_UNKNOWN", message: "Internal server error"}
	}
	writeJSON(w, known.status, must(known.body()))
}
