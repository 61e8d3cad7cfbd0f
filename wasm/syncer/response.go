package syncer

import (
	"cmp"
	"slices"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// response is a sync response taken apart into its sections; everything in it
// is still the server's bytes.
type response struct {
	nextBatch string
	rooms     []section
	account   scan.Value
	presence  scan.Value
	crypto    e2ee.SyncPart
}

// kind is the part of the response that a room stands in.
type kind uint8

// In this order they are taken in.
const (
	invited kind = iota
	knocked
	joined
	left
)

// section is one room's part of the response.
type section struct {
	id   event.RoomID
	kind kind
	body scan.Value
	// later is the body of what is packed behind its room's parcel, nil for any other.
	later *roomBody
}

// cryptoKeys are what is the encryption machine's. The last name is that of
// servers from before MSC2732 was released.
var cryptoKeys = []string{
	"to_device", "device_lists", "device_one_time_keys_count", "device_unused_fallback_key_types",
	"org.matrix.msc2732.device_unused_fallback_key_types",
}

// parse takes a valid response apart. ok is false if it is no sync response.
func parse(v scan.Value) (r response, ok bool) {
	var next, account, presence scan.Value
	var crypto [5]scan.Value
	c := v.Walk()
	for name := range c.Members() {
		switch string(name) {
		case "next_batch":
			next = c.Take()
		case "rooms":
			r.rooms = readRooms(c)
		case "account_data":
			account = c.Take()
		case "presence":
			presence = c.Take()
		default:
			if i := slices.Index(cryptoKeys, string(name)); i >= 0 {
				crypto[i] = c.Take()
			}
		}
	}
	r.crypto = readCrypto(crypto[:])
	r.nextBatch, ok = next.AsText()
	r.account, r.presence = account.Get("events"), presence.Get("events")
	return r, ok && r.nextBatch != ""
}

func readRooms(c *scan.Cursor) []section {
	var lists [left + 1][]section
	for name := range c.Members() {
		switch string(name) {
		case "invite":
			lists[invited] = readSections(c, invited)
		case "knock":
			lists[knocked] = readSections(c, knocked)
		case "join":
			lists[joined] = readSections(c, joined)
		case "leave":
			lists[left] = readSections(c, left)
		}
	}
	return slices.Concat(lists[:]...)
}

func readSections(c *scan.Cursor, k kind) (list []section) {
	for id := range c.Members() {
		if room := event.RoomID(id); room != "" {
			list = append(list, section{id: room, kind: k, body: c.Take()})
		}
	}
	return list
}

// readCrypto reads the members that cryptoKeys names.
func readCrypto(f []scan.Value) (p e2ee.SyncPart) {
	for raw := range f[0].Get("events").Items() {
		p.ToDevice = append(p.ToDevice, raw)
	}
	p.Changed, p.Left = users(f[1].Get("changed")), users(f[1].Get("left"))
	p.Counts, p.Fallback = f[2], f[3]
	if !p.Fallback.Exists() {
		p.Fallback = f[4]
	}
	return p
}

func users(list scan.Value) (all []event.UserID) {
	for raw := range list.Items() {
		if id := raw.Text(); id != "" {
			all = append(all, event.UserID(id))
		}
	}
	return all
}

// roomBody is a joined or left room's part, taken apart in one pass.
type roomBody struct {
	summary, ephemeral, account, unread, threads scan.Value
	state, timeline                              events
	// after is nil where the server does not say what the state is after the
	// timeline.
	after *events
}

// events are the room events of a list, and what else stands in it.
type events struct {
	list    []event.Event
	poison  []scan.Value
	limited bool
	prev    string
}

func (s *section) open() (b roomBody) {
	var unstable *events
	c := s.body.Walk()
	for name := range c.Members() {
		switch string(name) {
		case "summary":
			b.summary = c.Take()
		case "state":
			b.state = readEvents(c)
		case "state_after":
			b.after = readAfter(c)
		case "org.matrix.msc4222.state_after": // that of servers from before MSC4222 was released
			unstable = readAfter(c)
		case "timeline":
			b.timeline = readEvents(c)
		case "ephemeral":
			b.ephemeral = c.Take()
		case "account_data":
			b.account = c.Take()
		case "unread_notifications":
			b.unread = c.Take()
		case "unread_thread_notifications":
			b.threads = c.Take()
		}
	}
	b.after = cmp.Or(b.after, unstable)
	return b
}

func readAfter(c *scan.Cursor) *events {
	if c.Kind() != scan.Object {
		return nil
	}
	after := readEvents(c)
	return &after
}

func readEvents(c *scan.Cursor) (e events) {
	for name := range c.Members() {
		switch string(name) {
		case "events":
			e.list, e.poison = readList(c)
		case "limited":
			e.limited = c.Take().IsTrue()
		case "prev_batch":
			e.prev = c.Take().Text()
		}
	}
	return e
}

// manyEvents is as many as nearly all lists have: what grows is copied.
const manyEvents = 24

func readList(c *scan.Cursor) (list []event.Event, poison []scan.Value) {
	list = make([]event.Event, 0, manyEvents)
	for range c.Items() {
		at := c.At()
		if e, err := event.Read(c); err == nil {
			list = append(list, e)
		} else {
			poison = append(poison, c.Since(at))
		}
	}
	return list, poison
}

// states appends those events to found that are state.
func states(found, list []event.Event) []event.Event {
	for i := range list {
		if list[i].StateKey != nil {
			found = append(found, list[i])
		}
	}
	return found
}
