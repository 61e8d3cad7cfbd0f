package main

import (
	"errors"
	"regexp"
)

// act is what is done to a request.
type act string

// What happens before the homeserver hears of a request.
const (
	// fail answers with the rule's status, headers and body.
	fail act = "fail"
	// drop closes the connection.
	drop act = "drop"
	// endless answers with a body that never ends.
	endless act = "endless"
	// delay waits for the rule's time.
	delay act = "delay"
	// hold waits until the test decides.
	hold act = "hold"
)

// What happens once the homeserver has answered.
const (
	// lose closes the connection.
	lose act = "lose"
	// cut closes it after some bytes of the body.
	cut act = "cut"
	// holdAnswer waits until the test decides, which may change the answer.
	holdAnswer act = "holdAnswer"
)

// onAnswer reports whether an act waits for the homeserver's answer. Whether a
// rule applies is asked then, so that a rule also takes long polls that were
// waiting when it was made.
func (a act) onAnswer() bool { return a == lose || a == cut || a == holdAnswer }

// rule says which requests to do something to. The first that fits counts.
type rule struct {
	ID int `json:"id"`
	// Method is any where empty. Path is a regular expression that the escaped
	// path and query must match.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Skip lets that many through first; Times is how often it applies then, 0
	// for ever.
	Skip  int `json:"skip"`
	Times int `json:"times"`
	Act   act `json:"act"`

	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Bytes is how much cut lets through.
	Bytes int `json:"bytes"`
	Ms    int `json:"ms"`

	path *regexp.Regexp
	seen int
	hits int
	held chan *held
}

func (r *rule) prepare() (err error) {
	switch r.Act {
	case fail, drop, endless, delay, hold, lose, cut, holdAnswer:
	default:
		return errors.New("unknown act")
	}
	r.held = make(chan *held, 100)
	r.path, err = regexp.Compile(r.Path)
	return err
}

// takes reports whether the rule applies, and counts.
func (r *rule) takes(method, path string, answered bool) bool {
	if r.Act.onAnswer() != answered || r.Method != "" && r.Method != method || !r.path.MatchString(path) {
		return false
	}
	if r.Times > 0 && r.hits >= r.Times {
		return false
	}
	if r.seen++; r.seen <= r.Skip {
		return false
	}
	r.hits++
	return true
}

// held is a request that waits for the test.
type held struct {
	ID     int    `json:"id"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Status and Body are the homeserver's answer, if there is one already.
	Status int    `json:"status"`
	Body   string `json:"body"`

	decide chan decision
}

// decision is what becomes of a held request: it goes on, with another answer
// if there is one, or its connection is closed.
type decision struct {
	drop   bool
	answer *answer
}
