// Package trace is the core's log: named events with small fields, sent to a
// sink that the context carries.
//
// Its law: ids, counts, durations and codes may be logged; bodies, keys, tokens
// and what people write may not. A field holds a word or a number, never a
// structure, so that nothing bigger slips in. An error is logged once, where it
// is handled.
//
// It does not filter, buffer or format for people: that is the sink's.
package trace

import (
	"context"
	"strconv"
	"time"
)

// Field is one thing known about an event.
type Field struct{ Key, Value string }

// Text is an id, a code or another word that is no secret.
func Text(key, value string) Field { return Field{key, value} }

// Int is a count or a number.
func Int(key string, n int64) Field { return Field{key, strconv.FormatInt(n, 10)} }

// Took is a duration, in milliseconds.
func Took(d time.Duration) Field { return Int("ms", d.Milliseconds()) }

// Err is an error's text. The house keeps secrets out of errors.
func Err(err error) Field {
	if err == nil {
		return Field{"err", ""}
	}
	return Field{"err", err.Error()}
}

// Sink takes events, named noun.verb. It must be safe for many goroutines and
// must not block.
type Sink func(event string, fields []Field)

type key struct{}

// Into returns a context whose events go to sink. A nil sink drops them.
func Into(ctx context.Context, sink Sink) context.Context {
	return context.WithValue(ctx, key{}, sink)
}

// With returns a context whose events carry fields behind their own.
func With(ctx context.Context, fields ...Field) context.Context {
	sink := from(ctx)
	if sink == nil {
		return ctx
	}
	return Into(ctx, func(event string, own []Field) {
		sink(event, append(own[:len(own):len(own)], fields...))
	})
}

// Log sends an event to the context's sink, if it has one.
func Log(ctx context.Context, event string, fields ...Field) {
	if sink := from(ctx); sink != nil {
		sink(event, fields)
	}
}

func from(ctx context.Context) Sink {
	sink, _ := ctx.Value(key{}).(Sink)
	return sink
}

// Line puts an event on one line: its name and key=value pairs. Values with
// spaces, quotes or line breaks are quoted.
func Line(event string, fields []Field) string {
	b := []byte(event)
	for _, f := range fields {
		b = append(append(append(b, ' '), f.Key...), '=')
		if plain(f.Value) {
			b = append(b, f.Value...)
		} else {
			b = strconv.AppendQuote(b, f.Value)
		}
	}
	return string(b)
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 0x7f {
			return false
		}
	}
	return s != ""
}
