package idb_test

import (
	"context"
	"fmt"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
)

// replace puts value in the place of a global until the test ends.
func replace(t *testing.T, global string, value any) {
	t.Helper()
	define := func(v any) {
		property := map[string]any{"value": v, "configurable": true, "writable": true}
		js.Global().Get("Object").Call("defineProperty", js.Global(), global, property)
	}
	old := js.Global().Get(global)
	define(value)
	t.Cleanup(func() { define(old) })
}

func function(t *testing.T, f func(args []js.Value) any) js.Func {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	t.Cleanup(fn.Release)
	return fn
}

func object() js.Value { return js.Global().Get("Object").New() }

// later runs f in a turn of the event loop of its own.
func later(f func()) { time.AfterFunc(time.Millisecond, f) }

// quick are limits for tests of what never settles.
var quick = storage.Options{SlowAfter: 5 * time.Millisecond, HungAfter: 20 * time.Millisecond, BlockedAfter: 20 * time.Millisecond}

func TestShimMissing(t *testing.T) {
	replace(t, "alcoveIDB", js.Undefined())
	_, err := idb.Open(t.Context(), "none", schema, storage.Options{})
	want(t, err, storage.ErrMisuse)
	if !strings.Contains(err.Error(), "shim.js") {
		t.Errorf("error %q does not say what is missing", err)
	}
	want(t, idb.Delete(t.Context(), "none", storage.Options{}), storage.ErrMisuse)
}

func TestNoIndexedDB(t *testing.T) {
	replace(t, "indexedDB", js.Undefined())
	_, err := idb.Open(t.Context(), "none", schema, storage.Options{})
	want(t, err, storage.ErrUnavailable)
	want(t, idb.Delete(t.Context(), "none", storage.Options{}), storage.ErrUnavailable)
}

// failing is an indexedDB whose requests fail with a DOMException, or never
// settle if that has no name.
func failing(t *testing.T, exception string) js.Value {
	fake := object()
	request := function(t, func([]js.Value) any {
		r := object()
		if exception != "" {
			r.Set("error", js.Global().Get("DOMException").New("as asked", exception))
			later(func() { r.Call("onerror") })
		}
		return r
	})
	fake.Set("open", request)
	fake.Set("deleteDatabase", request)
	return fake
}

func TestOpenErrors(t *testing.T) {
	for exception, target := range map[string]error{
		"UnknownError": storage.ErrUnavailable, "InvalidStateError": storage.ErrUnavailable,
		"SecurityError": storage.ErrUnavailable, "VersionError": storage.ErrNewer,
		"QuotaExceededError": storage.ErrQuota, "AbortError": storage.ErrClosed, "": storage.ErrHung,
	} {
		t.Run(exception, func(t *testing.T) {
			replace(t, "indexedDB", failing(t, exception))
			_, err := idb.Open(t.Context(), "none", schema, quick)
			want(t, err, target)
			if exception == "UnknownError" || exception == "" {
				want(t, idb.Delete(t.Context(), "none", quick), target)
			}
		})
	}
}

func TestOpenCancelled(t *testing.T) {
	replace(t, "indexedDB", failing(t, ""))
	ctx, cancel := context.WithCancel(t.Context())
	later(cancel)
	_, err := idb.Open(ctx, "none", schema, storage.Options{})
	want(t, err, context.Canceled)
}

// script is a shim that the test plays.
type script struct {
	settle js.Value
	reply  func(id int) // called for each transaction, in a turn of its own
	closed bool
}

// play replaces the shim by a script and opens a database over it.
func play(t *testing.T, reply func(s *script, id int)) (*script, *storage.Conn) {
	t.Helper()
	s := &script{}
	s.reply = func(id int) { reply(s, id) }
	transaction := function(t, func(args []js.Value) any {
		id := args[0].Int()
		later(func() { s.reply(id) })
		return nil
	})
	handle, shim := object(), object()
	handle.Set("commit", transaction)
	handle.Set("read", transaction)
	handle.Set("close", function(t, func([]js.Value) any { s.closed = true; return nil }))
	shim.Set("open", function(t, func(args []js.Value) any {
		s.settle = args[3]
		later(func() { s.answer(0, nil) })
		return handle
	}))
	replace(t, "alcoveIDB", shim)
	db, err := idb.Open(t.Context(), "script", schema, quick)
	want(t, err, nil)
	return s, db
}

// answer settles a call without an error.
func (s *script) answer(id int, bytes []byte) {
	array := js.Global().Get("Uint8Array").New(len(bytes))
	js.CopyBytesToJS(array, bytes)
	s.settle.Invoke(id, nil, "", array)
}

