package peer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// Program is a client that runs as a program of its own, which has many
// devices: it reads a command a line from its standard input,
//
//	{"id": 1, "device": 1, "do": "send", "with": {…}}
//
// and answers on its standard output, in any order, with one of
//
//	{"id": 1, "is": …}   {"id": 1, "error": "…"}   {"id": 1, "cannot": true}
type Program struct {
	name  string
	input io.WriteCloser
	cmd   *exec.Cmd
	ended chan struct{}

	mu      sync.Mutex // guards what follows, and writing
	last    int
	devices int
	waiting map[int]chan reply
}

type reply struct {
	ID     int             `json:"id"`
	Is     json.RawMessage `json:"is"`
	Error  string          `json:"error"`
	Cannot bool            `json:"cannot"`
}

// Start runs a program; log gets what it writes to its standard error.
func Start(name string, log io.Writer, command string, args ...string) (*Program, error) {
	p := &Program{name: name, cmd: exec.Command(command, args...), ended: make(chan struct{}), waiting: map[int]chan reply{}}
	p.cmd.Stderr = log
	p.cmd.Env = os.Environ()
	var err error
	if p.input, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go p.listen(out)
	return p, nil
}

// Name is the client's.
func (p *Program) Name() string { return p.name }

// New is a device that is not signed in yet.
func (p *Program) New() (Peer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.devices++
	return &remote{program: p, number: p.devices}, nil
}

// Close ends the program and waits until it is gone.
func (p *Program) Close() error {
	err := p.input.Close()
	<-p.ended
	return err
}

func (p *Program) listen(out io.Reader) {
	defer close(p.ended)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var got reply
		if err == nil && json.Unmarshal(line, &got) == nil {
			p.mu.Lock()
			waiting := p.waiting[got.ID]
			delete(p.waiting, got.ID)
			p.mu.Unlock()
			if waiting != nil {
				waiting <- got
			}
		}
		if err != nil {
			_ = p.cmd.Wait() // who waits for an answer learns of the end
			return
		}
	}
}

// do runs one command; with and is may be nil.
func (p *Program) do(ctx context.Context, device int, command string, with, is any) error {
	answer := make(chan reply, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	p.waiting[id] = answer
	line, err := json.Marshal(map[string]any{"id": id, "device": device, "do": command, "with": with})
	if err == nil {
		_, err = p.input.Write(append(line, '\n'))
	}
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s %s: %w", p.name, command, err)
	}
	select {
	case got := <-answer:
		return p.take(command, got, is)
	case <-p.ended:
		return fmt.Errorf("%s %s: the program ended", p.name, command)
	case <-ctx.Done():
		return fmt.Errorf("%s %s: %w", p.name, command, ctx.Err())
	}
}

func (p *Program) take(command string, got reply, is any) error {
	switch {
	case got.Cannot:
		return fmt.Errorf("%s %s: %w", p.name, command, ErrCannot)
	case got.Error != "":
		return fmt.Errorf("%s %s: %w", p.name, command, errors.New(got.Error))
	case is == nil:
		return nil
	}
	return json.Unmarshal(got.Is, is)
}
