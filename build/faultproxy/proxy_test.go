package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// lab is a proxy in front of a server that counts and answers {"n": count}.
type lab struct {
	t              *testing.T
	front, control *httptest.Server
	served         atomic.Int32
}

func newLab(t *testing.T) *lab {
	l := &lab{t: t}
	p := newProxy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"n": %d}`, l.served.Add(1))
	}))
	l.front, l.control = httptest.NewServer(p), httptest.NewServer(p.control())
	t.Cleanup(l.front.Close)
	t.Cleanup(l.control.Close)
	return l
}

func (l *lab) do(method, path, body string) (string, error) {
	l.t.Helper()
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return string(got), err
}

func (l *lab) rule(rule string) int {
	l.t.Helper()
	got, err := l.do("POST", l.control.URL+"/rules", rule)
	var made struct{ ID int }
	if err = errors.Join(err, json.Unmarshal([]byte(got), &made)); err != nil || made.ID == 0 {
		l.t.Fatal(got, err)
	}
	return made.ID
}

// put is a request that acts; a client may not repeat it by itself.
func (l *lab) put() (string, error) { return l.do("POST", l.front.URL+"/a/b?c", "") }

func TestActs(t *testing.T) {
	for _, c := range []struct {
		rule, want string
		served     int32
		broken     bool
	}{
		{`{"path":"/x","act":"drop"}`, `{"n": 1}`, 1, false},
		{`{"path":"/a","method":"GET","act":"drop"}`, `{"n": 1}`, 1, false},
		{`{"path":"/b\\?c$","act":"fail","status":500,"body":"no"}`, `no`, 0, false},
		{`{"path":"/a","act":"drop"}`, ``, 0, true},
		{`{"path":"/a","act":"lose"}`, ``, 1, true},
		{`{"path":"/a","act":"cut","bytes":3}`, `{"n`, 1, true},
		{`{"path":"/a","act":"rewrite","find":"(\\d)","replace":"4$1"}`, `{"n": 41}`, 1, false},
		{`{"path":"/a","act":"rewrite","find":"^.*$","replace":"","status":502}`, ``, 1, false},
		{`{"path":"/a","act":"drop","user":"@a:b"}`, `{"n": 1}`, 1, false},
		{`{"path":"/a","act":"delay","ms":1}`, `{"n": 1}`, 1, false},
		{`{"path":"/a","act":"drop","skip":1}`, `{"n": 1}`, 1, false},
		{`{"path":"/a","act":"double"}`, `{"n": 2}`, 2, false},
		{`{"path":"/a","act":"swap","ms":1}`, `{"n": 1}`, 1, false},
		{`{"path":"/a","act":"swapAnswer","ms":1}`, `{"n": 1}`, 1, false},
	} {
		l := newLab(t)
		l.rule(c.rule)
		got, err := l.put()
		if got != c.want || (err != nil) != c.broken || l.served.Load() != c.served {
			t.Errorf("%s: got %q, %v after %d", c.rule, got, err, l.served.Load())
		}
	}
}

func TestEndlessNeverEnds(t *testing.T) {
	l := newLab(t)
	l.rule(`{"path":"/a","act":"endless","body":"["}`)
	if got, err := l.put(); err != nil || len(got) != 1<<20 || strings.Trim(got, "[") != "" {
		t.Error(len(got), err)
	}
}

func TestTimesEnd(t *testing.T) {
	l := newLab(t)
	id := l.rule(`{"path":"/a","act":"fail","status":500,"body":"no","times":2}`)
	for _, want := range []string{"no", "no", `{"n": 1}`} {
		if got, err := l.put(); got != want || err != nil {
			t.Error(got, err)
		}
	}
	if got, _ := l.do("GET", fmt.Sprintf("%s/rules/%d", l.control.URL, id), ""); !strings.Contains(got, `"hits":2`) {
		t.Error(got)
	}
}

