package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// patience is how long a scenario may take, on a machine that does other things
// besides.
const patience = 3 * time.Minute

// scenario is something that two clients do together. Which of them is first
// matters, so each pair plays it twice.
type scenario struct {
	name string
	play func(*stage)
}

// matrix runs scenarios and counts how they ended.
type matrix struct {
	server string
	// under is the homeserver as it is for the client that is exposed to faults.
	under, exposed          string
	out                     io.Writer
	passed, failed, refused int
}

func (m *matrix) play(ctx context.Context, pair [2]peer.Client, all []scenario, name string) {
	for _, sc := range all {
		if !strings.Contains(sc.name, name) || ctx.Err() != nil {
			continue
		}
		start := time.Now()
		err := m.one(ctx, pair, sc)
		verdict := "ok"
		switch {
		case errors.Is(err, peer.ErrCannot):
			m.refused++
			verdict = "cannot"
		case err != nil:
			m.failed++
			verdict = "FAIL"
		default:
			m.passed++
		}
		who := pair[0].Name() + " > " + pair[1].Name()
		fmt.Fprintf(m.out, "%-6s  %-44s  %-18s %5.1f s", verdict, sc.name, who, time.Since(start).Seconds())
		if err != nil {
			fmt.Fprintf(m.out, "  %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
		fmt.Fprintln(m.out)
	}
}

func (m *matrix) sum() error {
	_, err := fmt.Fprintf(m.out, "%d ok, %d failed, %d that a peer cannot\n", m.passed, m.failed, m.refused)
	return err
}

// failure is how a scenario ends at once, from wherever it is.
type failure struct{ error }

func (m *matrix) one(ctx context.Context, pair [2]peer.Client, sc scenario) (err error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	s := &stage{ctx: ctx, matrix: m, first: pair[0], second: pair[1], run: unique(), users: map[string]bool{}}
	defer s.leave()
	defer func() {
		switch got := recover().(type) {
		case nil:
		case failure:
			err = got.error
		default:
			panic(got)
		}
	}()
	sc.play(s)
	return nil
}
