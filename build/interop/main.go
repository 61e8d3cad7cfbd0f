// Command interop runs what clients do with encryption together, on a real
// homeserver: each scenario once for each pair of clients, both ways.
//
// It prints a line a scenario: ok, FAIL, or "cannot" where a client has no such
// thing, which is no pass. It exits with code 1 if anything failed.
//
// Its law: a scenario asks peers only for what a user can do, so that a client
// that is added runs all of them; see peer.Peer. It does not test the
// homeserver.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/build/homeserver/synapse"
	"github.com/alcove-chat/alcove/build/interop/mautrixpeer"
	"github.com/alcove-chat/alcove/build/interop/peer"
	"github.com/alcove-chat/alcove/wasm/sandbox"
)

func main() {
	var o options
	flag.StringVar(&o.name, "name", "", "run only scenarios with this in their `name`")
	flag.StringVar(&o.peer, "peer", "", "run only pairs with this `client`: js-sdk, mautrix or alcove")
	flag.StringVar(&o.on, "on", "synapse", "`homeserver`: synapse, sandbox or an address")
	flag.StringVar(&o.weather, "weather", "", "what the network does to the -peer: "+strings.Join(slices.Sorted(maps.Keys(weathers)), ", "))
	flag.BoolVar(&o.verbose, "v", false, "show what clients log")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed, err := o.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
	}
	if failed > 0 || err != nil {
		os.Exit(1)
	}
}

type options struct {
	name, peer, on, weather string
	verbose                 bool
}

func (o *options) run(ctx context.Context) (failed int, err error) {
	server, end, err := o.homeserver(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	m := &matrix{server: server, out: os.Stdout}
	if o.weather != "" {
		bad, err := under(server, o.weather)
		if err != nil {
			return 0, err
		}
		defer bad.Close()
		m.under, m.exposed = bad.url, o.peer
	}
	clients, err := o.clients()
	for _, c := range clients {
		defer c.Close()
	}
	if err != nil {
		return 0, err
	}
	for _, pair := range o.pairs(clients) {
		m.play(ctx, pair, slices.Concat(scenarios, relations(), spaces), o.name)
	}
	return m.failed, m.sum()
}

func (o *options) homeserver(ctx context.Context) (url string, end func(), err error) {
	switch o.on {
	case "synapse":
		s, err := synapse.Start(ctx, func(what string) { fmt.Fprintln(os.Stderr, "interop:", what) })
		if err != nil {
			return "", nil, err
		}
		return s.URL, func() { _ = s.Stop() }, nil
	case "sandbox":
		s := httptest.NewServer(sandbox.New(sandbox.Options{}))
		return s.URL, func() {
			s.CloseClientConnections()
			s.Close()
		}, nil
	}
	return o.on, func() {}, nil
}

// clients are Alcove and the ones that others wrote.
func (o *options) clients() ([]peer.Client, error) {
	log := io.Discard
	if o.verbose {
		log = os.Stderr
	}
	clients := []peer.Client{mautrixpeer.Client{}}
	for _, name := range []string{"alcove", "js-sdk"} {
		p, err := peer.Start(name, log, "node", "--import", "tsx", "build/interop/node/"+name+".ts")
		if err != nil {
			return clients, err
		}
		clients = append(clients, p)
	}
	return clients, nil
}

// pairs are both orders of two clients, and js-sdk with itself, which proves the
// scenarios that the others cannot play.
func (o *options) pairs(clients []peer.Client) (all [][2]peer.Client) {
	for _, a := range clients {
		for _, b := range clients {
			if (a != b || a.Name() == "js-sdk") && (o.peer == "" || a.Name() == o.peer || b.Name() == o.peer) {
				all = append(all, [2]peer.Client{a, b})
			}
		}
	}
	return all
}
