package trace_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/trace"
)

func TestLog(t *testing.T) {
	var lines []string
	ctx := trace.Into(t.Context(), func(event string, fields []trace.Field) {
		lines = append(lines, trace.Line(event, fields))
	})
	call := trace.With(trace.With(ctx, trace.Int("id", 7)), trace.Text("call", "send"))
	trace.Log(call, "call.end", trace.Took(1500*time.Millisecond))
	trace.Log(ctx, "sync.fail", trace.Err(errors.New("no\nline")), trace.Text("empty", ""), trace.Err(nil))
	want := []string{
		"call.end ms=1500 call=send id=7",
		`sync.fail err="no\nline" empty="" err=""`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// Nothing is logged, and nothing breaks, where no sink is set.
func TestNoSink(t *testing.T) {
	for _, ctx := range []context.Context{t.Context(), trace.Into(t.Context(), nil)} {
		trace.Log(trace.With(ctx, trace.Int("id", 1)), "call.end")
	}
}
