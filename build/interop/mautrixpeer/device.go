package mautrixpeer

import (
	"context"
	"fmt"
	"sync"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/backup"
	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// device is one device.
type device struct {
	none

	client    *mautrix.Client
	machine   *crypto.OlmMachine
	helper    *verificationhelper.VerificationHelper
	syncer    *mautrix.DefaultSyncer
	backup    *backup.MegolmBackupKey
	flowStore verificationhelper.VerificationStore
	poll      *poll

	// turn is taken by what came and by what the user does about verification: the
	// helper reads a transaction before it locks it, and would lose one of two
	// changes.
	turn sync.Mutex

	mu     sync.Mutex // guards what follows
	news   chan struct{}
	flows  map[string]*flow
	events map[string]*held
}

// changed wakes who waits in until. Call it with the mutex held.
func (d *device) changed() {
	close(d.news)
	d.news = make(chan struct{})
}

// until waits until something is true, which is asked with the mutex held.
func (d *device) until(ctx context.Context, what string, is func() (bool, error)) error {
	for {
		d.mu.Lock()
		news := d.news
		yes, err := is()
		d.mu.Unlock()
		if yes || err != nil {
			return err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("mautrix waits for %s: %w", what, ctx.Err())
		}
	}
}

func (d *device) Login(ctx context.Context, as peer.Account) error {
	var err error
	if d.client, err = mautrix.NewClient(as.Homeserver, "", ""); err != nil {
		return err
	}
	_, err = d.client.Login(ctx, &mautrix.ReqLogin{Type: mautrix.AuthTypePassword, Password: as.Password, StoreCredentials: true,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: as.User}})
	if err != nil {
		return err
	}
	log := zerolog.Nop()
	d.client.Log = log
	state := mautrix.NewMemoryStateStore()
	d.client.StateStore = state
	d.machine = crypto.NewOlmMachine(d.client, &log, crypto.NewMemoryStore(nil), state.(crypto.StateStore))
	if err := d.machine.Load(ctx); err != nil {
		return err
	}
	d.client.Crypto = (*encryption)(d)
	if err := d.listen(ctx); err != nil {
		return err
	}
	if err := d.machine.ShareKeys(ctx, -1); err != nil {
		return err
	}
	d.Online(ctx)
	return nil
}

// listen tells the machine and the helper of what comes in syncs.
func (d *device) listen(ctx context.Context) error {
	d.syncer = d.client.Syncer.(*mautrix.DefaultSyncer)
	d.syncer.ParseErrorHandler = func(*event.Event, error) bool { return true }
	d.syncer.OnEvent(d.client.StateStoreSyncHandler)
	d.syncer.OnSync(d.machine.ProcessSyncResponse)
	d.syncer.OnEventType(event.StateMember, d.machine.HandleMemberEvent)
	d.syncer.OnEventType(event.StateHistoryVisibility, d.machine.HandleHistoryVisibility)
	d.syncer.OnEventType(event.EventEncrypted, d.hold)
	d.flowStore = verificationhelper.NewInMemoryVerificationStore()
	d.helper = verificationhelper.NewVerificationHelper(d.client, d.machine, d.flowStore, (*callbacks)(d), true, true, true)
	return d.helper.Init(ctx)
}

func (d *device) DeviceID() string { return d.client.DeviceID.String() }

func (d *device) Request(ctx context.Context, method, path string, body, answer any) error {
	_, err := d.client.MakeFullRequest(ctx, mautrix.FullRequest{Method: method, URL: d.client.HomeserverURL.String() + path,
		RequestJSON: body, ResponseJSON: answer})
	return err
}

func (d *device) Logout(ctx context.Context) error {
	if err := d.Offline(ctx); err != nil {
		return err
	}
	_, err := d.client.Logout(ctx)
	return err
}

func (d *device) Close() error {
	if d.poll == nil {
		return nil
	}
	err := d.Offline(context.Background())
	d.machine.Destroy()
	return err
}

func (d *device) Devices(ctx context.Context, user string) (map[string]peer.Trust, error) {
	devices, err := d.machine.FetchKeys(ctx, []id.UserID{id.UserID(user)}, true)
	if err != nil {
		return nil, err
	}
	out := map[string]peer.Trust{}
	for name, device := range devices[id.UserID(user)] {
		trust, err := d.machine.ResolveTrustContext(ctx, device)
		if err != nil {
			return nil, err
		}
		out[name.String()] = trusted(trust)
	}
	return out, nil
}

// trusted is mautrix's word for a device in ours.
func trusted(state id.TrustState) peer.Trust {
	switch state {
	case id.TrustStateVerified, id.TrustStateCrossSignedVerified:
		return peer.Verified
	case id.TrustStateCrossSignedTOFU, id.TrustStateCrossSignedUntrusted:
		return peer.Signed
	case id.TrustStateUnset:
		return peer.Unsigned
	case id.TrustStateBackup, id.TrustStateForwarded:
		return peer.Unproven
	case id.TrustStateUnknownDevice:
		return peer.Unknown
	}
	return peer.Trust(state.String())
}
