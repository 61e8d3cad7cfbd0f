package e2ee

import (
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/table"
)

// FuzzBundle: whatever is in a file that somebody offers, what is taken of it is
// the room's, is theirs to answer for, and proves nothing (FEATURES D-37).
func FuzzBundle(f *testing.F) {
	session := strings.Repeat("A", 43)
	for _, seed := range []string{
		`{"room_keys":[{"algorithm":"m.megolm.v1.aes-sha2","room_id":"!r","session_id":"` + session + `","session_key":"AQAAAAAB","sender_key":"` + session + `"}]}`,
		`{"room_keys":[],"withheld":[{"algorithm":"m.megolm.v1.aes-sha2","code":"m.history_not_shared","room_id":"!r","session_id":"` + session + `"}]}`,
		`{"room_keys":[{"room_id":"!r"},0,"x",null],"withheld":{}}`, `{"room_keys":[[[[`, ``,
	} {
		f.Add([]byte(seed))
	}
	m := &Machine{Platform: Platform{Now: time.Now}}
	f.Fuzz(func(t *testing.T, plain []byte) {
		keys, err := m.KeysOfBundle("!r", "@u:h", plain)
		if err != nil {
			return
		}
		all, refusals := keys.read(keys.parcels)
		for _, k := range all {
			if k.name.Room != "!r" || k.about.Source != table.KeyFromHistory || k.about.From != "@u:h" || k.about.Sender != "" || k.about.Source.Proven() {
				t.Errorf("taken as %+v", k.about)
			}
		}
		for _, r := range refusals {
			if r.name.Room != "!r" || !validName(r.name) || r.from != "@u:h" || r.sender != "" || r.code != withheldHistory {
				t.Errorf("refused as %+v", r)
			}
		}
	})
}
