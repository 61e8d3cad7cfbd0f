package rpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// pretty answers with JSON as a homeserver may send it: over several lines.
type pretty struct{ api.Client }

func (pretty) Request(ctx context.Context, p api.RequestParams) (api.Response, error) {
	if p.Method == "WAIT" {
		<-ctx.Done()
		return api.Response{}, ctx.Err()
	}
	return api.Response{Status: 200, Body: scan.Value("{\r\n  \"a\\n\": 1\n}")}, nil
}

func TestServe(t *testing.T) {
	in := strings.Join([]string{
		`{"hello":"` + rpc.Hash + `"}`, "", " \r", "no JSON",
		`{"id":1,"call":"profile","params":{"userId":"` + strings.Repeat("x", rpc.MaxFrame) + `"}}`,
		`{"id":2,"call":"request","params":{"method":"WAIT"}}` + "\r",
		`{"id":3,"call":"noSuchCall"}`, // the last line needs no end
	}, "\n")
	var out bytes.Buffer
	if err := rpc.Serve(t.Context(), pretty{}, rpc.Config{}, strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	got := map[int64]api.Code{}
	for line := range strings.Lines(out.String()) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		got[a.ID] = a.code()
	}
	if len(got) != 4 || got[1] != api.CallInvalid || got[2] != api.CallAborted || got[3] != api.CallUnknown && got[3] != api.CallAborted {
		t.Errorf("got %v from\n%s", got, out.String())
	}
}

// A frame stays one line, whatever the homeserver's JSON looks like.
func TestServeBreaksNoLine(t *testing.T) {
	page, core := io.Pipe()
	in, toCore := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- rpc.Serve(t.Context(), pretty{}, rpc.Config{}, in, core) }()
	go io.WriteString(toCore, `{"hello":"`+rpc.Hash+`"}`+"\n"+`{"id":1,"call":"request"}`+"\n")
	d := json.NewDecoder(page)
	for want := range int64(2) {
		var a answer
		if err := d.Decode(&a); err != nil || a.ID != want {
			t.Fatalf("%+v, %v", a, err)
		}
		if want == 1 && string(a.OK) != `{"status":200,"body":{    "a\n": 1 }}` {
			t.Errorf("got %q", a.OK)
		}
	}
	toCore.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeTellsWhatBroke(t *testing.T) {
	lost := errors.New("lost")
	reader, page := io.Pipe()
	page.CloseWithError(lost)
	if err := rpc.Serve(t.Context(), pretty{}, rpc.Config{}, reader, io.Discard); !errors.Is(err, lost) {
		t.Errorf("reading: %v", err)
	}
	hello := strings.NewReader(strings.Repeat(`{"hello":"x"}`+"\n", 3))
	_, writer := io.Pipe()
	writer.CloseWithError(lost)
	if err := rpc.Serve(t.Context(), pretty{}, rpc.Config{}, hello, writer); err == nil || !strings.Contains(err.Error(), "write frame") {
		t.Errorf("writing: %v", err)
	}
}
