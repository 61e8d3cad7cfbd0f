package sandbox_test

import (
	"context"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// TestMautrix: a client that we did not write registers, logs in, syncs, sends
// and receives.
func TestMautrix(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c := serve(t, sandbox.Options{})
	alice, bob := mautrixLogin(t, ctx, c.base, "alice"), mautrixLogin(t, ctx, c.base, "bob")
	made, err := alice.CreateRoom(ctx, &mautrix.ReqCreateRoom{Preset: "public_chat", Name: "Both"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bob.JoinRoomByID(ctx, made.RoomID); err != nil {
		t.Fatal(err)
	}
	got := make(chan *event.Event, 10)
	bob.Syncer.(*mautrix.DefaultSyncer).OnEventType(event.EventMessage, func(_ context.Context, e *event.Event) { got <- e })
	syncing := make(chan error, 1)
	go func() { syncing <- bob.SyncWithContext(ctx) }()
	sent, err := alice.SendText(ctx, made.RoomID, "hello from mautrix")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-got:
		if e.ID != sent.EventID || e.Content.AsMessage().Body != "hello from mautrix" {
			t.Errorf("got %v", e)
		}
	case err := <-syncing:
		t.Fatalf("sync ended: %v", err)
	}
	bob.StopSync()
	page, err := bob.Messages(ctx, made.RoomID, "", "", mautrix.DirectionBackward, nil, 10)
	if err != nil || len(page.Chunk) == 0 || page.Chunk[0].ID != sent.EventID {
		t.Errorf("messages: %v %v", page, err)
	}
	var name event.RoomNameEventContent
	if err := bob.StateEvent(ctx, made.RoomID, event.StateRoomName, "", &name); err != nil || name.Name != "Both" {
		t.Errorf("name: %v %v", name, err)
	}
	members, err := alice.JoinedMembers(ctx, made.RoomID)
	if err != nil || len(members.Joined) != 2 {
		t.Errorf("members: %v %v", members, err)
	}
}

// mautrixLogin registers, and logs in anew with the password.
func mautrixLogin(t *testing.T, ctx context.Context, url, name string) *mautrix.Client {
	t.Helper()
	m, err := mautrix.NewClient(url, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.RegisterDummy(ctx, &mautrix.ReqRegister[any]{Username: name, Password: "pw " + name}); err != nil {
		t.Fatal(err)
	}
	_, err = m.Login(ctx, &mautrix.ReqLogin{Type: mautrix.AuthTypePassword, Password: "pw " + name, StoreCredentials: true,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: name}})
	if err != nil {
		t.Fatal(err)
	}
	if who, err := m.Whoami(ctx); err != nil || who.UserID != m.UserID || who.DeviceID != m.DeviceID {
		t.Fatalf("whoami: %v %v", who, err)
	}
	return m
}
