// Package peer is what scenarios ask of a client, so that each is written once
// and runs with every client.
//
// Its law: a Peer is one device, and does what its user would; what it cannot
// do it refuses with ErrCannot, and pretends nothing. Everything that waits
// ends with its context.
package peer

import (
	"context"
	"errors"
)

// ErrCannot says that a client has no such thing.
var ErrCannot = errors.New("peer cannot")

// Account is where to sign in, and as whom.
type Account struct {
	Homeserver string `json:"homeserver"`
	User       string `json:"user"` // a whole user id
	Password   string `json:"password"`
}

// Message is a decrypted message, as the client shows it.
type Message struct {
	Sender string `json:"sender"`
	Body   string `json:"body"`
	Trust  Trust  `json:"trust"`
}

// Trust is what a client says of a device, or of the device that sent a
// message.
type Trust string

const (
	// Verified is a device that its owner signed, whom we verified.
	Verified Trust = "verified"
	// Signed is a device that its owner signed.
	Signed Trust = "signed"
	// Unsigned is a device that its owner did not sign.
	Unsigned Trust = "unsigned"
	// Unproven is a message whose key came from a backup or a file: who sent it
	// is only what those say.
	Unproven Trust = "unproven"
	// Unknown is a message of a device that the client does not know.
	Unknown Trust = "unknown"
)

// Recovery opens a user's secret storage: either does.
type Recovery struct {
	Key        string `json:"key,omitempty"`
	Passphrase string `json:"passphrase,omitempty"`
}

// Code is the short authentication string that both sides must see.
type Code struct {
	Emoji    []string `json:"emoji"`
	Decimals []int    `json:"decimals"`
}

// Peer is one device of a user.
type Peer interface {
	Rooms
	Identity
	Keys
	Verification
	Relations
	Spaces

	// Login signs in as a new device and syncs. It returns when others can
	// encrypt for the device.
	Login(ctx context.Context, as Account) error
	// Request asks the homeserver with the device's token, past the client's
	// machinery; body and answer may be nil.
	Request(ctx context.Context, method, path string, body, answer any) error
	// Offline ends the device's syncing: what comes from now on it does not know
	// before Online, which takes it up again.
	Offline(ctx context.Context) error
	Online(ctx context.Context) error
	Logout(ctx context.Context) error
	// Close ends the client without a word to the homeserver.
	Close() error
}

// Rooms are encrypted ones.
type Rooms interface {
	CreateRoom(ctx context.Context, invite ...string) (room string, err error)
	Join(ctx context.Context, room string) error
	// Invite asks a user into a room, and hands on the keys of what its history
	// lets them read.
	Invite(ctx context.Context, room, user string) error
	// Follow waits for an invite, accepts it, and takes what was handed on.
	Follow(ctx context.Context, room string) error
	// Send returns the event's id when the homeserver has it.
	Send(ctx context.Context, room, text string) (event string, err error)
	// Read waits until the message is there and decrypted.
	Read(ctx context.Context, room, event string) (Message, error)
	// Rotate makes the next message begin a new Megolm session.
	Rotate(ctx context.Context, room string) error
}

// Identity is cross-signing and secret storage.
type Identity interface {
	// SetUp makes cross-signing keys, secret storage with a passphrase, and a
	// key backup.
	SetUp(ctx context.Context, password, passphrase string) (Recovery, error)
	// Recover opens secret storage on another device of the user, takes what it
	// needs from there, and signs the device.
	Recover(ctx context.Context, with Recovery) error
	// Devices says what this device thinks of the devices of a user.
	Devices(ctx context.Context, user string) (map[string]Trust, error)
	// DeviceID is the homeserver's name of the device.
	DeviceID() string
}

// Keys are those of Megolm sessions.
type Keys interface {
	// BackUp waits until the backup has all keys.
	BackUp(ctx context.Context) error
	// Restore takes all keys out of the backup and returns how many. The backup's
	// key is from Recover, or comes from another device once this one is verified.
	Restore(ctx context.Context) (int, error)
	// Export returns a file of all keys.
	Export(ctx context.Context, passphrase string) (file string, err error)
	Import(ctx context.Context, file, passphrase string) (int, error)
}

// Verification is of users, or of a user's own devices.
type Verification interface {
	// Verify asks a user in a room, or, without one, all devices of a user.
	Verify(ctx context.Context, user, room string) (flow string, err error)
	// Accept waits for a request of the user and accepts it.
	Accept(ctx context.Context, user string) (flow string, err error)
	// StartSAS waits until the other side accepted, and proposes emoji.
	StartSAS(ctx context.Context, flow string) error
	// Code waits for what the user compares.
	Code(ctx context.Context, flow string) (Code, error)
	// Confirm says that the codes are the same.
	Confirm(ctx context.Context, flow string) error
	// ShowQR waits until the other side accepted, and returns the bytes of the
	// QR code.
	ShowQR(ctx context.Context, flow string) ([]byte, error)
	ScanQR(ctx context.Context, flow string, code []byte) error
	// ConfirmScanned waits until the other side scanned the code that this one
	// shows, and confirms that.
	ConfirmScanned(ctx context.Context, flow string) error
	// Done waits for the end, and returns an error if that is no success.
	Done(ctx context.Context, flow string) error
}

// Client makes peers of one kind.
type Client interface {
	Name() string
	New() (Peer, error)
	// Close ends all of them.
	Close() error
}
