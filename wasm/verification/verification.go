package verification

import (
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ID is the name of a verification within this program. It says nothing, and no
// two have the same, also not after a reload.
type ID string

// Phase is how far a verification is.
type Phase uint8

const (
	// Requested waits for an answer: ours if it is incoming, else theirs.
	Requested Phase = iota + 1
	// Ready waits for one side to choose a method.
	Ready
	// Started has a method and waits for the other side.
	Started
	// Comparing shows emoji or numbers: Confirm or Mismatch.
	Comparing
	// Scanned says that the other side scanned our code, and waits for the user to
	// say whether their device shows that it went well: Confirm or Mismatch.
	Scanned
	// Confirmed waits for the other side to finish.
	Confirmed
	// Done has proven what Proven says.
	Done
	// Cancelled is over, and has proven nothing.
	Cancelled
)

// Ended reports whether nothing comes after p.
func (p Phase) Ended() bool { return p >= Done }

// Verification is a verification as it is to be shown.
type Verification struct {
	ID    ID
	Phase Phase
	// Incoming says that the other side asked for it.
	Incoming bool
	User     event.UserID
	Device   event.DeviceID // "" before one of them answered
	Room     event.RoomID   // "" where it goes from device to device
	// Methods are those that there are, while there is a choice; of an incoming
	// request those that the other side could do with us.
	Methods Methods
	// QR is what our code says, nil where there is none to show.
	QR []byte
	// Emoji are seven numbers of the spec's table, nil where there are none, and
	// Decimals three numbers to compare instead.
	Emoji    []int
	Decimals []int
	// Code is why it was cancelled, and Ours who did that.
	Code Code
	Ours bool
	// Until is when it ends by itself, or when an ended one is forgotten.
	Until time.Time
	// Proven is nothing unless it is Done.
	Proven Proven
}

// All returns the verifications, those that ended last included.
func (r *Requests) All() []Verification {
	var all []Verification
	for _, f := range r.flows {
		if !f.hidden {
			all = append(all, f.shown())
		}
	}
	return all
}

// Get returns one verification, or false where there is none of that name.
func (r *Requests) Get(id ID) (Verification, bool) {
	f := r.byID(id)
	if f == nil {
		return Verification{}, false
	}
	return f.shown(), true
}

func (f *flow) shown() Verification {
	v := Verification{
		ID: f.id, Phase: f.phase, Incoming: f.incoming, User: f.user, Device: f.device, Room: f.room,
		Code: f.code, Ours: f.byUs, Until: f.until,
	}
	switch f.phase {
	case Requested:
		v.Methods = f.ours
		if f.incoming {
			v.Methods = AllMethods.with(f.theirs)
		}
	case Ready:
		v.Methods, v.QR = f.methods, f.qr.bytes()
	case Comparing:
		v.Emoji, v.Decimals = f.sas.shown()
	case Done:
		v.Proven = f.proven
	}
	return v
}
