package client

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/courier"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// account is an open database and, while somebody is signed in, the loops that
// work on it.
type account struct {
	client  *Client
	name    string
	status  api.StorageStatus // as it was opened
	ledger  *ledger.Ledger
	outbox  *outbox.Outbox
	courier *courier.Courier

	ctx    context.Context // ends with the account
	cancel context.CancelFunc
	work   sync.WaitGroup // all goroutines of the account

	edits        turn                          // to change account data
	upgrades     turn                          // to replace a room
	replaced     map[event.RoomID]event.RoomID // by what this core made, until all is carried over
	profiles     *profiles
	capabilities *capabilities

	verifications *view.List[api.Verification]

	// lastTimeline is what the snapshot shows: of the open timelines the one that
	// was opened last, else the one that was closed last.
	lastTimeline atomic.Pointer[openTimeline]
	// stale and hidden tell keepSnapshots that there is something to store, and
	// that now is the time.
	stale, hidden signal
	// live says that the server can be reached again.
	live signal

	// door is held open by each Send and closed by a logout, so that nothing is
	// taken in that the logout would delete unseen.
	door   sync.RWMutex
	closed bool
	// parting is held by whoever finishes a logout.
	parting sync.Mutex

	mu        sync.Mutex         // guards what follows
	quit      context.CancelFunc // ends the session's loops
	server    *homeserver.Client
	syncer    *syncer.Syncer
	lists     map[string]*roomlist.List
	timelines map[string]*openTimeline
	explored  map[string]*exploration
	verifier  *verifier // nil where there is no encryption
	openings  int       // of timelines
	typing    map[event.RoomID]*typist
	room      chan struct{} // closed and replaced by hope
	told      map[readPlace]readMark
	untold    map[readPlace]readMark
}

// openAccount opens the database and, if it holds a session, starts to work.
// known is what the page remembers of the account that must be in it.
func (c *Client) openAccount(ctx context.Context, name string, known *table.Sentinel) (*account, error) {
	db, err := c.openDatabase(ctx, name)
	if err != nil {
		return nil, err
	}
	if known != nil && db.status.InMemory {
		_ = db.Close(ctx)
		return nil, errKept
	}
	l, err := ledger.Open(ctx, db, ledger.Known{Sentinel: known, Now: c.platform.Clock.Now(), Unpack: syncer.Unpack})
	if err != nil {
		_ = db.Close(ctx)
		return nil, err
	}
	a := &account{
		client: c, name: name, status: db.status, ledger: l,
		courier: courier.New(l, c.platform.Clock),
		lists:   map[string]*roomlist.List{}, timelines: map[string]*openTimeline{}, typing: map[event.RoomID]*typist{},
		told: map[readPlace]readMark{}, untold: map[readPlace]readMark{}, edits: newTurn(), upgrades: newTurn(),
		replaced: map[event.RoomID]event.RoomID{},
		profiles: newProfiles(c.platform.Clock.Now), capabilities: newCapabilities(),
		explored: map[string]*exploration{},
		room:     make(chan struct{}), verifications: view.NewList(verificationKey, sameVerification),
	}
	a.outbox = outbox.New(l, c.platform.Clock, explainSend, a.needMembers)
	a.ctx, a.cancel = context.WithCancel(c.ctx)
	a.stale, a.hidden, a.live = make(signal, 1), make(signal, 1), make(signal, 1)
	a.stale.poke()
	_ = l.Settle(ctx) // on a full disk, the next start finds the same
	c.storage.Set(a.storageStatus())
	a.work.Go(func() { a.watchDatabase(db.raw) })
	a.work.Go(a.keepSnapshots)
	if s := l.Session(); s != nil {
		if err := a.start(s); err != nil {
			a.stop()
			_ = l.Close(ctx)
			return nil, err
		}
	} else {
		a.work.Go(a.farewell)
	}
	return a, nil
}

// watchDatabase tells the page when the database is taken away.
func (a *account) watchDatabase(db Database) {
	select {
	case <-a.ctx.Done():
		return
	case <-db.Closed():
	}
	a.databaseLost(db.Reason())
}

