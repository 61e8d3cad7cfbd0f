//go:build !js

package verification_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	own "github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// mautrixPeer is mautrix's verification in the same world: a homeserver answers
// what it asks, and its messages reach our devices.
type mautrixPeer struct {
	w      *world
	client *mautrix.Client
	mach   *crypto.OlmMachine
	helper *verificationhelper.VerificationHelper
	ours   *device
	query  scan.Value // what it hears of our device's keys
	signed []string   // what it uploaded signatures of
	events int

	requested, ready []id.VerificationTransactionID
	qr               *verificationhelper.QRCode
	scanned, done    bool
	cancelled        event.VerificationCancelCode
	emoji            []string
	decimals         []int
}

func newMautrix(t *testing.T, w *world, ours *device, user id.UserID, dev id.DeviceID) *mautrixPeer {
	t.Helper()
	w.now = time.Now() // mautrix has no other
	p := &mautrixPeer{w: w, ours: ours}
	var err error
	p.client, err = mautrix.NewClient("http://server.invalid", user, "token")
	p.no(err)
	p.client.DeviceID = dev
	p.client.Client = &http.Client{Transport: p}
	p.client.StateStore = mautrix.NewMemoryStateStore()
	log := zerolog.Nop()
	p.client.Log = log
	ctx := t.Context()
	p.mach = crypto.NewOlmMachine(p.client, &log, crypto.NewMemoryStore(nil), stateless{})
	p.no(p.mach.Load(ctx))
	p.no(p.mach.ShareKeys(ctx, 0))
	p.client.Crypto = plain{}
	p.helper = verificationhelper.NewVerificationHelper(p.client, p.mach, nil, p, true, true, true)
	p.no(p.helper.Init(ctx))
	p.publish(ours)
	p.no(p.mach.CryptoStore.PutDevice(ctx, user, p.mach.OwnIdentity()))
	ours.known[string(user)+" "+string(dev)] = ourKey(p.mach.OwnIdentity().SigningKey)
	return p
}

func (p *mautrixPeer) no(err error) {
	p.w.Helper()
	if err != nil {
		p.w.Fatalf("mautrix: %v", err)
	}
}

// publish lets mautrix know our device. It asks for its keys again before it
// signs them.
func (p *mautrixPeer) publish(d *device) {
	p.w.Helper()
	signing, err := curve25519.NewSigningKey(bytes.Repeat([]byte{7}, curve25519.SeedSize))
	p.no(err)
	d.own.Key = v.Key(signing.Public())
	d.known[string(d.own.User)+" "+string(d.own.Device)] = d.own.Key
	d.Requests, err = v.New(d.own, d, func() time.Time { return p.w.now }, p.w.random)
	p.no(err)
	identity := unpadded.Encode(bytes.Repeat([]byte{9}, 32))
	text := unpadded.Encode(signing.Public())
	var keys, object, devices, users, answer scan.Builder
	keys.Text("ed25519:"+string(d.own.Device), text).Text("curve25519:"+string(d.own.Device), identity)
	object.Text("user_id", string(d.own.User)).Text("device_id", string(d.own.Device)).
		Texts("algorithms", []string{"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"}).Raw("keys", keys.Done())
	signed, err := signature.Sign(object.Done(), string(d.own.User), "ed25519:"+string(d.own.Device), signing)
	p.no(err)
	p.query = answer.Raw("device_keys", users.Raw(string(d.own.User), devices.Raw(string(d.own.Device), signed).Done()).Done()).Done()
	p.no(p.mach.CryptoStore.PutDevice(context.Background(), id.UserID(d.own.User), &id.Device{
		UserID: id.UserID(d.own.User), DeviceID: id.DeviceID(d.own.Device), SigningKey: id.Ed25519(text), IdentityKey: id.Curve25519(identity),
	}))
}

func mautrixKey(k v.Key) id.Ed25519 { return id.Ed25519(unpadded.Encode(k[:])) }
func ourKey(k id.Ed25519) v.Key     { return v.Key(k.Bytes()) }

// signUp makes cross-signing keys for mautrix's user.
func (p *mautrixPeer) signUp() v.Key {
	p.w.Helper()
	_, keys, err := p.mach.GenerateAndUploadCrossSigningKeys(context.Background(), nil, "")
	p.no(err)
	p.no(p.mach.SignOwnMasterKey(context.Background()))
	return ourKey(keys.MasterKey.PublicKey())
}

// learn makes mautrix know the master key of our user.
func (p *mautrixPeer) learn(user own.UserID, k v.Key) {
	p.w.Helper()
	p.no(p.mach.CryptoStore.PutCrossSigningKey(context.Background(), id.UserID(user), id.XSUsageMaster, mautrixKey(k)))
	p.no(p.mach.CryptoStore.PutCrossSigningKey(context.Background(), id.UserID(user), id.XSUsageSelfSigning, mautrixKey(k)))
	p.no(p.mach.CryptoStore.PutCrossSigningKey(context.Background(), id.UserID(user), id.XSUsageUserSigning, mautrixKey(k)))
}

