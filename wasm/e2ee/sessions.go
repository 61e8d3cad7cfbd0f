package e2ee

import "github.com/alcove-chat/alcove/wasm/megolm"

// sessions that were opened, which is costly and of use to one at a time, are
// named by their records: what was stored since has another name, and nothing has
// to be told.
type sessions struct {
	inbound  recent[string, *megolm.Inbound]
	outbound recent[string, spending]
}

// spending is a session that this device encrypts with, some indices behind what is
// stored of it: those it may spend without another commit, and loses if it dies.
type spending struct {
	megolm.Outbound
	// stored is the index of its record, spent how many messages it encrypted since
	// it was opened.
	stored, spent uint32
}

// maxAhead is how many indices may be lost.
const maxAhead = 32

// ahead is how far on the session is to be stored: one that is used much comes to a
// few commits, and one that is opened for a message loses no more indices than it
// used, which are numbered.
func (o *spending) ahead() megolm.Outbound { return o.Skip(min(o.spent-1, maxAhead)) }

const (
	// openInbound are of up to 16 kB each, which is what makes batches quick.
	openInbound = 128
	// openOutbound lose what is stored ahead when they are put away.
	openOutbound = 128
)

func newSessions() *sessions {
	return &sessions{inbound: recent[string, *megolm.Inbound]{limit: openInbound}, outbound: recent[string, spending]{limit: openOutbound}}
}

// borrowInbound opens a session for the caller alone, who must return it.
func (s *sessions) borrowInbound(record []byte) (*megolm.Inbound, error) {
	if in, ok := s.inbound.take(string(record)); ok {
		return in, nil
	}
	return megolm.OpenInbound(record)
}

// openOutbound opens a session; being a value, it is anybody's.
func (s *sessions) openOutbound(record []byte) (spending, error) {
	o, ok := s.outbound.get(string(record))
	if ok {
		return o, nil
	}
	out, err := megolm.OpenOutbound(record)
	o = spending{Outbound: out, stored: out.Index()}
	if err == nil {
		s.outbound.give(string(record), o)
	}
	return o, err
}
