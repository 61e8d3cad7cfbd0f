package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
)

// weathers are what networks do to requests of encryption, as rules of
// build/faultproxy.
var weathers = map[string]object{
	"lost":    {"act": "lose", "every": 4},
	"dropped": {"act": "drop", "every": 4},
	"doubled": {"act": "double", "every": 2},
	"swapped": {"act": "swapAnswer", "ms": 300},
	"slow":    {"act": "delay", "ms": 200, "every": 2},
	"failing": {"act": "fail", "every": 4, "status": 502, "body": "bad gateway"},
	"limited": {"act": "fail", "every": 4, "status": 429, "body": `{"errcode":"M_LIMIT_EXCEEDED","error":"slow down","retry_after_ms":100}`},
}

// struck are the requests that weather falls on. Signing in is none.
const struck = "^/_matrix/client/v3/(sync|keys|sendToDevice|room_keys|rooms/[^/]+/send|user/[^/]+/account_data)"

// bad is a fault proxy before a homeserver.
type bad struct {
	url   string
	input io.Closer
	cmd   *exec.Cmd
}

// under starts one in which the weather is always the same.
func under(server, weather string) (b *bad, err error) {
	rule := weathers[weather]
	if rule == nil {
		return nil, errors.New("no such weather")
	}
	b = &bad{cmd: exec.Command("go", "run", "./build/faultproxy", "-to", server)}
	b.cmd.Stderr = os.Stderr
	if b.input, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	var said struct{ Origin, Control string }
	if err = json.NewDecoder(out).Decode(&said); err == nil {
		b.url = said.Origin
		err = tell(said.Control, rule)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("fault proxy: %w", err), b.Close())
	}
	return b, nil
}

func tell(control string, rule object) error {
	rule["path"] = struck
	raw, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	answer, err := http.Post(control+"/rules", "application/json", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// Close ends the proxy, which ends with its input.
func (b *bad) Close() error {
	_ = b.input.Close()
	_ = b.cmd.Wait() // it was told to end
	return nil
}