func TestEvery(t *testing.T) {
	l := newLab(t)
	l.rule(`{"path":"/a","act":"fail","status":500,"body":"no","skip":1,"every":2}`)
	for i, want := range []string{`{"n": 1}`, "no", `{"n": 2}`, "no", `{"n": 3}`} {
		if got, err := l.put(); got != want || err != nil {
			t.Error(i, got, err)
		}
	}
}

func TestHold(t *testing.T) {
	for _, c := range []struct {
		act, how, body, want string
		served               int32
	}{
		{"hold", "", "", `{"n": 1}`, 1},
		{"hold", "?status=200", "mine", "mine", 0},
		{"hold", "?drop", "", "", 0},
		{"holdAnswer", "", "", `{"n": 1}`, 1},
		{"holdAnswer", "?status=200", "mine", "mine", 1},
		{"holdAnswer", "?drop", "", "", 1},
	} {
		l := newLab(t)
		id := l.rule(`{"path":"/a","act":"` + c.act + `"}`)
		got := make(chan string)
		go func() {
			body, _ := l.put()
			got <- body
		}()
		text, _ := l.do("GET", fmt.Sprintf("%s/rules/%d/held", l.control.URL, id), "")
		var h held
		if err := json.Unmarshal([]byte(text), &h); err != nil || (c.act == "holdAnswer") != (h.Body == `{"n": 1}`) {
			t.Fatal(text, err)
		}
		if _, err := l.do("POST", fmt.Sprintf("%s/held/%d%s", l.control.URL, h.ID, c.how), c.body); err != nil {
			t.Fatal(err)
		}
		if body := <-got; body != c.want || l.served.Load() != c.served {
			t.Errorf("%s%s: got %q after %d", c.act, c.how, body, l.served.Load())
		}
	}
}

// TestSwap: the first of two requests, or its answer, comes after the second.
func TestSwap(t *testing.T) {
	for _, c := range []struct{ act, first, second string }{
		{"swap", `{"n": 2}`, `{"n": 1}`},
		{"swapAnswer", `{"n": 1}`, `{"n": 2}`},
	} {
		l := newLab(t)
		id := l.rule(`{"path":"/a","act":"` + c.act + `","times":2}`)
		first := make(chan string, 1)
		go func() {
			body, _ := l.put()
			first <- body
		}()
		for got := ""; !strings.Contains(got, `"hits":1`); {
			got, _ = l.do("GET", fmt.Sprintf("%s/rules/%d", l.control.URL, id), "")
		}
		select {
		case got := <-first:
			t.Fatalf("%s: the first came at once: %s", c.act, got)
		default:
		}
		if got, err := l.put(); got != c.second || err != nil {
			t.Errorf("%s: the second got %q, %v", c.act, got, err)
		}
		if got := <-first; got != c.first {
			t.Errorf("%s: the first got %q", c.act, got)
		}
	}
}

// TestSwapEndsWithItsRule: who waits goes on when the rules go.
func TestSwapEndsWithItsRule(t *testing.T) {
	l := newLab(t)
	id := l.rule(`{"path":"/a","act":"swap"}`)
	first := make(chan string, 1)
	go func() {
		body, _ := l.put()
		first <- body
	}()
	for got := ""; !strings.Contains(got, `"hits":1`); {
		got, _ = l.do("GET", fmt.Sprintf("%s/rules/%d", l.control.URL, id), "")
	}
	if _, err := l.do("DELETE", l.control.URL+"/rules", ""); err != nil {
		t.Fatal(err)
	}
	if got := <-first; got != `{"n": 1}` {
		t.Error(got)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	l := newLab(t)
	for rule, want := range map[string]string{
		`{"path":"/","act":"explode"}`:            "unknown act",
		`{"path":"(","act":"drop"}`:               "missing closing",
		`{"path":"/","act":"rewrite","find":"("}`: "missing closing",
	} {
		if got, err := l.do("POST", l.control.URL+"/rules", rule); err != nil || !strings.Contains(got, want) {
			t.Error(rule, got, err)
		}
	}
}
