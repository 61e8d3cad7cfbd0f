package event_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alcove-chat/alcove/wasm/event"
)

func TestShown(t *testing.T) {
	for name, want := range map[string]string{
		"Alice":                  "Alice",
		" Alice\t":               "Alice",
		"":                       "@a:x",
		" \u3000\n":              "@a:x",
		"\u202E\u200F":           "@a:x",
		"\u200B\u200D\uFE0F":     "@a:x",
		"\u3164":                 "@a:x",
		"\u202Eecila\u202C":      "ecila",
		"A\x00B":                 "A B",
		"A\nB":                   "A B",
		"👩\u200D🚀":               "👩\u200D🚀",
		"بسم":                    "بسم",
		"\xff":                   "\uFFFD",
		strings.Repeat("é", 999): strings.Repeat("é", 128),
	} {
		if got := (event.Profile{Name: name}).Shown("@a:x"); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

func TestNameKey(t *testing.T) {
	for _, same := range []string{"Alice", "alice", " Al ice", "A\u200Blice", "\u202EAlice", "ALICE\uFE0F"} {
		if event.NameKey(same) != "alice" {
			t.Errorf("%q has key %q", same, event.NameKey(same))
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add("Alice \u202E")
	f.Fuzz(func(t *testing.T, name string) {
		shown := event.Profile{Name: name}.Shown("@a:x")
		if event.NameKey(shown) == "" || !utf8.ValidString(shown) || strings.ContainsAny(shown, "\u202E\u2066\n\x00") {
			t.Fatalf("%q is shown as %q", name, shown)
		}
	})
}
