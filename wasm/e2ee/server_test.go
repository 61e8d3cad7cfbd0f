package e2ee_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// keyServer is what a homeserver does about keys and messages to devices, and
// no more.
type keyServer struct {
	t testing.TB
	// devices holds, by user and device, the device keys.
	devices   map[string]map[string]json.RawMessage
	oneTime   map[address]map[string]json.RawMessage
	fallback  map[address]map[string]json.RawMessage
	unused    map[address]bool
	inbox     map[address][]json.RawMessage
	changed   map[address]map[string]bool
	seen      map[string]bool // transaction ids
	identity  map[string]map[string]json.RawMessage
	conflicts int
}

type address struct{ user, device string }

func newKeyServer(t testing.TB) *keyServer {
	return &keyServer{
		t: t, devices: map[string]map[string]json.RawMessage{}, oneTime: map[address]map[string]json.RawMessage{},
		fallback: map[address]map[string]json.RawMessage{}, unused: map[address]bool{}, inbox: map[address][]json.RawMessage{},
		changed: map[address]map[string]bool{}, seen: map[string]bool{}, identity: map[string]map[string]json.RawMessage{},
	}
}

// do answers a request of a device.
func (s *keyServer) do(from address, r *e2ee.Request) scan.Value {
	switch {
	case r.Kind == e2ee.UploadKeys:
		return s.upload(from, r.Body)
	case r.Kind == e2ee.QueryKeys, r.Kind == e2ee.QueryOthers:
		return s.query(r.Body)
	case r.Kind == e2ee.ClaimKeys:
		return s.claim(r.Body)
	case r.Kind == e2ee.SendDevices:
		return s.send(from, r)
	case r.Kind == e2ee.LookBackup:
		return scan.Value("{}") // there is none
	}
	s.t.Fatalf("nobody serves a request to %s", strings.Join(r.Path, "/"))
	return nil
}

func read[T any](t testing.TB, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func written(v any) scan.Value {
	b, _ := json.Marshal(v)
	return b
}

type keys = map[string]json.RawMessage

func (s *keyServer) upload(from address, body []byte) scan.Value {
	in := read[struct {
		Device   json.RawMessage `json:"device_keys"`
		OneTime  keys            `json:"one_time_keys"`
		Fallback keys            `json:"fallback_keys"`
	}](s.t, body)
	if in.Device != nil {
		if s.devices[from.user] == nil {
			s.devices[from.user] = keys{}
		}
		s.devices[from.user][from.device] = in.Device
		s.change(from.user)
	}
	if s.oneTime[from] == nil {
		s.oneTime[from] = keys{}
	}
	for id, key := range in.OneTime {
		if known, there := s.oneTime[from][id]; there && string(known) != string(key) {
			s.conflicts++
		}
		s.oneTime[from][id] = key
	}
	if in.Fallback != nil {
		s.fallback[from], s.unused[from] = in.Fallback, true
	}
	return written(map[string]any{"one_time_key_counts": map[string]int{"signed_curve25519": len(s.oneTime[from])}})
}

func (s *keyServer) change(user string) {
	for _, list := range s.changed {
		list[user] = true
	}
}

func (s *keyServer) query(body []byte) scan.Value {
	in := read[struct {
		Keys map[string][]string `json:"device_keys"`
	}](s.t, body)
	found := map[string]keys{}
	for user := range in.Keys {
		found[user] = s.devices[user]
		if found[user] == nil {
			found[user] = keys{}
		}
	}
	return written(map[string]any{"device_keys": found})
}

func (s *keyServer) claim(body []byte) scan.Value {
	in := read[struct {
		Keys map[string]map[string]string `json:"one_time_keys"`
	}](s.t, body)
	out := map[string]map[string]keys{}
	for user, devices := range in.Keys {
		out[user] = map[string]keys{}
		for device := range devices {
			if one := s.take(address{user, device}); one != nil {
				out[user][device] = one
			}
		}
	}
	return written(map[string]any{"one_time_keys": out})
}

func (s *keyServer) take(of address) keys {
	if left := s.oneTime[of]; len(left) > 0 {
		id := slices.Sorted(maps.Keys(left))[0]
		one := keys{id: left[id]}
		delete(left, id)
		return one
	}
	s.unused[of] = false
	return s.fallback[of]
}

func (s *keyServer) send(from address, r *e2ee.Request) scan.Value {
	if txn := from.user + from.device + r.Path[2]; s.seen[txn] {
		return scan.Value("{}")
	} else {
		s.seen[txn] = true
	}
	in := read[struct {
		Messages map[string]keys `json:"messages"`
	}](s.t, r.Body)
	for user, devices := range in.Messages {
		for device, content := range devices {
			to := address{user, device}
			s.inbox[to] = append(s.inbox[to], json.RawMessage(written(map[string]any{
				"type": r.Path[1], "sender": from.user, "content": content,
			})))
		}
	}
	return scan.Value("{}")
}

// sync is a device's part of a sync response; what it says is gone when keep is
// false.
func (s *keyServer) sync(to address, keep bool) e2ee.SyncPart {
	p := e2ee.SyncPart{Counts: written(map[string]int{"signed_curve25519": len(s.oneTime[to])}), Fallback: scan.Value("[]")}
	if s.unused[to] {
		p.Fallback = scan.Value(`["signed_curve25519"]`)
	}
	for _, raw := range s.inbox[to] {
		p.ToDevice = append(p.ToDevice, scan.Value(raw))
	}
	for user := range s.changed[to] {
		p.Changed = append(p.Changed, event.UserID(user))
	}
	if !keep {
		s.inbox[to], s.changed[to] = nil, map[string]bool{}
	}
	return p
}
