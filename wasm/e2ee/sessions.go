package e2ee

import "github.com/alcove-chat/alcove/wasm/megolm"

// sessions that were opened, which is costly and of use to one at a time, are
// named by their records: what was stored since has another name, and nothing has
// to be told.
type sessions struct {
	inbound  recent[string, *megolm.Inbound]
	outbound recent[string, megolm.Outbound]
}

const (
	// openInbound are of up to 16 kB each, which is what makes batches quick.
	openInbound  = 128
	openOutbound = 32
)

func newSessions() *sessions {
	return &sessions{inbound: recent[string, *megolm.Inbound]{limit: openInbound}, outbound: recent[string, megolm.Outbound]{limit: openOutbound}}
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
	out, ok := s.outbound.get(string(record))
	if ok {
		return out, nil
	}
	out, err := megolm.OpenOutbound(record)
	if err == nil {
		s.outbound.give(string(record), out)
	}
	return out, err
}
