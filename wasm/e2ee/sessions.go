package e2ee

import (
	"container/list"
	"sync"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// lent keeps what is costly to make anew and used by one at a time: whoever
// takes a thing has it alone until it gives it back. It keeps up to limit.
type lent[V any] struct {
	limit int

	mu     sync.Mutex
	byName map[string]*list.Element
	recent list.List // of *lentThing[V], the last given back first
}

type lentThing[V any] struct {
	name  string
	value V
}

func (l *lent[V]) take(name string) (value V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byName[name]
	if e == nil {
		return value, false
	}
	delete(l.byName, name)
	return l.recent.Remove(e).(*lentThing[V]).value, true
}

func (l *lent[V]) give(name string, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]*list.Element{}
	}
	if e := l.byName[name]; e != nil {
		l.recent.Remove(e)
	}
	l.byName[name] = l.recent.PushFront(&lentThing[V]{name, value})
	if l.recent.Len() > l.limit {
		oldest := l.recent.Remove(l.recent.Back()).(*lentThing[V])
		delete(l.byName, oldest.name)
	}
}

// sessions that were opened are named by their records: what was stored since has another
// name, and nothing has to be told.
type sessions struct {
	inbound  lent[*megolm.Inbound]
	outbound lent[megolm.Outbound]
}

const (
	// openInbound are of up to 16 kB each, which is what makes batches quick.
	openInbound  = 128
	openOutbound = 32
)

func newSessions() *sessions {
	return &sessions{inbound: lent[*megolm.Inbound]{limit: openInbound}, outbound: lent[megolm.Outbound]{limit: openOutbound}}
}

// borrowInbound opens a session for the caller alone, who must return it.
func (s *sessions) borrowInbound(record []byte) (*megolm.Inbound, error) {
	if in, ok := s.inbound.take(string(record)); ok {
		return in, nil
	}
	return megolm.OpenInbound(record)
}

// openOutbound opens a session; being a value, it is anybody's.
func (s *sessions) openOutbound(record []byte) (megolm.Outbound, error) {
	out, ok := s.outbound.take(string(record))
	if !ok {
		var err error
		if out, err = megolm.OpenOutbound(record); err != nil {
			return out, err
		}
	}
	s.outbound.give(string(record), out)
	return out, nil
}
