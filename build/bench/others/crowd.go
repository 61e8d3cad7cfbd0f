package others

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const crowdUsers, devicesEach = 100, 2

// crowd are users whose devices nobody runs.
type crowd struct {
	users            []string
	devices, oneTime object
}

func newCrowd(random io.Reader) (*crowd, error) {
	c := &crowd{devices: object{}, oneTime: object{}}
	for i := range crowdUsers {
		user := fmt.Sprintf("@user%d:bench.example", i)
		devices, oneTime := object{}, object{}
		for j := range devicesEach {
			name := fmt.Sprint("CROWD", j)
			device, key, err := makeDevice(user, name, random)
			if err != nil {
				return nil, err
			}
			devices[name], oneTime[name] = json.RawMessage(device), object{"signed_curve25519:x": json.RawMessage(key)}
		}
		c.users = append(c.users, user)
		c.devices[user], c.oneTime[user] = devices, oneTime
	}
	return c, nil
}

// makeDevice returns a device's signed keys and a signed one-time key of it.
func makeDevice(user, name string, random io.Reader) (device, oneTime scan.Value, err error) {
	signing, _, err := curve25519.GenerateSigningKey(random)
	if err != nil {
		return nil, nil, err
	}
	identity, err := olm.NewKeyPair(random)
	if err != nil {
		return nil, nil, err
	}
	once, err := olm.NewKeyPair(random)
	if err != nil {
		return nil, nil, err
	}
	device, err = signature.Sign(said(object{
		"user_id": user, "device_id": name, "algorithms": []string{"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"},
		"keys": object{"curve25519:" + name: identity.Public().String(), "ed25519:" + name: unpadded.Encode(signing.Public())},
	}), user, "ed25519:"+name, signing)
	if err != nil {
		return nil, nil, err
	}
	oneTime, err = signature.Sign(said(object{"key": once.Public().String()}), user, "ed25519:"+name, signing)
	return device, oneTime, err
}
