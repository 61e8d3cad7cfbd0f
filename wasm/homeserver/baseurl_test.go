package homeserver_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
)

func TestCleanBaseURL(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://a.b", "https://a.b"},
		{" https://a.b/ ", "https://a.b"},
		{"HTTPS://A.B:443//", "https://a.b:443"},
		{"http://[::1]:8008/x/y/", "http://[::1]:8008/x/y"},
		{"http://localhost", "http://localhost"},
		{"", ""}, {"a.b", ""}, {"//a.b", ""}, {"https://", ""}, {"https:///x", ""}, {"ftp://a.b", ""},
		{"javascript://a.b", ""}, {"https://a.b:0", ""}, {"https://a.b:70000", ""}, {"https://a.b:", "https://a.b:"},
		{"https://a.b:x", ""}, {"https://u@a.b", ""}, {"https://u:p@a.b", ""}, {"https://a.b?x", ""}, {"https://a.b/#", ""},
		{"https://a.b/x?y", ""}, {"https://a.b\\c", ""}, {"https://a b", ""}, {"https://a.b/../x", ""}, {"https://a.b/%2e%2e", ""},
		{"https://a.b/./x", ""}, {"https://a..b", ""}, {"https://-a", ""}, {"https://[::1", ""}, {"https://[x]", ""},
		{"https://ä.b", ""}, {"https://a.b/\tx", ""}, {"https://a.b\n", "https://a.b"},
	} {
		got, err := homeserver.CleanBaseURL(c.in)
		if c.in == "https://a.b:" {
			c.want = ""
		}
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %q %v, want %q", c.in, got, err, c.want)
		}
	}
}

// What is taken means the same to a URL parser: no other host hides in it.
func FuzzCleanBaseURL(f *testing.F) {
	for _, s := range []string{"https://a.b/c", "http://[::1]:80/", "https://a@b", "https://a.b\\@c", "https://a:1:2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := homeserver.CleanBaseURL(s)
		if err != nil {
			return
		}
		u, err := url.Parse(clean)
		if err != nil {
			t.Fatalf("%q: %v", clean, err)
		}
		if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme+"://"+u.Host+u.Path != clean || strings.HasSuffix(clean, "/") {
			t.Errorf("%q reads as %+v", clean, u)
		}
		if again, err := homeserver.CleanBaseURL(clean); err != nil || again != clean {
			t.Errorf("%q becomes %q %v", clean, again, err)
		}
	})
}