func TestTransactionErrors(t *testing.T) {
	for exception, test := range map[string]struct {
		target error
		open   bool
	}{
		"QuotaExceededError": {storage.ErrQuota, true}, "Fenced": {storage.ErrFenced, false},
		"AbortError": {storage.ErrClosed, false}, "UnknownError": {storage.ErrClosed, false},
		"InvalidStateError": {storage.ErrClosed, false}, "DataCloneError": {nil, true},
	} {
		t.Run(exception, func(t *testing.T) {
			s, db := play(t, func(s *script, id int) { s.settle.Invoke(id, exception, "as asked") })
			err := put(t, db, "a", "1")
			if err == nil || test.target != nil {
				want(t, err, test.target)
			}
			if open := db.Reason() == nil; open != test.open || s.closed == test.open {
				t.Errorf("open %v, handle closed %v, reason %v", open, s.closed, db.Reason())
			}
		})
	}
}

func TestHangIsEnded(t *testing.T) {
	s, db := play(t, func(*script, int) {})
	want(t, put(t, db, "a", "1"), storage.ErrHung)
	<-db.Closed()
	if !s.closed {
		t.Error("the handle stayed open")
	}
}

// What answers a read may be anything: it must cost that read at most.
func TestMalformedAnswers(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"empty": {}, "short": {1}, "more records than bytes": {0xFF, 0xFF, 0xFF, 0x7F},
		"no records where one was asked for": {0, 0, 0, 0},
		"key longer than all":                {1, 0, 0, 0, 9, 0, 0, 0, 'k'},
		"trailing":                           {1, 0, 0, 0, 1, 0, 0, 0, 'v', 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, db := play(t, func(s *script, id int) { s.answer(id, bytes) })
			if r, err := db.Read(t.Context(), storage.Get(store, []byte("k"))); err == nil {
				t.Errorf("read %q", r)
			}
			want(t, db.Reason(), nil)
		})
	}
	t.Run("no bytes at all", func(t *testing.T) {
		_, db := play(t, func(s *script, id int) { s.settle.Invoke(id, nil, "") })
		if _, err := db.Read(t.Context(), storage.Get(store, []byte("k"))); err == nil {
			t.Error("no error")
		}
	})
}

func TestStrayAnswersAreIgnored(t *testing.T) {
	_, db := play(t, func(s *script, id int) {
		s.settle.Invoke()
		s.settle.Invoke("what", nil, "")
		s.answer(id+7, nil)
		s.answer(id, nil)
		s.answer(id, nil)
		s.settle.Invoke(-1, "unheard of", "")
	})
	want(t, put(t, db, "a", "1"), nil)
	want(t, put(t, db, "b", "1"), nil)
}

func TestEvents(t *testing.T) {
	for _, test := range []struct {
		name, detail string
		reason       error
	}{
		{"close", "", storage.ErrClosed},
		{"versionchange", "upgrade", storage.ErrOutdated},
		{"versionchange", "delete", storage.ErrDeleted},
	} {
		t.Run(fmt.Sprint(test.name, " ", test.detail), func(t *testing.T) {
			s, db := play(t, nil)
			s.settle.Invoke(-1, test.name, test.detail)
			<-db.Closed()
			want(t, db.Reason(), storage.ErrClosed)
			want(t, db.Reason(), test.reason)
			if !s.closed {
				t.Error("the handle stayed open")
			}
		})
	}
}

// Go complains on the console when a released callback is called; so its
// release shows, in every way that a database can end.
func TestCallbackIsReleased(t *testing.T) {
	complaints := 0
	console := object()
	for _, method := range []string{"log", "error", "warn"} {
		console.Set(method, function(t, func([]js.Value) any { complaints++; return nil }))
	}
	check := func(name string, end func(t *testing.T, s *script, db *storage.Conn)) {
		t.Run(name, func(t *testing.T) {
			s, db := play(t, func(s *script, id int) { s.settle.Invoke(id, "Fenced", "") })
			end(t, s, db)
			<-db.Closed()
			replace(t, "console", console)
			before := complaints
			s.settle.Invoke(0, nil, "")
			if complaints == before {
				t.Error("the callback is still alive")
			}
		})
	}
	check("closed", func(t *testing.T, _ *script, db *storage.Conn) { want(t, db.Close(t.Context()), nil) })
	check("fenced", func(t *testing.T, _ *script, db *storage.Conn) { want(t, put(t, db, "a", "1"), storage.ErrFenced) })
	check("lost", func(t *testing.T, s *script, _ *storage.Conn) { s.settle.Invoke(-1, "close", "") })
	check("hung", func(t *testing.T, s *script, db *storage.Conn) {
		s.reply = func(int) {}
		want(t, put(t, db, "a", "1"), storage.ErrHung)
	})
}
