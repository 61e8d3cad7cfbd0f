// Package mautrixpeer is mautrix's OlmMachine as a peer: with goolm, in this
// process, with stores in memory.
//
// Its law: what counts is what mautrix does. The glue here syncs, keeps events
// that wait for keys, and puts backups together from mautrix's parts, since
// the machine makes none itself. What it works around says so, and what mautrix
// does wrong it refuses.
package mautrixpeer

import (
	"github.com/alcove-chat/alcove/build/interop/peer"
)

// Client makes peers.
type Client struct{}

// Name is the client's.
func (Client) Name() string { return "mautrix" }

// New is a device that is not signed in yet.
func (Client) New() (peer.Peer, error) {
	return &device{news: make(chan struct{}), flows: map[string]*flow{}, events: map[string]*held{}}, nil
}

// Close has nothing to end: each peer ends its own syncing.
func (Client) Close() error { return nil }
