package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestTap: what the homeserver heard is written down, also where a rule loses
// the answer and after rules are gone; what did not reach it is not.
func TestTap(t *testing.T) {
	p := newProxy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a/refused" {
			http.Error(w, "no", http.StatusBadRequest)
		}
	}))
	l := &lab{t: t, front: httptest.NewServer(p), control: httptest.NewServer(p.control())}
	t.Cleanup(l.front.Close)
	t.Cleanup(l.control.Close)
	ask := func(path, body string) { _, _ = l.do("POST", l.front.URL+path, body) } // some are meant to fail
	if got, err := l.do("POST", l.control.URL+"/taps", `{"method":"POST","path":"^/a"}`); err != nil || got != "{\"id\":1}\n" {
		t.Fatal(got, err)
	}
	l.rule(`{"path":"^/a/lost","act":"lose"}`)
	l.rule(`{"path":"^/a/dropped","act":"drop"}`)
	ask("/a/lost", "1")
	ask("/a/dropped", "2")
	ask("/b", "3")
	_, _ = l.do("GET", l.front.URL+"/a", "")
	_, _ = l.do("DELETE", l.control.URL+"/rules", "")
	ask("/a/refused?x", "4")
	got, err := l.do("GET", l.control.URL+"/taps/1", "")
	var all []tapped
	if err != nil || json.Unmarshal([]byte(got), &all) != nil || len(all) != 2 {
		t.Fatal(got, err)
	}
	if all[0] != (tapped{Path: "/a/lost", Body: "1", Status: 200}) || all[1] != (tapped{Path: "/a/refused?x", Body: "4", Status: 400, Answer: "no\n"}) {
		t.Errorf("%+v", all)
	}
	if got, _ := l.do("GET", l.control.URL+"/taps/2", ""); got != "404 page not found\n" {
		t.Error(got)
	}
}
