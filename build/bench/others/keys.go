package others

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/build/bench/device"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/keyexport"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/olm"
)

const (
	exportedKeys  = 10_000
	exportedRooms = 100
	passphrase    = "another device"
)

// keys are exported.
type keys struct{ exported, file string }

func newKeys(ctx context.Context, random io.Reader) (*keys, error) {
	curve, err := olm.NewKeyPair(random)
	if err != nil {
		return nil, err
	}
	var all []object
	for i := range exportedKeys {
		session, err := megolm.NewOutbound(random)
		if err != nil {
			return nil, err
		}
		key, err := session.Inbound().Export(0)
		if err != nil {
			return nil, err
		}
		all = append(all, object{
			"algorithm": e2ee.Megolm, "room_id": fmt.Sprintf("!exported%d:bench.example", i%exportedRooms),
			"session_id": session.ID(), "session_key": key, "sender_key": curve.Public().String(),
			"sender_claimed_keys":             object{"ed25519": session.ID()}, // any key
			"forwarding_curve25519_key_chain": []string{},
		})
	}
	exported, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	file, err := keyexport.Encrypt(ctx, exported, passphrase, device.OneRound, random)
	return &keys{string(exported), string(file)}, err
}
