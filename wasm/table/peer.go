package table

import "slices"

// Peer is the Olm sessions with another device. One that was published must not
// be changed; Clone it.
type Peer struct {
	// Sessions are the records of wasm/olm, the one that last received first.
	Sessions []PeerSession
	// Seen are the hashes of the messages that were opened last: a server may
	// bring them again (FEATURES D-14).
	Seen []uint64
}

// PeerSession is one session.
type PeerSession struct {
	Record []byte
	// Received is when it last received a message, or was made, in milliseconds
	// since 1970.
	Received int64
}

// Clone returns a copy that may be changed.
func (p *Peer) Clone() *Peer {
	return &Peer{Sessions: slices.Clone(p.Sessions), Seen: slices.Clone(p.Seen)}
}

const peerFormat = 1

// Encode returns the stored form. It is secret.
func (p *Peer) Encode() []byte {
	w := newWriter(peerFormat)
	w.uint(uint64(len(p.Sessions)))
	for i := range p.Sessions {
		w.bytes(p.Sessions[i].Record)
		w.int(p.Sessions[i].Received)
	}
	w.uint(uint64(len(p.Seen)))
	for _, h := range p.Seen {
		w.fixed64(h)
	}
	return w.done()
}

// DecodePeer reads the stored form.
func DecodePeer(value []byte) (*Peer, error) {
	d, _ := newReader(value, peerFormat)
	p := &Peer{}
	for range d.count(2) {
		p.Sessions = append(p.Sessions, PeerSession{Record: d.bytes(), Received: d.int()})
	}
	for range d.count(8) {
		p.Seen = append(p.Seen, d.fixed64())
	}
	return p, named("sessions with a device", d.done())
}
