package syncer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// U-1, U-2, U-3: whatever comes in whatever order, what is shown as unread is what
// counting all events anew would give; what was read stays read.
func TestUnreadIsAsCountedAnew(t *testing.T) {
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 300
	}
	var seen struct{ checks, sealed, highlights, threads, gaps, late, filled, found int }
	for seed := range seeds {
		s := newScript(t, seed)
		for range 10 + s.r.IntN(30) {
			s.step()
			s.check(fmt.Sprint("seed ", seed))
		}
		s.readAll(fmt.Sprint("seed ", seed))
		seen.checks, seen.sealed, seen.highlights = seen.checks+s.checks, seen.sealed+s.sealed, seen.highlights+s.highlights
		seen.threads, seen.late = seen.threads+s.threads, seen.late+s.late
		seen.filled, seen.found = seen.filled+s.filled, seen.found+s.found
		if s.gaps {
			seen.gaps++
		}
		if t.Failed() {
			return
		}
	}
	if seen.sealed == 0 || seen.highlights == 0 || seen.threads == 0 || seen.gaps == 0 || seen.late == 0 || seen.filled == 0 || seen.found == 0 {
		t.Errorf("this tests little: %+v", seen)
	}
}

// message is an event of the script's room as its server has it.
type message struct {
	id      event.EventID
	sender  string
	kind    string // text, mention, notice, edit, reaction, redaction
	thread  event.EventID
	about   int // the place of what it relates to, or redacts
	session int // -1 in plain
	hops    int // relations that lead to what is in the thread
	gone    bool
	raw     string
}

// script is a room on a server, and the user's account that follows it.
type script struct {
	*account
	r    *rand.Rand
	gaps bool // limited syncs, and only what a server can know of them
	// heedless is a server that goes on where a page should end; page is how many
	// events it gives at most, and tokens where those of its syncs stand.
	heedless bool
	// implied: with what the user sends elsewhere comes a receipt for it, else later;
	// sent are those to come, and wrote how far the user wrote by what came out of gaps.
	implied bool
	sent    map[string]int
	wrote   map[string]int
	page    int
	tokens  map[string]int

	all      []*message
	told     int          // what the account has heard of
	hidden   map[int]bool // in gaps
	shown    map[int]bool // out of gaps
	sessions []megolm.Outbound
	first    []megolm.Outbound
	keys     []bool // which of them the account has

	read        map[string]int // by the account's knowledge: thread → place
	served      map[string]int // by the server's
	news        map[string]int // of which the account was not told
	muted       bool
	mutedTold   bool
	ignored     bool
	ignoredTold bool
	since       int

	checks, sealed, highlights, threads, late int
	filled, found                             int // events out of gaps, and highlights that were found there
}

func newScript(t *testing.T, seed uint64) *script {
	r := rand.New(rand.NewPCG(seed, 6))
	s := &script{
		account: &account{t: t, disk: mem.NewDisk(), eager: r.IntN(2) == 0}, r: r, gaps: r.IntN(3) == 0,
		hidden: map[int]bool{}, shown: map[int]bool{}, read: map[string]int{}, served: map[string]int{}, news: map[string]int{}, sent: map[string]int{}, wrote: map[string]int{}, tokens: map[string]int{},
	}
	s.begin()
	s.startCrypto()
	for range 3 {
		out, err := megolm.NewOutbound(rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(len(s.sessions))}))
		if err != nil {
			t.Fatal(err)
		}
		s.sessions, s.first, s.keys = append(s.sessions, out), append(s.first, out), append(s.keys, false)
	}
	if s.gaps {
		s.heedless, s.implied, s.muted = s.r.IntN(3) == 0, s.r.IntN(2) == 0, s.r.IntN(4) == 0
		s.grow(1 + s.r.IntN(30))
		s.served[""], s.news[""] = 0, 0 // else nobody could say what is unread that no server counts
		s.otherReads()
	}
	s.grow(1 + s.r.IntN(10))
	s.sync()
	return s
}

