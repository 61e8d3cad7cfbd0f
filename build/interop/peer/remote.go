package peer

import "context"

// remote is a device of a Program; the names of commands and of their parts are
// those that build/interop/node has.
type remote struct {
	program *Program
	number  int
	device  string
}

type with = map[string]any

func (r *remote) do(ctx context.Context, command string, with, is any) error {
	return r.program.do(ctx, r.number, command, with, is)
}

func ask[T any](ctx context.Context, r *remote, command string, with any) (is T, err error) {
	err = r.do(ctx, command, with, &is)
	return is, err
}

func (r *remote) Login(ctx context.Context, as Account) error {
	return r.do(ctx, "login", as, &r.device)
}

func (r *remote) DeviceID() string { return r.device }

func (r *remote) Request(ctx context.Context, method, path string, body, answer any) error {
	return r.do(ctx, "request", with{"method": method, "path": path, "body": body}, answer)
}

func (r *remote) Offline(ctx context.Context) error { return r.do(ctx, "offline", nil, nil) }
func (r *remote) Online(ctx context.Context) error  { return r.do(ctx, "online", nil, nil) }
func (r *remote) Logout(ctx context.Context) error  { return r.do(ctx, "logout", nil, nil) }

func (r *remote) Close() error { return r.do(context.Background(), "close", nil, nil) }

func (r *remote) CreateRoom(ctx context.Context, invite ...string) (string, error) {
	return ask[string](ctx, r, "createRoom", with{"invite": invite})
}

func (r *remote) Join(ctx context.Context, room string) error {
	return r.do(ctx, "join", with{"room": room}, nil)
}

func (r *remote) Invite(ctx context.Context, room, user string) error {
	return r.do(ctx, "invite", with{"room": room, "user": user}, nil)
}

func (r *remote) Follow(ctx context.Context, room string) error {
	return r.do(ctx, "follow", with{"room": room}, nil)
}

func (r *remote) Send(ctx context.Context, room, text string) (string, error) {
	return ask[string](ctx, r, "send", with{"room": room, "text": text})
}

func (r *remote) Read(ctx context.Context, room, event string) (Message, error) {
	return ask[Message](ctx, r, "read", with{"room": room, "event": event})
}

func (r *remote) Rotate(ctx context.Context, room string) error {
	return r.do(ctx, "rotate", with{"room": room}, nil)
}

func (r *remote) SetUp(ctx context.Context, password, passphrase string) (Recovery, error) {
	return ask[Recovery](ctx, r, "setUp", with{"password": password, "passphrase": passphrase})
}

func (r *remote) Recover(ctx context.Context, by Recovery) error {
	return r.do(ctx, "recover", by, nil)
}

func (r *remote) Devices(ctx context.Context, user string) (map[string]Trust, error) {
	return ask[map[string]Trust](ctx, r, "devices", with{"user": user})
}

func (r *remote) BackUp(ctx context.Context) error { return r.do(ctx, "backUp", nil, nil) }

func (r *remote) Restore(ctx context.Context) (int, error) {
	return ask[int](ctx, r, "restore", nil)
}

func (r *remote) Export(ctx context.Context, passphrase string) (string, error) {
	return ask[string](ctx, r, "export", with{"passphrase": passphrase})
}

func (r *remote) Import(ctx context.Context, file, passphrase string) (int, error) {
	return ask[int](ctx, r, "import", with{"file": file, "passphrase": passphrase})
}

func (r *remote) Verify(ctx context.Context, user, room string) (string, error) {
	return ask[string](ctx, r, "verify", with{"user": user, "room": room})
}

func (r *remote) Accept(ctx context.Context, user string) (string, error) {
	return ask[string](ctx, r, "accept", with{"user": user})
}

func (r *remote) StartSAS(ctx context.Context, flow string) error {
	return r.do(ctx, "startSAS", with{"flow": flow}, nil)
}

func (r *remote) Code(ctx context.Context, flow string) (Code, error) {
	return ask[Code](ctx, r, "code", with{"flow": flow})
}

func (r *remote) Confirm(ctx context.Context, flow string) error {
	return r.do(ctx, "confirm", with{"flow": flow}, nil)
}

func (r *remote) ShowQR(ctx context.Context, flow string) ([]byte, error) {
	return ask[[]byte](ctx, r, "showQR", with{"flow": flow})
}

func (r *remote) ScanQR(ctx context.Context, flow string, code []byte) error {
	return r.do(ctx, "scanQR", with{"flow": flow, "code": code}, nil)
}

func (r *remote) ConfirmScanned(ctx context.Context, flow string) error {
	return r.do(ctx, "confirmScanned", with{"flow": flow}, nil)
}

func (r *remote) Done(ctx context.Context, flow string) error {
	return r.do(ctx, "done", with{"flow": flow}, nil)
}

func (r *remote) Say(ctx context.Context, room, text string, in Place) (string, error) {
	return ask[string](ctx, r, "say", with{"room": room, "text": text, "in": in})
}

func (r *remote) Edit(ctx context.Context, room, event, text, mentions string) (string, error) {
	return ask[string](ctx, r, "edit", with{"room": room, "event": event, "text": text, "mentions": mentions})
}

func (r *remote) React(ctx context.Context, room, event, key string) error {
	return r.do(ctx, "react", with{"room": room, "event": event, "key": key}, nil)
}

func (r *remote) Unreact(ctx context.Context, room, event, key string) error {
	return r.do(ctx, "unreact", with{"room": room, "event": event, "key": key}, nil)
}

func (r *remote) Redact(ctx context.Context, room, event string) error {
	return r.do(ctx, "redact", with{"room": room, "event": event}, nil)
}

func (r *remote) Ask(ctx context.Context, room, question string, answers []string, most int) (string, error) {
	return ask[string](ctx, r, "ask", with{"room": room, "question": question, "answers": answers, "most": most})
}

func (r *remote) Vote(ctx context.Context, room, poll string, answers []string) error {
	return r.do(ctx, "vote", with{"room": room, "poll": poll, "answers": answers}, nil)
}

func (r *remote) EndPoll(ctx context.Context, room, poll string) error {
	return r.do(ctx, "endPoll", with{"room": room, "poll": poll}, nil)
}

func (r *remote) View(ctx context.Context, room string) (View, error) {
	return ask[View](ctx, r, "view", with{"room": room})
}

func (r *remote) Unread(ctx context.Context, room string) (Unread, error) {
	return ask[Unread](ctx, r, "unread", with{"room": room})
}

func (r *remote) MarkRead(ctx context.Context, room, thread, last string) error {
	return r.do(ctx, "markRead", with{"room": room, "thread": thread, "last": last}, nil)
}

func (r *remote) Notify(ctx context.Context, room string, level Level) error {
	return r.do(ctx, "notify", with{"room": room, "level": level}, nil)
}

func (r *remote) Keyword(ctx context.Context, word string) error {
	return r.do(ctx, "keyword", with{"word": word}, nil)
}

func (r *remote) Stop(ctx context.Context) error  { return r.do(ctx, "stop", nil, nil) }
func (r *remote) Start(ctx context.Context) error { return r.do(ctx, "start", nil, nil) }
