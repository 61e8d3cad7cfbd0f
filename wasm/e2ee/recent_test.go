package e2ee

import "testing"

// TestRecent: the last ones that were used are kept, and what is taken is nobody
// else's until it is given back.
func TestRecent(t *testing.T) {
	r := recent[string, int]{limit: 2}
	r.give("a", 1)
	if v, ok := r.take("a"); v != 1 || !ok {
		t.Error(v, ok)
	}
	if _, ok := r.take("a"); ok {
		t.Error("two have it")
	}
	for i, name := range []string{"a", "b", "a"} {
		r.give(name, i)
	}
	if v, ok := r.get("b"); v != 1 || !ok {
		t.Error(v, ok)
	}
	r.give("c", 3)
	for name, want := range map[string]int{"a": -1, "b": 1, "c": 3} {
		if v, ok := r.take(name); ok != (want >= 0) || ok && v != want {
			t.Errorf("%s: %d, %v", name, v, ok)
		}
	}
}
