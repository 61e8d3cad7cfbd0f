// Package sandbox is a small Matrix homeserver as one http.Handler: for demos,
// for `make run` without any server, and for tests.
//
// Its law: an answer has the shape, status and errcode that a real homeserver
// gives to the same request; build/homeserver runs one script against both.
// One server holds every room, so a room is a straight line of events and a
// stream position names a place in each of them.
//
// It does not federate, resolve state, check signatures or send mail, and no
// package of the core imports it.
package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say what New builds. The zero value is a server named "localhost"
// that lives in memory.
type Options struct {
	// Name is the server name in user ids and aliases.
	Name string
	// BaseURL is what /.well-known names; "" means the address the client used.
	BaseURL string
	// RoomVersion is the version of rooms that ask for none, "12" when empty.
	RoomVersion string
	// MaxTimeline caps the events of one room in one sync or page, 1000 when 0.
	MaxTimeline int
	// MaxUpload is the largest medium in bytes, 50 MiB when 0.
	MaxUpload int64
	// File keeps the server between runs; "" keeps nothing. A file that cannot
	// be read as a snapshot is an error of Open.
	File string
	// Limit answers with a positive time to refuse a request by M_LIMIT_EXCEEDED.
	// user is "" before login. It runs inside the server and must not call it.
	Limit func(user string, r *http.Request) time.Duration
	// Now is the clock and After its timer; both default to package time.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
	// Random is where ids and tokens come from, crypto/rand by default.
	Random io.Reader
}

// Server is the homeserver. Its methods may be called from any goroutine.
type Server struct {
	opt    Options
	routes *routes

	mu      sync.Mutex
	world   *world
	uia     map[string]string // session → user it was opened for, "" for none
	changed chan struct{}     // closed and replaced by every change
	saver   *saver
}

// New returns a server that holds nothing yet. It never reads Options.File;
// Open does.
func New(opt Options) *Server {
	s := &Server{
		opt:     withDefaults(opt),
		routes:  newRoutes(),
		world:   newWorld(),
		uia:     map[string]string{},
		changed: make(chan struct{}),
	}
	return s
}

func withDefaults(opt Options) Options {
	if opt.Name == "" {
		opt.Name = "localhost"
	}
	if opt.RoomVersion == "" {
		opt.RoomVersion = "12"
	}
	if opt.MaxTimeline == 0 {
		opt.MaxTimeline = 1000
	}
	if opt.MaxUpload == 0 {
		opt.MaxUpload = 50 << 20
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.After == nil {
		opt.After = time.After
	}
	if opt.Random == nil {
		opt.Random = rand.Reader
	}
	return opt
}

// next moves the stream on and wakes every waiting sync. The caller holds mu.
func (s *Server) next() int64 {
	s.world.Pos++
	close(s.changed)
	s.changed = make(chan struct{})
	if s.saver != nil {
		s.saver.mark()
	}
	return s.world.Pos
}

func (s *Server) now() int64 { return s.opt.Now().UnixMilli() }

// random returns n random bytes as URL-safe base64. A source that runs dry is
// a programming error of a test and shows as equal ids.
func (s *Server) random(n int) string {
	b := make([]byte, n)
	_, _ = io.ReadFull(s.opt.Random, b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// token names a place in the stream: all up to and with pos is behind it.
func token(pos int64) string { return "s" + strconv.FormatInt(pos, 10) }

func (s *Server) parseToken(t string) (int64, error) {
	t, _, _ = strings.Cut(t, "_") // see delivered
	if len(t) < 2 || t[0] != 's' {
		return 0, errUnknown("Invalid stream token")
	}
	pos, err := strconv.ParseInt(t[1:], 10, 64)
	if err != nil || pos < 0 || pos > s.world.Pos {
		return 0, errUnknown("Invalid stream token")
	}
	return pos, nil
}