// RoundTrip is the homeserver.
func (p *mautrixPeer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	answer := "{}"
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/_matrix/client/v3/"), "/")
	switch {
	case path[0] == "sendToDevice":
		p.toDevice(path[1], body)
	case path[0] == "rooms" && path[2] == "send":
		answer = fmt.Sprintf(`{"event_id":%q}`, p.inRoom(own.RoomID(path[1]), path[3], body))
	case strings.HasSuffix(r.URL.Path, "/keys/upload"):
		answer = `{"one_time_key_counts":{"signed_curve25519":50}}`
	case strings.HasSuffix(r.URL.Path, "/keys/query"):
		answer = string(p.query)
	case strings.HasSuffix(r.URL.Path, "/keys/signatures/upload"):
		for _, objects := range scan.Value(body).Members() {
			for name := range objects.Members() {
				p.signed = append(p.signed, name.Text())
			}
		}
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func (p *mautrixPeer) toDevice(kind string, body []byte) {
	for user, devices := range scan.Value(body).Get("messages").Members() {
		for name, content := range devices.Members() {
			if user.Text() == string(p.ours.own.User) && name.Text() == string(p.ours.own.Device) {
				p.ours.inbox = append(p.ours.inbox, v.Event{Type: kind, Sender: own.UserID(p.client.UserID), Content: content.Clone()})
			}
		}
	}
}

func (p *mautrixPeer) inRoom(room own.RoomID, kind string, body []byte) string {
	p.w.events++
	name := fmt.Sprint("$", p.w.events)
	content := scan.Value(body)
	if inside := content.Get("ciphertext"); inside.Exists() {
		text, err := unpadded.Decode(inside.Text())
		p.no(err)
		content = text
	}
	p.ours.inbox = append(p.ours.inbox, v.Event{Type: kind, Sender: own.UserID(p.client.UserID), Room: room, ID: own.EventID(name),
		TS: p.w.now.UnixMilli(), Content: content.Clone()})
	return name
}

// give hands mautrix what we sent, and lets us hear our own echoes and what it
// answers, until both have heard all.
func (p *mautrixPeer) run() {
	p.w.Helper()
	for given := 0; ; {
		p.ours.hear(len(p.ours.inbox))
		sent := p.w.log
		if p.events == len(sent) && len(p.ours.inbox) == 0 {
			return
		}
		for ; p.events < len(sent); p.events++ {
			p.give(sent[p.events])
			given++
		}
	}
}

func (p *mautrixPeer) give(s v.Send) {
	p.w.Helper()
	class, name := event.ToDeviceEventType, id.EventID("")
	if s.Room != "" {
		class, name = event.MessageEventType, id.EventID(p.w.ids[s.ID])
		if related := s.Content.Path("m.relates_to", "event_id"); related.Exists() {
			name = id.EventID(related.Text()) // mautrix v0.30.0 takes the event's own id for the request's
		}
	} else if s.User != own.UserID(p.client.UserID) || !slices.Contains(s.Devices, own.DeviceID(p.client.DeviceID)) {
		return
	}
	e := &event.Event{Type: event.Type{Type: s.Type, Class: class}, Sender: id.UserID(p.ours.own.User), RoomID: id.RoomID(s.Room), ID: name,
		Timestamp: p.w.now.UnixMilli()}
	p.no(json.Unmarshal(s.Content, &e.Content))
	if err := e.Content.ParseRaw(e.Type); err != nil {
		p.w.Fatalf("mautrix cannot read %s: %v", s.Content, err)
	}
	p.client.Syncer.(*mautrix.DefaultSyncer).Dispatch(context.Background(), e)
}

// What mautrix calls.

func (p *mautrixPeer) VerificationRequested(_ context.Context, txn id.VerificationTransactionID, _ id.UserID, _ id.DeviceID) {
	p.requested = append(p.requested, txn)
}

func (p *mautrixPeer) VerificationReady(_ context.Context, txn id.VerificationTransactionID, _ id.DeviceID, _, _ bool, qr *verificationhelper.QRCode) {
	p.ready, p.qr = append(p.ready, txn), qr
}

func (p *mautrixPeer) VerificationCancelled(_ context.Context, _ id.VerificationTransactionID, code event.VerificationCancelCode, reason string) {
	p.cancelled = code
	p.w.Logf("mautrix cancelled: %s", reason)
}

func (p *mautrixPeer) VerificationDone(context.Context, id.VerificationTransactionID, event.VerificationMethod) {
	p.done = true
}

func (p *mautrixPeer) ShowSAS(_ context.Context, _ id.VerificationTransactionID, _ []rune, names []string, decimals []int) {
	p.emoji, p.decimals = names, decimals
}

func (p *mautrixPeer) QRCodeScanned(context.Context, id.VerificationTransactionID) { p.scanned = true }

// plain encrypts nothing.
type plain struct{}

func (plain) Encrypt(_ context.Context, _ id.RoomID, _ event.Type, content any) (*event.EncryptedEventContent, error) {
	text, err := json.Marshal(content)
	return &event.EncryptedEventContent{Algorithm: id.AlgorithmMegolmV1, MegolmCiphertext: []byte(unpadded.Encode(text))}, err
}

func (plain) Decrypt(context.Context, *event.Event) (*event.Event, error) {
	return nil, errors.New("nothing is encrypted")
}
func (plain) WaitForSession(context.Context, id.RoomID, id.SenderKey, id.SessionID, time.Duration) bool {
	return false
}
func (plain) RequestSession(context.Context, id.RoomID, id.SenderKey, id.SessionID, id.UserID, id.DeviceID) {
}
func (plain) Init(context.Context) error { return nil }

// stateless knows no rooms.
type stateless struct{}

func (stateless) IsEncrypted(context.Context, id.RoomID) (bool, error) { return false, nil }
func (stateless) GetEncryptionEvent(context.Context, id.RoomID) (*event.EncryptionEventContent, error) {
	return nil, nil
}
func (stateless) GetHistoryVisibility(context.Context, id.RoomID) (*event.HistoryVisibilityEventContent, error) {
	return nil, nil
}
func (stateless) FindSharedRooms(context.Context, id.UserID) ([]id.RoomID, error) { return nil, nil }