func (a *account) databaseLost(reason error) {
	c := a.client
	why := Explain(reason)
	c.storage.Set(api.StorageStatus{Error: why})
	c.session.Update(func(s api.Session) api.Session {
		s.Sync, s.Error, s.Progress = api.SyncPaused, why, nil
		return s
	})
	// Another tab or a newer version has the database now: starting again would
	// only take it back.
	if !errors.Is(reason, storage.ErrFenced) && !errors.Is(reason, storage.ErrOutdated) {
		c.end(reason)
	}
}

// end says that this core cannot go on, and a new one may.
func (c *Client) end(reason error) {
	select {
	case c.fatal <- reason:
	default:
	}
}

// start begins to sync and to send for a session.
func (a *account) start(s *table.Session) error {
	server, err := a.client.platform.Network.Client(s.Homeserver, s.Token)
	if err != nil {
		return err
	}
	if s.Ended {
		a.client.session.Set(sessionOf(s))
		return nil
	}
	if err := a.startCrypto(s); err != nil {
		return err
	}
	verifier, err := a.startVerifier(s)
	if err != nil {
		return err
	}
	ctx, quit := context.WithCancel(a.ctx)
	loop := syncer.New(a.ledger, server, a.client.platform.Clock, func(s syncer.Status) { a.syncStatus(ctx, s) })
	a.mu.Lock()
	a.server, a.syncer, a.verifier, a.quit = server, loop, verifier, quit
	a.mu.Unlock()
	// Whoever hears of the session finds its server.
	a.client.session.Set(sessionOf(s))
	a.client.pages.introduce(a)
	a.work.Go(func() { a.runSync(ctx, loop) })
	a.work.Go(func() { a.runOutbox(ctx, server) })
	a.work.Go(func() { a.runCourier(ctx, server) })
	a.work.Go(func() { a.followKeys(ctx) })
	a.work.Go(func() { a.followHistory(ctx, server.Once()) })
	if verifier != nil {
		a.work.Go(func() { verifier.run(ctx) })
	}
	a.work.Go(func() { a.confirm(ctx, server, s) })
	a.work.Go(func() { a.mendRooms(ctx, server) })
	return nil
}

func sessionOf(s *table.Session) api.Session {
	session := api.Session{
		State: api.Ready, Sync: api.SyncStarting,
		UserID: s.UserID, DeviceID: s.DeviceID, Homeserver: s.Homeserver,
	}
	if s.Ended {
		session.State, session.Sync = api.SoftLogout, api.SyncStopped
	}
	return session
}

// stop ends all work and waits for it. The ledger stays open.
func (a *account) stop() {
	a.partVerifier()
	a.cancel()
	a.verifications.Close()
	a.mu.Lock()
	lists, timelines := a.lists, a.timelines
	a.lists, a.timelines = map[string]*roomlist.List{}, map[string]*openTimeline{}
	a.mu.Unlock()
	for _, list := range lists {
		list.Close()
	}
	for _, t := range timelines {
		t.Timeline.Close() // waits for a pagination, which may want the lock
	}
	a.work.Wait()
}

// mayShow refuses a view whose name is taken or whose account has ended
// meanwhile, so that stop finds every other. The caller holds the lock.
func (a *account) mayShow(taken bool) error {
	switch {
	case a.ctx.Err() != nil:
		return storage.ErrClosed
	case taken:
		return errViewName
	}
	return nil
}

// syncStatus shows where the loop of a session stands, while that lasts: what
// ended the session is shown instead of how the loop took it.
func (a *account) syncStatus(ctx context.Context, s syncer.Status) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	a.client.session.Update(func(session api.Session) api.Session {
		if s.State == api.SyncLive && session.Sync != api.SyncLive {
			a.live.poke()
		}
		session.Sync, session.Error, session.Progress = s.State, Explain(s.Err), nil
		if s.Total > 0 {
			session.Progress = &api.Progress{Done: s.Done, Total: s.Total}
		}
		return session
	})
	if errors.Is(s.Err, storage.ErrQuota) {
		a.client.storage.Update(func(st api.StorageStatus) api.StorageStatus { st.Full = true; return st })
	} else if s.State == api.SyncLive {
		a.client.storage.Update(func(st api.StorageStatus) api.StorageStatus { st.Full = false; return st })
	}
	if server := a.server; s.State == api.SyncLive && server != nil && len(a.untold) > 0 {
		a.work.Go(func() { a.tellAgain(ctx, server) })
	}
}

