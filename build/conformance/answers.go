package conformance

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// CheckAnswers makes Handler validate what the server answers too: a success
// against the operation's schema, a failure against that of errors. It is for
// servers of our own.
func (c *Checker) CheckAnswers() *Checker {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = true
	return c
}

func (c *Checker) checksAnswers() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answers
}

// CheckAnswer validates the body of an answer to an operation.
func (a *API) CheckAnswer(o *Operation, status int, body []byte) error {
	if status >= 300 {
		return checkFailure(body)
	}
	answer := object(object(o.definition["responses"])[strconv.Itoa(status)])
	if answer == nil {
		return fmt.Errorf("status %d is not defined", status)
	}
	schema := object(object(answer["content"])["application/json"])["schema"]
	if schema == nil || slices.Contains(ambiguous, o.Name()) {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if err := a.schemas.check(fmt.Sprintf("%s#%d answer %d", o.Name(), o.number, status), schema, value); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// checkFailure asks for an errcode, or for the flows of user-interactive
// authentication.
func checkFailure(body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if str(object(value)["errcode"]) == "" && array(object(value)["flows"]) == nil {
		return fmt.Errorf("answer: no errcode")
	}
	return nil
}

// tee keeps a copy of what a handler answers.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(data []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(data)
	return t.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController flush.
func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
