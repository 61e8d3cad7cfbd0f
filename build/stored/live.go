package stored

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Live plays the account's life on a database that open finds empty.
func Live(ctx context.Context, open Open) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	l := &life{ctx: ctx, server: &server{syncs: make(chan string)}}
	page, err := start(ctx, l.spy(open), l.server)
	if err != nil {
		return err
	}
	l.page = page
	for _, step := range []func() error{l.signIn, l.readOld, l.loadMembers, l.say, l.sync, l.writeUnsent, l.leaveSnapshot} {
		if err := step(); err != nil {
			return err
		}
	}
	return end(ctx, page)
}

type life struct {
	ctx    context.Context
	page   *client.Page
	server *server
	shown  atomic.Bool // the snapshot of the last timeline is stored
}

// until waits until good says so.
func (l *life) until(what string, good func() (bool, error)) error {
	for {
		if ok, err := good(); ok || err != nil {
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-l.ctx.Done():
			return errors.New("this never came: " + what)
		}
	}
}

func (l *life) signIn() error {
	_, err := l.page.LoginPassword(l.ctx, api.LoginPasswordParams{Homeserver: "https://example.org", User: "ada", Password: "p"})
	if err != nil {
		return err
	}
	l.server.syncs <- firstSync()
	return l.until("the first rooms", func() (bool, error) {
		s, err := l.page.RoomList(l.ctx, api.RoomListParams{})
		rooms, err := list(l.ctx, s, err)
		return len(rooms) > 0, err
	})
}

// readOld pages to the start of the library.
func (l *life) readOld() error {
	s, err := l.page.Timeline(l.ctx, api.TimelineParams{View: "library", RoomID: library})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = l.page.Paginate(l.ctx, api.PaginateParams{View: "library", Limit: 50})
	return err
}

// loadMembers brings the hall's full list, which needs several pages.
func (l *life) loadMembers() error {
	s, err := l.page.Members(l.ctx, api.MembersParams{RoomID: hall})
	if err != nil {
		return err
	}
	defer s.Close()
	return l.until("the members", func() (bool, error) {
		u, err := s.Next(l.ctx)
		return u.Total > 250, err
	})
}

// say sends a message that comes back with the next sync.
func (l *life) say() error {
	return l.send(kitchen, "txn-echoed", "sent and echoed", api.SendSent)
}

func (l *life) send(room event.RoomID, txn event.TxnID, text string, becomes api.SendState) error {
	var b scan.Builder
	return l.write(room, txn, b.Text("msgtype", "m.text").Text("body", text).Done(), becomes)
}

// answer waits behind others, and says to which of the own messages it belongs.
func (l *life) answer(room event.RoomID, txn, to event.TxnID) error {
	var b, relation, target scan.Builder
	relation.Raw("m.in_reply_to", target.Text("event_id", table.EchoKey(to)).Done())
	content := b.Text("msgtype", "m.text").Text("body", "an answer").Raw("m.relates_to", relation.Done()).Done()
	return l.write(room, txn, content, api.SendQueued)
}

func (l *life) write(room event.RoomID, txn event.TxnID, content scan.Value, becomes api.SendState) error {
	_, err := l.page.Send(l.ctx, api.SendParams{RoomID: room, TxnID: txn, Type: event.RoomMessage, Content: content})
	if err != nil {
		return err
	}
	s, err := l.page.SendStatus(l.ctx, api.SendRef{TxnID: txn})
	if err != nil {
		return err
	}
	defer s.Close()
	return l.until(fmt.Sprint(txn, " ", becomes), func() (bool, error) {
		status, err := s.Next(l.ctx)
		return status.State == becomes && (becomes != api.SendQueued || status.Error != nil || strings.HasPrefix(string(txn), "txn-behind")), err
	})
}

// sync takes in what came since. A sync is asked for when the one before it is
// stored.
func (l *life) sync() error {
	for _, body := range []string{echoSync(), gapSync(), lastSync(), `{"next_batch":"s5"}`} {
		l.server.syncs <- body
	}
	return nil
}

// writeUnsent leaves a message in the outbox for each way to wait there.
func (l *life) writeUnsent() error {
	return errors.Join(
		l.send(kitchen, "txn-sent", "sent, not echoed", api.SendSent),
		l.send(library, "txn-refused", "refused", api.SendFailed),
		l.send(library, "txn-behind", "behind what was refused", api.SendQueued),
		l.send(kitchen, "txn-lost", Unsent, api.SendQueued),
		l.answer(kitchen, "txn-behind-sent", "txn-sent"),
		l.answer(kitchen, "txn-behind-lost", "txn-lost"),
	)
}

func (l *life) leaveSnapshot() error {
	s, err := l.page.Timeline(l.ctx, api.TimelineParams{View: "kitchen", RoomID: kitchen})
	if err != nil {
		return err
	}
	defer s.Close()
	return l.until("the snapshot", func() (bool, error) {
		return l.shown.Load(), l.page.SetPage(l.ctx, api.PageState{})
	})
}

// spy watches for the snapshot.
func (l *life) spy(open Open) Open {
	return func(ctx context.Context, name string, schema storage.Schema) (client.Database, error) {
		db, err := open(ctx, name, schema)
		if err != nil {
			return nil, err
		}
		opener, err := seal.New(db, Keys, seal.Stores{table.View: seal.View}, rand.Reader)
		return spied{db, opener, l}, err
	}
}

type spied struct {
	client.Database
	opener *seal.DB
	life   *life
}

func (s spied) Commit(ctx context.Context, b *storage.Batch, d storage.Durability) (uint64, error) {
	seq, err := s.Database.Commit(ctx, b, d)
	for _, op := range b.Ops() {
		if err != nil || op.Store != table.View || string(op.Key) != string(table.ViewTimeline) {
			continue
		}
		plain, _ := s.opener.Open(op.Store, op.Key, bytes.Clone(op.Value))
		if bytes.Contains(plain, []byte(Unsent)) {
			s.life.shown.Store(true)
		}
	}
	return seq, err
}