// fullPause is how long a full disk is left alone.
const fullPause = time.Minute

// runSync syncs until the account or its session ends. On a full disk it stays
// usable, takes in nothing new, and looks again after a while.
func (a *account) runSync(ctx context.Context, loop *syncer.Syncer) {
	for {
		err := loop.Run(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, storage.ErrQuota):
		case homeserver.EndsSession(err):
			a.sessionEnded(err)
			return
		default:
			return // watchDatabase tells what happened
		}
		if a.waitForRoom(ctx); ctx.Err() != nil {
			return
		}
	}
}

// waitForRoom waits until the disk may have room again.
func (a *account) waitForRoom(ctx context.Context) {
	a.mu.Lock()
	room := a.room
	a.mu.Unlock()
	select {
	case <-a.client.platform.Clock.After(fullPause):
	case <-room:
	case <-ctx.Done():
	}
}

// hope ends such waits: the user is back, perhaps from making room, or
// something could be stored.
func (a *account) hope() {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.room)
	a.room = make(chan struct{})
}

func (a *account) runOutbox(ctx context.Context, server *homeserver.Client) {
	for ctx.Err() == nil {
		err := a.outbox.Run(ctx, server.Once())
		if ctx.Err() == nil && homeserver.EndsSession(err) {
			// The sync loop would hear of it only when its long poll is over.
			a.sessionEnded(err)
		}
		if !errors.Is(err, storage.ErrQuota) {
			return
		}
		a.waitForRoom(ctx)
	}
}

// confirm checks that the stored token belongs to the stored user and device
// (FEATURES 2-07). It needs the network, so the page does not wait for it.
func (a *account) confirm(ctx context.Context, server *homeserver.Client, s *table.Session) {
	err := server.Confirm(ctx, s.UserID, s.DeviceID)
	if errors.Is(err, homeserver.ErrOtherDevice) {
		a.end(s, err)
	}
}

// sessionEnded keeps what is stored for signing in to the same device again,
// where the server asked for that or messages still wait to be sent; else the
// session is over and all of it goes (FEATURES B-06).
func (a *account) sessionEnded(err error) {
	var refused *homeserver.Error
	soft := errors.As(err, &refused) && refused.SoftLogout
	s := a.ledger.Session()
	if s == nil {
		return
	}
	if soft || a.unsent() {
		a.end(s, err)
		return
	}
	// Erasing waits for this goroutine.
	go a.client.erase(a, Explain(err))
}

// unsent reports whether messages wait that the server does not have.
func (a *account) unsent() bool {
	return slices.ContainsFunc(a.ledger.Outbox(""), func(o *table.Outgoing) bool { return o.State != api.SendSent })
}

// end marks the session as ended and keeps everything else. Where that cannot
// be stored, as on a full disk, the server says so again at the next start.
func (a *account) end(s *table.Session, why error) {
	ended := *s
	ended.Ended, ended.Token = true, ""
	if now := a.ledger.Session(); now != nil {
		ended.Keyed = now.Keyed // since s was read
	}
	err := a.ledger.Update(a.ctx, func(_ context.Context, t *ledger.Turn) error {
		t.SetSession(&ended)
		return nil
	})
	if err != nil && !errors.Is(err, storage.ErrQuota) {
		return // watchDatabase tells what happened
	}
	a.mu.Lock()
	a.quit()
	a.server, a.syncer, a.verifier = nil, nil, nil
	for _, t := range a.typing {
		t.end()
	}
	clear(a.typing) // their server knows the old token
	a.mu.Unlock()
	session := sessionOf(&ended)
	session.Error = Explain(why)
	a.client.session.Set(session)
}
