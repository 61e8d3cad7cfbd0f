package conformance

import "slices"

// CheckEvents makes the checker validate the events and account data that
// requests carry too.
func (c *Checker) CheckEvents(e *Events) *Checker {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = e
	return c
}

// checkSent validates the event that a request carries, if it carries one.
func (e *Events) checkSent(o *Operation, escapedPath string, body []byte) error {
	if o.Method != "PUT" || !slices.Contains(o.parts, "send") && !slices.Contains(o.parts, "state") && !slices.Contains(o.parts, "account_data") {
		return nil
	}
	values, err := o.pathParameters(escapedPath)
	if err != nil {
		return err
	}
	if kind, ok := values["type"]; ok {
		return e.CheckContent(kind, nil, body)
	}
	var key *string
	if stateKey, ok := values["stateKey"]; ok {
		key = &stateKey
	}
	if key != nil && takesBack(values["eventType"], body) {
		return nil
	}
	return e.CheckContent(values["eventType"], key, body)
}
