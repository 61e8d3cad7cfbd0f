package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// saveEvery is how long a change may wait to be written to the file.
const saveEvery = time.Second

// saver writes the snapshot file in the background. Server.Close ends it.
type saver struct {
	dirty atomic.Bool
	stop  chan struct{}
	done  chan struct{}
}

func (v *saver) mark() { v.dirty.Store(true) }

// mark notes a change that moves no stream.
func (s *Server) mark() {
	if s.saver != nil {
		s.saver.mark()
	}
}

// Open returns a server with what Options.File holds, and keeps that file up to
// date until Close.
func Open(opt Options) (*Server, error) {
	s := New(opt)
	if opt.File == "" {
		return s, nil
	}
	if err := s.load(opt.File); err != nil {
		return nil, fmt.Errorf("load sandbox: %w", err)
	}
	s.saver = &saver{stop: make(chan struct{}), done: make(chan struct{})}
	go s.keep()
	return s, nil
}

// Close writes the file a last time and stops keeping it. A server without a
// file needs no Close.
func (s *Server) Close() error {
	if s.saver == nil {
		return nil
	}
	close(s.saver.stop)
	<-s.saver.done
	return s.save()
}

// keep saves what changed now and then. An error is kept for Close, which
// tries again.
func (s *Server) keep() {
	defer close(s.saver.done)
	for {
		select {
		case <-s.saver.stop:
			return
		case <-s.opt.After(saveEvery):
		}
		if s.saver.dirty.Load() && s.save() != nil {
			s.saver.mark()
		}
	}
}

// save replaces the file by a new one, so that a crash leaves one of the two.
func (s *Server) save() error {
	s.saver.dirty.Store(false)
	s.mu.Lock()
	raw, err := json.Marshal(s.world)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode sandbox: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.opt.File), ".sandbox-*")
	if err != nil {
		return fmt.Errorf("save sandbox: %w", err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), s.opt.File)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("save sandbox: %w", err)
	}
	return nil
}

func (s *Server) load(name string) error {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	w := newWorld()
	if err := json.Unmarshal(raw, w); err != nil {
		return err
	}
	s.world = w
	return s.rebuild()
}

// rebuild makes what follows from the snapshot and is not in it.
func (s *Server) rebuild() error {
	for id, u := range s.world.Users {
		if u == nil || u.ID != id {
			return fmt.Errorf("user %s is damaged", id)
		}
		fill(u)
		for _, d := range u.Devices {
			s.world.tokens[d.Token] = d
		}
	}
	for id, old := range s.world.Rooms {
		if old == nil || len(old.Events) == 0 {
			return fmt.Errorf("room %s is damaged", id)
		}
		rm := newRoom(id, old.Version)
		rm.Events, rm.Listed = old.Events, old.Listed
		if old.Receipts != nil {
			rm.Receipts = old.Receipts
		}
		if old.Forgotten != nil {
			rm.Forgotten = old.Forgotten
		}
		s.world.Rooms[id] = rm
		s.reindex(rm)
	}
	return nil
}

func (s *Server) reindex(rm *room) {
	for _, e := range rm.Events {
		rm.take(e)
		if e.Type == "m.room.member" && e.isState() {
			s.index(rm, *e.StateKey)
		}
	}
	for _, mine := range rm.Receipts {
		for _, r := range mine {
			rm.receipts = max(rm.receipts, r.Pos)
		}
	}
}

// fill gives a loaded user the maps that JSON left out.
func fill(u *user) {
	fresh := newUser(u.ID)
	u.rooms = fresh.rooms
	if u.Profile == nil {
		u.Profile = fresh.Profile
	}
	if u.Devices == nil {
		u.Devices = fresh.Devices
	}
	if u.AccountData == nil {
		u.AccountData = fresh.AccountData
	}
	if u.RoomData == nil {
		u.RoomData = fresh.RoomData
	}
	for _, d := range u.Devices {
		if d.Txns == nil {
			d.Txns = map[string]any{}
		}
	}
}
