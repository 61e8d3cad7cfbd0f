package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// budget is the part of budget.json that bench checks.
type budget struct {
	LongestTaskMS, FollowerMB, PaintedMS float64
	SendKB                               float64
	// Backwards is the most that events may take to decrypt newest first of what
	// they take oldest first.
	Backwards float64
	// Ratios are the most that Alcove may need of what matrix-js-sdk needs, by
	// the account's rooms and the row.
	Ratios map[string]map[string]float64
	// Missed are cells that stay over their limits, as they were measured, and
	// why. They fail as others do.
	Missed []miss
}

type miss struct {
	Row      string
	Rooms    int
	Measured float64
	Why      string
}

// limit is the most that a cell may show.
type limit struct {
	Of   string  `json:"of"` // "alcove" or "ratio"
	Most float64 `json:"most"`
}

func readBudget(file string) (b budget, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("%s: %w", file, err)
	}
	return b, b.valid()
}

// valid says which limit is one of nothing.
func (b budget) valid() (err error) {
	for rooms, limits := range b.Ratios {
		if _, wrong := strconv.Atoi(rooms); wrong != nil {
			err = errors.Join(err, fmt.Errorf("%q is no count of rooms", rooms))
		}
		for name := range limits {
			if !isRow(name) {
				err = errors.Join(err, fmt.Errorf("there is no row %q", name))
			}
		}
	}
	for _, m := range b.Missed {
		if limit := b.limitOf(m.Row, m.Rooms); limit == nil || m.Measured <= limit.Most || m.Why == "" {
			err = errors.Join(err, fmt.Errorf("%s of %d rooms is no miss that is explained", m.Row, m.Rooms))
		}
	}
	return err
}

func isRow(name string) bool {
	for _, r := range rows {
		if r.name == name {
			return true
		}
	}
	return false
}

// limitOf is the limit of a row for an account, nil where there is none.
func (b budget) limitOf(row string, rooms int) *limit {
	if most, found := b.Ratios[strconv.Itoa(rooms)][row]; found {
		return &limit{"ratio", most}
	}
	switch row {
	case "cold.task", "warm.task", "room.task", "long.task":
		return &limit{"alcove", b.LongestTaskMS}
	case "bytes.send":
		return &limit{"alcove", b.SendKB}
	case "crypto.turn":
		return &limit{"alcove", b.Backwards}
	}
	return nil
}

// why says why a cell is known to be over its limit.
func (b budget) why(row string, rooms int) string {
	for _, m := range b.Missed {
		if m.Row == row && m.Rooms == rooms {
			return fmt.Sprintf(" (known since it was %g: %s)", m.Measured, m.Why)
		}
	}
	return ""
}

// judge marks the cells that are over their limits.
func (r *report) judge(b budget) {
	for i := range r.Table {
		c := &r.Table[i]
		if c.Limit = b.limitOf(c.Row, c.Rooms); c.Limit != nil {
			c.Missed = c.judged().Median > c.Limit.Most
			c.Why = b.why(c.Row, c.Rooms)
		}
	}
	if r.Crowd != nil {
		r.Crowd.taskMS, r.Crowd.paintedMS = b.LongestTaskMS, b.PaintedMS
	}
	if r.Handover != nil {
		r.Handover.limitMB = b.FollowerMB
	}
}

// judged is what the cell's limit is about.
func (c *cell) judged() spread {
	if c.Limit.Of == "ratio" {
		return c.Ratio
	}
	return c.Alcove
}

// over is what is over its limit.
func (r *report) over() (err error) {
	for _, c := range r.Table {
		if c.Missed {
			err = errors.Join(err, fmt.Errorf("%s of %d rooms: %.3g %s; %.3g is allowed%s", c.Row, c.Rooms, c.judged().Median, c.Limit.Of, c.Limit.Most, c.Why))
		}
	}
	if r.Crowd != nil {
		err = errors.Join(err, r.Crowd.check())
	}
	if r.Handover != nil {
		err = errors.Join(err, r.Handover.check())
	}
	return err
}

// missing is what has a limit, was to be measured and was not.
func (r *report) missing(b budget, p plan) (err error) {
	for _, rooms := range p.rooms {
		for name := range b.Ratios[strconv.Itoa(rooms)] {
			if p.name == "" && !r.has(name, rooms) {
				err = errors.Join(err, fmt.Errorf("%s of %d rooms was not measured", name, rooms))
			}
		}
	}
	return err
}

func (r *report) has(row string, rooms int) bool {
	for _, c := range r.Table {
		if c.Row == row && c.Rooms == rooms {
			return true
		}
	}
	return false
}
