package main

import (
	"math/rand/v2"
	"time"
)

// clock is the system's time.
type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (clock) Jitter(d time.Duration) time.Duration   { return rand.N(max(d, 1)) }
