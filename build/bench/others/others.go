// Package others makes up who else there is in the encrypted rooms of a device
// that is measured: one who writes to it, 200 devices that get its keys, and what
// another device of its user exported.
package others

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/alcove-chat/alcove/wasm/scan"
)

type object = map[string]any

// Others are the same for all who meet them, but for what is encrypted to one
// device alone.
type Others struct {
	seed uint64

	once   sync.Once // what follows takes a while to make
	failed error
	crowd  *crowd
	keys   *keys
}

// New returns others, who are made up when somebody meets them.
func New(seed uint64) *Others { return &Others{seed: seed} }

// ServeHTTP takes what a new device uploads to /keys/upload, and tells all that
// it will hear of the others: see Meet.
func (o *Others) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		var met *Met
		if met, err = o.Meet(r.Context(), upload); err == nil {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(met) // the browser may have gone
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

// Met is what a device hears of the others.
type Met struct {
	// Devices are their keys and its own, as /keys/query has them, and OneTime a
	// one-time key of each in the crowd.
	Devices object `json:"devices"`
	OneTime object `json:"oneTime"`
	// Crowd are 100 users with two devices each.
	Crowd []string `json:"crowd"`
	// Letters bring the keys of all rooms.
	Letters []json.RawMessage `json:"letters"`
	// Rooms are what was written, by name.
	Rooms map[string]Room `json:"rooms"`
	// Keys is an export of 10,000, and File the file of it, which opens with
	// Passphrase in one round.
	Keys       string `json:"keys"`
	File       string `json:"file"`
	Passphrase string `json:"passphrase"`
}

// Room is what somebody wrote in a room, oldest first.
type Room struct {
	ID     string   `json:"id"`
	Events []string `json:"events"`
	// Bodies are what is in them, to see that it comes out.
	Bodies []string `json:"bodies"`
}

// Meet makes up all that a device hears of the others.
func (o *Others) Meet(ctx context.Context, upload scan.Value) (*Met, error) {
	o.once.Do(func() {
		random := rand.NewChaCha8([32]byte{byte(o.seed)})
		if o.crowd, o.failed = newCrowd(random); o.failed == nil {
			o.keys, o.failed = newKeys(ctx, random)
		}
	})
	if o.failed != nil {
		return nil, o.failed
	}
	met := &Met{
		Devices: object{}, OneTime: o.crowd.oneTime, Crowd: o.crowd.users, Rooms: map[string]Room{},
		Keys: o.keys.exported, File: o.keys.file, Passphrase: passphrase,
	}
	for user, devices := range o.crowd.devices {
		met.Devices[user] = devices
	}
	return met, write(ctx, rand.NewChaCha8([32]byte{byte(o.seed), 1}), upload, met)
}
