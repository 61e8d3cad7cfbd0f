package client

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/view"
)

// capabilitiesLife is how long an answer is taken for true.
const capabilitiesLife = time.Hour

// capabilities is what the server lets the account do, from when somebody wants to
// know.
type capabilities struct {
	value *view.Value[api.Capabilities]
	first sync.Once
	// doubts holds an element when the server refused what it had allowed.
	doubts chan struct{}
}

func newCapabilities() *capabilities {
	return &capabilities{
		value:  view.NewValue(readCapabilities(homeserver.Capabilities{}, nil), sameCapabilities),
		doubts: make(chan struct{}, 1),
	}
}

// Capabilities implements api.Client.
func (c *Client) Capabilities(context.Context) (api.Stream[api.Capabilities], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	a.capabilities.first.Do(func() { a.work.Go(a.keepCapabilities) })
	return a.capabilities.value.Subscribe(), nil
}

// keepCapabilities asks for as long as the account is open.
func (a *account) keepCapabilities() {
	defer a.capabilities.value.Close()
	clock := a.client.platform.Clock
	backoff := homeserver.NewBackoff(clock, capabilitiesLife)
	for {
		again := clock.After(capabilitiesLife)
		if err := a.askCapabilities(); err != nil {
			again = backoff.After(err)
		} else {
			backoff = homeserver.NewBackoff(clock, capabilitiesLife)
		}
		select {
		case <-again:
		case <-a.capabilities.doubts:
		case <-a.ctx.Done():
			return
		}
	}
}

func (a *account) askCapabilities() error {
	_, server, err := a.client.signedIn()
	if err != nil {
		return err // until somebody signs in again
	}
	versions, err := server.Versions(a.ctx)
	if err != nil {
		return err
	}
	now, err := server.Capabilities(a.ctx)
	if err != nil {
		return err
	}
	read := readCapabilities(now, versions)
	read.Known = true
	a.capabilities.value.Set(read)
	return nil
}

// doubt asks the server again what it allows, because of a refusal.
func (a *account) doubt(err error) error {
	if errors.Is(err, homeserver.ErrForbidden) {
		select {
		case a.capabilities.doubts <- struct{}{}:
		default:
		}
	}
	return err
}

// readCapabilities applies the rules for what a server does not say (FEATURES 2-10).
func readCapabilities(now homeserver.Capabilities, server *homeserver.Versions) api.Capabilities {
	standard, stable := now.RoomVersions()
	out := api.Capabilities{
		Name: now.AllowsProfile("displayname", server), Avatar: now.AllowsProfile("avatar_url", server),
		Fields: now.AllowsProfile("m.tz", server), Password: now.Allows("m.change_password"), RoomVersion: standard, RoomVersions: []string{},
		ReportRooms: server.Supports("v1.13"), ReportUsers: server.Supports("v1.14"),
		InvitePermission: server.Supports("v1.18") || server.Unstable("org.matrix.msc4380.stable"),
	}
	for name := range now.Raw.Path("m.room_versions", "available").Members() {
		if v := name.Text(); stable(v) {
			out.RoomVersions = append(out.RoomVersions, v)
		}
	}
	if len(out.RoomVersions) == 0 && stable(standard) {
		out.RoomVersions = append(out.RoomVersions, standard)
	}
	slices.SortFunc(out.RoomVersions, compareVersions)
	out.Restricted, out.Knock = summary.VersionHas(standard, "restricted"), summary.VersionHas(standard, "knock")
	return out
}

// compareVersions puts 9 before 10, and versions that have names last.
func compareVersions(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return x - y
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

func sameCapabilities(a, b api.Capabilities) bool {
	return slices.Equal(a.RoomVersions, b.RoomVersions) && a.RoomVersion == b.RoomVersion && a.Known == b.Known && a.Name == b.Name && a.Avatar == b.Avatar &&
		a.Fields == b.Fields && a.Password == b.Password && a.Restricted == b.Restricted && a.Knock == b.Knock && a.ReportRooms == b.ReportRooms && a.ReportUsers == b.ReportUsers &&
		a.InvitePermission == b.InvitePermission
}