func (s *script) startCrypto() {
	s.t.Helper()
	p := e2ee.Platform{Random: rand.NewChaCha8([32]byte{1}), Now: func() time.Time { return time.UnixMilli(1_000_000) }}
	if err := s.ledger.StartCrypto(s.t.Context(), p, s.ledger.Session()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *script) step() {
	switch s.r.IntN(14) {
	case 0, 1, 2, 3:
		s.grow(1 + s.r.IntN(6))
		s.sync()
	case 4:
		s.otherReads()
		s.sync()
	case 5:
		s.markRead()
	case 6:
		s.giveKey()
	case 7:
		s.disk.Kill()
		s.open()
		s.startCrypto()
	case 8:
		s.settle()
	case 9:
		if !s.gaps && s.r.IntN(4) == 0 {
			s.muted = true
		}
	case 10:
		if !s.gaps && s.r.IntN(4) == 0 {
			s.ignored = true
		}
	case 11:
		if s.gaps {
			s.grow(15 + s.r.IntN(15))
			s.sync()
		}
	case 12, 13:
		if s.gaps {
			s.page = 1 + s.r.IntN(12)
			s.fill([]func(){s.readBack, s.fillAny}[s.r.IntN(2)])
		}
	}
}

func (s *script) grow(n int) {
	for range n {
		s.all = append(s.all, s.message(len(s.all)))
	}
}

func (s *script) message(at int) *message {
	m := &message{
		id: event.EventID(fmt.Sprintf("$%d", at)), sender: []string{"@a:x", "@b:x", "@c:x"}[s.r.IntN(3)], kind: "text", about: -1,
		session: s.r.IntN(len(s.sessions)+1) - 1,
	}
	if s.r.IntN(12) == 0 {
		m.sender = string(me)
	}
	if s.ignored && m.sender == "@c:x" {
		m.sender = "@a:x" // servers leave out what ignored users send
	}
	content := map[string]any{"msgtype": "m.text", "body": "words"}
	clear := map[string]any{}
	kind := "m.room.message"
	switch n := s.r.IntN(10); {
	case n < 2:
		m.kind = "mention"
		content["m.mentions"] = map[string]any{"user_ids": []string{string(me)}}
	case n == 2:
		m.kind, content["msgtype"] = "notice", "m.notice"
	case n == 3 && at > 0:
		m.kind, m.about = "edit", s.near(at)
		clear["m.relates_to"] = map[string]any{"rel_type": "m.replace", "event_id": s.all[m.about].id}
		content["m.new_content"] = map[string]any{"msgtype": "m.text", "body": "others"}
	case n == 4 && at > 0 && !s.gaps:
		m.kind, m.about, kind = "reaction", s.near(at), "m.reaction"
		clear["m.relates_to"] = map[string]any{"rel_type": "m.annotation", "event_id": s.all[m.about].id, "key": "x"}
		content = map[string]any{}
	case n == 5 && at > 0 && !s.gaps && s.all[at-1].thread == "": // nobody knows of a redaction in a gap
		m.kind, m.about, m.session, kind = "redaction", at-1, -1, "m.room.redaction"
		if far := s.near(at); s.all[far].thread == "" {
			m.about = far // what leads into a thread stays, or nobody could follow it
		}
		content = map[string]any{"redacts": s.all[m.about].id}
		s.all[m.about].gone = true
	case n > 6 && at > 0:
		if root := s.near(at); s.all[root].thread == "" && s.all[root].about < 0 {
			m.thread = s.all[root].id
			clear["m.relates_to"] = map[string]any{"rel_type": "m.thread", "event_id": m.thread}
		}
	}
	if m.about >= 0 && m.kind != "redaction" && s.all[m.about].thread != "" {
		if m.hops = s.all[m.about].hops + 1; m.hops <= 3 {
			m.thread = s.all[m.about].thread
		}
	}
	if s.gaps && m.sender == string(me) && m.about >= 0 {
		m.sender = "@a:x" // nobody can say in which thread that is
	}
	m.raw = s.seal(m, at, kind, content, clear)
	return m
}

// near is an event that is not long ago.
func (s *script) near(at int) int { return max(0, at-1-s.r.IntN(6)) }

func (s *script) seal(m *message, at int, kind string, content, clear map[string]any) string {
	if m.session >= 0 {
		payload := must(s.t, map[string]any{"type": kind, "room_id": "!r", "content": content})
		text, next, err := s.sessions[m.session].Encrypt([]byte(payload))
		if err != nil {
			s.t.Fatal(err)
		}
		name := s.sessions[m.session].ID()
		s.sessions[m.session] = next
		kind, content = "m.room.encrypted", map[string]any{"algorithm": "m.megolm.v1.aes-sha2", "session_id": name, "ciphertext": text}
	}
	for k, v := range clear {
		content[k] = v
	}
	return must(s.t, map[string]any{"event_id": m.id, "type": kind, "sender": m.sender, "origin_server_ts": at * 10, "content": content})
}

func must(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// otherReads is another device of the user's that reads.
func (s *script) otherReads() {
	if len(s.all) == 0 {
		return
	}
	at := s.r.IntN(len(s.all))
	thread := s.someThread(at)
	for _, other := range s.news {
		if other == at {
			return
		}
	}
	if at > s.place(s.served, thread) {
		s.served[thread], s.news[thread] = at, at
	}
}

func (s *script) place(of map[string]int, thread string) int {
	if at, ok := of[thread]; ok {
		return at
	}
	return -1
}

func (s *script) someThread(at int) string {
	switch root := s.all[at].thread; {
	case s.r.IntN(2) == 0:
		return ""
	case root == "":
		return unread.Main
	default:
		return string(root)
	}
}

// sync takes in what the account has not heard of; with gaps at most 10 events.
func (s *script) sync() {
	if !s.implied {
		s.answered()
	}
	from, limited := s.told, false
	if s.gaps && len(s.all)-from > 10 {
		from, limited = len(s.all)-10, true
	}
	for at := s.told; at < from; at++ {
		s.hidden[at] = true
	}
	for at := s.told; at < len(s.all) && s.gaps; at++ {
		if s.all[at].sender == string(me) {
			s.sent[receiptThread(s.all[at].thread)] = at
		}
	}
	if s.implied {
		s.answered()
	}
	var events []string
	for at := from; at < len(s.all); at++ {
		m := s.all[at]
		raw := m.raw
		if m.gone {
			raw = strings.TrimSuffix(raw, "}") + `,"unsigned":{"redacted_because":{}}}`
		}
		events = append(events, raw)
		if m.sender == string(me) && m.kind != "redaction" {
			s.reads(receiptThread(m.thread), at)
		}
	}
	s.told = len(s.all)
	for thread, at := range s.news {
		s.reads(thread, at)
	}
	s.take(s.token(), s.response(events, limited))
	s.news = map[string]int{}
}

// answered: for what the user sent elsewhere comes a receipt.
func (s *script) answered() {
	for thread, at := range s.sent {
		if at > s.place(s.served, thread) {
			s.served[thread] = at
			if !slices.Contains(slices.Collect(maps.Values(s.news)), at) {
				s.news[thread] = at
			}
		}
	}
	clear(s.sent)
}

func receiptThread(root event.EventID) string {
	if root == "" {
		return unread.Main
	}
	return string(root)
}

func (s *script) reads(thread string, at int) {
	if at > s.place(s.read, thread) {
		s.read[thread] = at
	}
}

func (s *script) token() string {
	if s.since == 0 {
		return ""
	}
	return fmt.Sprint("s", s.since)
}

func (s *script) response(events []string, limited bool) string {
	room := map[string]any{}
	timeline := map[string]any{"limited": limited, "events": raws(events)}
	if limited || s.since == 0 && s.gaps {
		timeline["prev_batch"] = fmt.Sprint("p", len(s.all)-len(events))
	}
	room["timeline"] = timeline
	if len(s.news) > 0 {
		content := map[string]map[string]map[string]any{}
		for thread, at := range s.news {
			r := map[string]any{"ts": at * 10}
			if thread != "" {
				r["thread_id"] = thread
			}
			id := string(s.all[at].id)
			kind := []string{"m.read", "m.read.private"}[s.r.IntN(2)]
			if content[id] == nil {
				content[id] = map[string]map[string]any{}
			}
			content[id][kind] = map[string]any{string(me): r}
		}
		room["ephemeral"] = map[string]any{"events": []any{map[string]any{"type": "m.receipt", "content": content}}}
	}
	main, threads := s.counts()
	room["unread_notifications"], room["unread_thread_notifications"] = main, threads
	s.since++
	s.tokens[s.token()] = len(s.all)
	out := map[string]any{"next_batch": fmt.Sprint("s", s.since), "rooms": map[string]any{"join": map[string]any{"!r": room}}}
	if data := s.accountData(); len(data) > 0 {
		out["account_data"] = map[string]any{"events": data}
	}
	return must(s.t, out)
}

func raws(all []string) []json.RawMessage {
	out := []json.RawMessage{}
	for _, one := range all {
		out = append(out, json.RawMessage(one))
	}
	return out
}

func (s *script) accountData() (all []any) {
	if s.muted && !s.mutedTold {
		s.mutedTold = true
		all = append(all, json.RawMessage(`{"type":"m.push_rules","content":{"global":{"room":[{"rule_id":"!r","enabled":true,"actions":[]}]}}}`))
	}
	if s.ignored && !s.ignoredTold {
		s.ignoredTold = true
		all = append(all, json.RawMessage(`{"type":"m.ignored_user_list","content":{"ignored_users":{"@c:x":{}}}}`))
	}
	return all
}

// counts is what the server says: right with gaps, anything without, because then
// nobody needs it.
func (s *script) counts() (main map[string]int, threads map[string]map[string]int) {
	one := func() map[string]int { return map[string]int{"notification_count": 0, "highlight_count": 0} }
	main, threads = one(), map[string]map[string]int{}
	if !s.gaps && s.since > 0 {
		main["notification_count"] = s.r.IntN(5)
		threads["$0"] = map[string]int{"notification_count": s.r.IntN(3), "highlight_count": s.r.IntN(2)}
		return main, threads
	}
	for at, m := range s.all {
		if s.isRead(s.served, at) || m.gone || m.sender == string(me) {
			continue
		}
		counts, highlights := m.judged(m.session >= 0, s.muted)
		in := main
		if m.thread != "" {
			if in = threads[string(m.thread)]; in == nil {
				in = one()
				threads[string(m.thread)] = in
			}
		}
		in["notification_count"], in["highlight_count"] = in["notification_count"]+counts, in["highlight_count"]+highlights
	}
	return main, threads
}

func (s *script) isRead(read map[string]int, at int) bool {
	return at <= s.place(read, "") || at <= s.place(read, receiptThread(s.all[at].thread))
}

// judged is what the default rules say of an event, or those of a muted room.
func (m *message) judged(sealed, muted bool) (counts, highlights int) {
	switch {
	case sealed && m.kind == "edit", sealed && muted:
		return 0, 0
	case sealed:
		return 1, 0
	}
	switch m.kind {
	case "mention":
		return 1, 1
	case "text":
		if !muted {
			return 1, 0
		}
	}
	return 0, 0
}

func (s *script) markRead() {
	if s.told == 0 {
		return
	}
	at := s.told - 1
	if s.r.IntN(2) == 0 {
		at = s.r.IntN(s.told)
	}
	if s.hidden[at] {
		return
	}
	s.mark(s.someThread(at), at)
}

func (s *script) mark(thread string, at int) {
	s.t.Helper()
	err := s.ledger.Update(s.t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
		return syncer.Read(ctx, turn, turn.Room("!r"), table.Receipt{EventID: s.all[at].id, Thread: thread, TS: int64(at) * 10})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	inGap := false
	for i := range at {
		inGap = inGap || s.hidden[i] && !s.isRead(s.read, i)
	}
	s.reads(thread, at)
	if s.gaps && s.r.IntN(2) == 0 {
		s.sync() // what the server said before it heard of it
		if !inGap {
			s.check("before the server knows")
		}
	}
	if s.gaps {
		if at > s.place(s.served, thread) {
			s.served[thread] = at
		}
		s.sync()
	}
}

// giveKey brings a session's key, and what it opens.
func (s *script) giveKey() {
	i := s.r.IntN(len(s.keys))
	if s.keys[i] {
		return
	}
	s.keys[i] = true
	in := s.first[i].Inbound()
	key, err := in.Export(in.First())
	if err != nil {
		s.t.Fatal(err)
	}
	file := must(s.t, map[string]any{"room_keys": []any{map[string]any{
		"algorithm": "m.megolm.v1.aes-sha2", "room_id": "!r", "session_id": in.ID(), "session_key": key,
		"sender_key": strings.Repeat("A", 43), "sender_claimed_keys": map[string]any{"ed25519": strings.Repeat("A", 43)},
	}}})
	err = s.ledger.Update(s.t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
		keys, err := s.ledger.Crypto().KeysOfBundle("!r", "@a:x", []byte(file))
		if err != nil {
			return err
		}
		taken, err := turn.Crypto().TakeKeys(ctx, keys, e2ee.Taken{})
		if err == nil && taken.Better != 1 {
			err = fmt.Errorf("took %+v", taken)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.late++
}

func (s *script) settle() {
	s.t.Helper()
	// What a turn unpacks is in doubt after it.
	for more := true; more || unread.Doubted(&s.room("!r").News) != nil; {
		err := s.ledger.Update(s.t.Context(), func(ctx context.Context, turn *ledger.Turn) (err error) {
			more, err = syncer.OpenWoken(ctx, turn)
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// check compares what is shown with what counting anew gives. In a room that is
// packed the server's word is shown.
func (s *script) check(what string) {
	s.t.Helper()
	s.settle()
	room := s.room("!r")
	if room.Packed || s.muted != s.mutedTold || s.ignored != s.ignoredTold {
		return
	}
	s.checks++
	counts, highlights := 0, 0
	want := map[event.EventID]table.UnreadRest{}
	for at, m := range s.all[:s.told] {
		if s.isRead(s.read, at) || !s.hidden[at] && s.isRead(s.wrote, at) || m.gone || m.sender == string(me) || s.ignored && m.sender == "@c:x" {
			continue
		}
		sealed := m.session >= 0 && (!s.keys[m.session] || s.hidden[at])
		c, h := m.judged(sealed, s.muted)
		counts, highlights = counts+c, highlights+h
		n := want[m.thread]
		want[m.thread] = table.UnreadRest{Thread: m.thread, Counts: n.Counts + c, Highlights: n.Highlights + h}
		if sealed {
			s.sealed++
		}
		if s.shown[at] && m.session >= 0 {
			s.found += h
		}
		if m.thread != "" {
			s.threads += c
		}
	}
	s.highlights += highlights
	threads := unread.Threads(&room.News)
	for _, got := range threads {
		if want := want[got.Thread]; got.Counts != want.Counts || got.Highlights != want.Highlights {
			s.t.Errorf("%s: %+v in a thread, want %+v", what, got, want)
		}
	}
	if room.Unread != counts || room.Highlights != highlights {
		s.t.Errorf("%s: %d unread, %d highlights, want %d and %d\n%s", what, room.Unread, room.Highlights, counts, highlights, s.describe(room))
	}
}

func (s *script) describe(room *table.Room) string {
	var b strings.Builder
	for at, m := range s.all {
		if at < s.told && s.isRead(s.read, at) {
			continue
		}
		fmt.Fprintln(&b, m.id, m.sender, m.kind, "thread", m.thread, "about", m.about, "session", m.session, "gone", m.gone, "hidden", s.hidden[at])
	}
	fmt.Fprintf(&b, "read %v, keys %v, gaps %v, muted %v, ignored %v\n%+v\n", s.read, s.keys, s.gaps, s.muted, s.ignored, room.News)
	return b.String()
}

// readAll reads the newest of every thread: nothing is unread then, nor after a
// reload, nor when the server says what it said before.
func (s *script) readAll(what string) {
	s.t.Helper()
	newest := map[string]int{}
	for at, m := range s.all[:s.told] {
		if !s.hidden[at] {
			newest[receiptThread(m.thread)] = at
		}
	}
	for at, m := range s.all[:s.told] {
		if known, ok := newest[receiptThread(m.thread)]; s.hidden[at] && (!ok || known < at) {
			newest[""] = s.told - 1 // of that thread nobody knows the newest event
		}
	}
	threads := slices.Sorted(maps.Keys(newest))
	for _, thread := range threads {
		s.mark(thread, newest[thread])
	}
	s.none(what + " after reading")
	s.disk.Kill()
	s.open()
	s.startCrypto()
	s.settle()
	s.none(what + " after a reload")
	if !s.gaps {
		s.sync()
		s.none(what + " after an older answer")
	}
}

func (s *script) none(what string) {
	s.t.Helper()
	if r := s.room("!r"); r.Unread+r.Highlights > 0 {
		s.t.Errorf("%s: %d unread, %d highlights\n%s", what, r.Unread, r.Highlights, s.describe(r))
	}
}
