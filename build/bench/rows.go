package main

import (
	"slices"
	"strings"
)

// row is a line of the table; its name begins with its group.
type row struct{ name, what, unit string }

// rows are all that are measured of both clients. README.md says more of each.
var rows = []row{
	{"bytes.send", "download until the first message is sent, brotli", "kB"},
	{"cold.ready", "cold start: page load → core ready, signed in", "ms"},
	{"cold.list", "cold start: page load → room list painted after the first sync", "ms"},
	{"cold.cpu", "first sync: CPU of all threads and processes", "ms"},
	{"cold.task", "first sync: longest task of the main thread", "ms"},
	{"cold.blocked", "first sync: total blocking time", "ms"},
	{"cold.memory", "after the first sync: private memory of the page's process", "MB"},
	{"cold.peak", "after the first sync: its peak memory", "MB"},
	{"warm.list", "warm start: page load → room list painted", "ms"},
	{"warm.live", "warm start: page load → live, what came first painted", "ms"},
	{"warm.cpu", "warm start: CPU of all threads and processes", "ms"},
	{"warm.task", "warm start: longest task of the main thread", "ms"},
	{"warm.blocked", "warm start: total blocking time", "ms"},
	{"push.1.diff", "sync of 1 event: response → painted", "ms"},
	{"push.1.next", "sync of 1 event: response → next sync asked (Alcove: committed)", "ms"},
	{"push.1.cpu", "sync of 1 event: CPU", "ms"},
	{"push.50.diff", "sync of 50 events: response → painted", "ms"},
	{"push.50.next", "sync of 50 events: response → next sync asked (Alcove: committed)", "ms"},
	{"push.50.cpu", "sync of 50 events: CPU", "ms"},
	{"push.500.diff", "sync of 500 events: response → painted", "ms"},
	{"push.500.next", "sync of 500 events: response → next sync asked (Alcove: committed)", "ms"},
	{"push.500.cpu", "sync of 500 events: CPU", "ms"},
	{"room.open", "open a room: click → messages painted", "ms"},
	{"room.back1000", "page back 1,000 messages", "ms"},
	{"room.cpu", "page back 1,000 messages: CPU of all threads and processes", "ms"},
	{"room.task", "page back: longest task of the main thread", "ms"},
	{"room.blocked", "page back: total blocking time", "ms"},
	{"long.back", "page back 9,000 messages more", "ms"},
	{"long.task", "page back 9,000 more: longest task of the main thread", "ms"},
	{"long.blocked", "page back 9,000 more: total blocking time", "ms"},
	{"long.scroll", "scroll over all that is loaded: script of a frame", "ms"},
	{"filter.list", "filter the room list: key → painted", "ms"},
	{"send.echo", "send: click → local echo painted", "ms"},
	{"send.wire", "send: click → request at the server (Alcove: stored first)", "ms"},
	{"hour.cpu", "an hour of traffic, 1,200 events at once: CPU", "ms"},
	{"hour.memory", "after that hour: private memory of the page's process", "MB"},
	{"hour.peak", "after that hour: its peak memory", "MB"},
	{"crypto.forwards", "decrypt 2,000 events in pages of 50", "ms"},
	{"crypto.single", "decrypt 2,000 events one by one", "ms"},
	{"crypto.backwards", "decrypt 2,000 events in pages of 50, the newest first", "ms"},
	{"crypto.turn", "the newest first, against the oldest first", "×"},
	{"crypto.encrypt", "encrypt 500 messages", "ms"},
	{"crypto.first", "share a room's key with 200 devices, the first time", "ms"},
	{"crypto.next", "share another with them", "ms"},
	{"crypto.import", "import 10,000 room keys", "ms"},
	{"crypto.oneTime", "make 50 one-time keys", "ms"},
}

// peerGroups are measured of both clients.
var peerGroups = grouped(rows)

// groups are those that -name takes.
func groups() []string { return append([]string{"start", "handover", "crowd"}, peerGroups...) }

func grouped(rows []row) (all []string) {
	for _, r := range rows {
		group, _, _ := strings.Cut(r.name, ".")
		if !slices.Contains(all, group) {
			all = append(all, group)
		}
	}
	return all
}
