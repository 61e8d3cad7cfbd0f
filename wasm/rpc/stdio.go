package rpc

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/api"
)

// Serve answers calls over a pair of pipes, one frame a line, until r ends; then
// it aborts what still runs. It sets conf.Send. Only closing r stops a Serve
// that waits for input.
func Serve(ctx context.Context, client api.Client, conf Config, r io.Reader, w io.Writer) error {
	var broken error
	conf.Send = func(frame []byte) {
		if broken == nil {
			_, broken = w.Write(asLine(frame))
		}
	}
	s := NewServer(ctx, client, conf)
	err := readLines(r, s.Receive)
	s.Close()
	if broken != nil {
		broken = fmt.Errorf("write frame: %w", broken)
	}
	return errors.Join(err, broken)
}

// asLine ends a frame with its only line break. Others can stand between the
// tokens of JSON that a homeserver sent, where a space does as well.
func asLine(frame []byte) []byte {
	for i, c := range frame {
		if c == '\n' || c == '\r' {
			frame[i] = ' '
		}
	}
	return append(frame, '\n')
}

// readLines passes on each line that is not blank. Of one that is too long only
// as much is kept as shows that it is.
func readLines(r io.Reader, receive func([]byte)) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if room := MaxFrame + 1 - len(line); len(part) > room {
			part = part[:room]
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(bytes.TrimSpace(line)) > 0 {
			receive(bytes.TrimSuffix(line, []byte("\n")))
		}
		line = nil
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read frame: %w", err)
		}
	}
}
