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
	// double lets the homeserver hear it twice, and the client the second answer.
	double act = "double"
	// swap waits until the next request that the rule fits was answered, or for
	// the rule's time if there is one.
	swap act = "swap"
)

// What happens once the homeserver has answered.
const (
	// lose closes the connection.
	lose act = "lose"
	// cut closes it after some bytes of the body.
	cut act = "cut"
	// rewrite replaces in the body, and the status where the rule has one.
	rewrite act = "rewrite"
	// holdAnswer waits until the test decides, which may change the answer.
	holdAnswer act = "holdAnswer"
	// swapAnswer waits as swap does, with the answer.
	swapAnswer act = "swapAnswer"
)

// onAnswer reports whether an act waits for the homeserver's answer. Whether a
// rule applies is asked then, so that a rule also takes long polls that were
// waiting when it was made.
func (a act) onAnswer() bool {
	return a == lose || a == cut || a == rewrite || a == holdAnswer || a == swapAnswer
}

// rule says which requests to do something to. The first that fits counts.
type rule struct {
	ID int `json:"id"`
	// Method and User, a user id, are any where empty. Path is a regular
	// expression that the escaped path and query must match.
	Method string `json:"method"`
	Path   string `json:"path"`
	User   string `json:"user"`
	// Skip lets that many through first; Times is how often it applies then, 0
	// for ever, and Every to which: 3 to each third, beginning with the first.
	Skip  int `json:"skip"`
	Times int `json:"times"`
	Every int `json:"every"`
	Act   act `json:"act"`

	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Bytes is how much cut lets through.
	Bytes int `json:"bytes"`
	Ms    int `json:"ms"`
	// Find is a regular expression for what rewrite replaces, $1 being its first
	// group.
	Find    string `json:"find"`
	Replace string `json:"replace"`

	path *regexp.Regexp
	find *regexp.Regexp
	seen int
	hits int
	held chan *held
	// behind is of the request that waits to be overtaken, if one does.
	behind chan struct{}
}

func (r *rule) prepare() (err error) {
	switch r.Act {
	case fail, drop, endless, delay, hold, double, swap, lose, cut, rewrite, holdAnswer, swapAnswer:
	default:
		return errors.New("unknown act")
	}
	r.held = make(chan *held, 100)
	if r.path, err = regexp.Compile(r.Path); err != nil {
		return err
	}
	r.find, err = regexp.Compile(r.Find)
	return err
}

func (r *rule) rewrite(got *answer) *answer {
	again := *got
	again.body = r.find.ReplaceAll(got.body, []byte(r.Replace))
	if r.Status != 0 {
		again.status = r.Status
	}
	return &again
}

// takes reports whether the rule applies, and counts.
func (r *rule) takes(method, path, user string) bool {
	if r.Method != "" && r.Method != method || r.User != "" && r.User != user || !r.path.MatchString(path) {
		return false
	}
	if r.Times > 0 && r.hits >= r.Times {
		return false
	}
	if r.seen++; r.seen <= r.Skip || (r.seen-r.Skip-1)%max(1, r.Every) != 0 {
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
