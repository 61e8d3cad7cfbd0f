package table_test

import (
	"bytes"
	"testing"

	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func key32(b byte) (k table.Key32) {
	copy(k[:], bytes.Repeat([]byte{b}, len(k)))
	return k
}

func pair(b byte) table.SigningPair { return table.SigningPair{Seed: key32(b), Public: key32(b + 1)} }

// TestSecretsRoundTrip: what was stored comes back, each field as itself, and a
// garbled record is an error.
func TestSecretsRoundTrip(t *testing.T) {
	secrets := &table.Secrets{
		Keys: table.CrossSigning{Master: pair(1), SelfSigning: pair(3), UserSigning: pair(5)},
		New:  table.CrossSigning{Master: pair(7), SelfSigning: pair(9), UserSigning: pair(11)}, Reset: true,
		Checked: key32(13), Backup: key32(14), NewBackup: key32(15), Offered: key32(16),
		Signatures: []table.Signature{{User: "@a:b", Name: "n", Object: scan.Value(`{"x":1}`)}},
		Asked:      []table.SecretRequest{{ID: "1", Name: "m"}}, Asking: []table.SecretRequest{{ID: "2", Name: "s", Device: "D"}},
	}
	gotSecrets, err := table.DecodeSecrets(secrets.Encode())
	check(t, secrets, gotSecrets, err)

	backup := &table.KeyBackup{Version: "1", Said: scan.Value(`{}`), Trusted: true, Count: -3, Whole: true, Cursor: []byte{1}, Former: true}
	gotBackup, err := table.DecodeKeyBackup(backup.Encode())
	check(t, backup, gotBackup, err)

	user := &table.UserDevices{
		Known: true, Master: scan.Value(`{"m":1}`), SelfSigning: scan.Value(`{"s":1}`), UserSigning: scan.Value(`{"u":1}`),
		Vouched: key32(1), Pinned: key32(2), Verified: true,
		Devices: []table.Device{{ID: "D", Curve: key32(3), Ed25519: key32(4), Keys: scan.Value(`{"k":1}`), Signed: true, Trust: table.Blocked, Wedged: 5}},
	}
	gotUser, err := table.DecodeUserDevices(user.Encode())
	check(t, user, gotUser, err)

	for n := range len(secrets.Encode()) {
		if _, err := table.DecodeSecrets(secrets.Encode()[:n]); err == nil {
			t.Errorf("%d bytes of secrets are a record", n)
		}
	}
}
