//go:build !js

package verification_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// rust is a device of matrix-sdk-crypto, in Node, in a world with one of ours.
type rust struct {
	*program
	w      *world
	ours   *device
	me     v.Own
	keys   map[string]map[string]scan.Value // what the server has, by kind and user
	signed []string                         // whose keys it uploaded signatures of
	given  int
}

const cryptoWasm = "../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/package.json"

func newRust(t *testing.T, w *world, ours *device, user event.UserID) *rust {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts Node")
	}
	if _, err := os.Stat(cryptoWasm); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("npm ci comes first")
	}
	w.now = time.Now() // it has no other
	p := &rust{w: w, ours: ours, me: v.Own{User: user, Device: "RUST"}, keys: map[string]map[string]scan.Value{}}
	for _, kind := range []string{"device_keys", "master_keys", "self_signing_keys", "user_signing_keys"} {
		p.keys[kind] = map[string]scan.Value{}
	}
	var err error
	p.program, err = node()
	p.no(err)
	p.do("begin", "me", string(user), "device", "RUST", "other", string(ours.own.User))
	return p
}

// program is Node, which takes longer to start than a verification does; it ends
// with its input.
type program struct {
	in  io.Writer
	out *bufio.Scanner
}

var node = sync.OnceValues(func() (*program, error) {
	cmd := exec.Command("node", "testdata/rust.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &program{in, lines}, cmd.Start()
})

func (p *rust) no(err error) {
	p.w.Helper()
	if err != nil {
		p.w.Fatalf("rust: %v", err)
	}
}

// do has it do something, while we are the server, and returns what it says.
func (p *rust) do(name string, args ...string) scan.Value {
	p.w.Helper()
	var line scan.Builder
	line.Text("do", name)
	for i := 0; i < len(args); i += 2 {
		if value := args[i+1]; value != "" && (value[0] == '{' || value[0] == '[') {
			line.Raw(args[i], scan.Value(value))
		} else {
			line.Text(args[i], value)
		}
	}
	p.write(line.Done())
	for p.out.Scan() {
		said := scan.Value(p.out.Bytes()).Clone()
		if kind := said.Get("request").Text(); kind != "" {
			p.write(p.serve(kind, said))
			continue
		}
		if failed := said.Get("error"); failed.Exists() {
			p.w.Fatalf("rust: %s: %s", name, failed.Text())
		}
		return said.Get("is")
	}
	p.w.Fatalf("rust: %s: no answer", name)
	return nil
}

func (p *rust) write(line scan.Value) {
	p.w.Helper()
	_, err := p.in.Write(append(line, '\n'))
	p.no(err)
}

// serve answers a request.
func (p *rust) serve(kind string, said scan.Value) scan.Value {
	p.w.Helper()
	body := said.Get("body")
	switch kind {
	case "KeysUpload":
		if keys := body.Get("device_keys"); keys.Kind() == scan.Object {
			p.put(string(p.me.User), keys)
			p.me.Key = decodeKey(p.w, keys.Path("keys", "ed25519:RUST").Text())
			p.ours.known[string(p.me.User)+" RUST"] = p.me.Key
		}
		return scan.Value(`{"one_time_key_counts":{"signed_curve25519":50}}`)
	case "SigningKeys":
		for _, kind := range []string{"master", "self_signing", "user_signing"} {
			p.keys[kind+"_keys"][string(p.me.User)] = body.Get(kind + "_key")
		}
		for _, k := range body.Path("master_key", "keys").Members() {
			p.ours.known[string(p.me.User)] = decodeKey(p.w, k.Text())
		}
	case "KeysQuery":
		for user := range body.Get("device_keys").Members() {
			p.put(user.Text()) // it asks again until it hears of the user
		}
		var answer scan.Builder
		for kind, users := range p.keys {
			var all scan.Builder
			for user, keys := range users {
				all.Raw(user, keys)
			}
			answer.Raw(kind, all.Done())
		}
		return answer.Raw("failures", scan.Value("{}")).Done()
	case "SignatureUpload":
		for _, objects := range body.Members() {
			for name := range objects.Members() {
				p.signed = append(p.signed, name.Text())
			}
		}
		return scan.Value(`{"failures":{}}`)
	case "ToDevice":
		for _, content := range body.Path("messages", string(p.ours.own.User)).Members() {
			p.ours.inbox = append(p.ours.inbox, v.Event{Type: said.Get("type").Text(), Sender: p.me.User, Content: content})
		}
	case "RoomMessage":
		p.w.events++
		id := fmt.Sprint("$", p.w.events)
		p.ours.inbox = append(p.ours.inbox, v.Event{Type: said.Get("type").Text(), Sender: p.me.User, Room: event.RoomID(said.Get("room").Text()),
			ID: event.EventID(id), TS: p.w.now.UnixMilli(), Content: body})
		return scan.Value(`{"event_id":"` + id + `"}`)
	}
	return scan.Value("{}")
}

// put adds devices to those of a user, by their keys.
func (p *rust) put(user string, devices ...scan.Value) {
	var all scan.Builder
	for name, other := range p.keys["device_keys"][user].Members() {
		all.Raw(name.Text(), other)
	}
	for _, keys := range devices {
		all.Raw(keys.Get("device_id").Text(), keys)
	}
	p.keys["device_keys"][user] = all.Done()
}

func decodeKey(w *world, text string) v.Key {
	w.Helper()
	b, err := unpadded.Decode(text)
	if err != nil || len(b) != 32 {
		w.Fatalf("%q is no key", text)
	}
	return v.Key(b)
}

// publish gives our device real keys, and our user cross-signing keys if we are
// to have them, and lets rust know.
func (p *rust) publish(crossSigning bool) {
	p.w.Helper()
	d := p.ours
	signer := func(seed byte) *curve25519.SigningKey {
		k, err := curve25519.NewSigningKey(bytes.Repeat([]byte{seed}, curve25519.SeedSize))
		p.no(err)
		return k
	}
	user, id := string(d.own.User), "ed25519:"+string(d.own.Device)
	key := signer(7)
	d.own.Key = v.Key(key.Public())
	d.reload()
	d.known[user+" "+string(d.own.Device)] = d.own.Key
	var keys, object scan.Builder
	keys.Text(id, unpadded.Encode(key.Public())).Text("curve25519:"+string(d.own.Device), unpadded.Encode(bytes.Repeat([]byte{9}, 32)))
	object.Text("user_id", user).Text("device_id", string(d.own.Device)).
		Texts("algorithms", []string{"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"}).Raw("keys", keys.Done())
	signed, err := signature.Sign(object.Done(), user, id, key)
	p.no(err)
	if crossSigning {
		names := []string{"master", "self_signing", "user_signing"}
		master := signer(11)
		d.known[user] = v.Key(master.Public())
		for i, usage := range names {
			k := signer(byte(11 + i))
			text := unpadded.Encode(k.Public())
			var keys, object scan.Builder
			object.Text("user_id", user).Texts("usage", []string{usage}).Raw("keys", keys.Text("ed25519:"+text, text).Done())
			made := object.Done()
			if i > 0 {
				made, err = signature.Sign(made, user, "ed25519:"+unpadded.Encode(master.Public()), master)
				p.no(err)
			}
			p.keys[usage+"_keys"][user] = made
		}
		self := signer(12)
		signed, err = signature.Sign(signed, user, "ed25519:"+unpadded.Encode(self.Public()), self)
		p.no(err)
	}
	p.put(user, signed)
	p.do("learn")
}

// run lets both hear all.
func (p *rust) run() {
	p.w.Helper()
	for {
		p.ours.hear(len(p.ours.inbox))
		if p.given == len(p.w.log) && len(p.ours.inbox) == 0 {
			return
		}
		for ; p.given < len(p.w.log); p.given++ {
			p.give(p.w.log[p.given])
		}
	}
}

func (p *rust) give(s v.Send) {
	p.w.Helper()
	var e scan.Builder
	e.Text("type", s.Type).Text("sender", string(p.ours.own.User)).Raw("content", s.Content)
	switch {
	case s.Room != "":
		e.Text("room_id", string(s.Room)).Text("event_id", string(p.w.ids[s.ID])).Int("origin_server_ts", p.w.now.UnixMilli()).Raw("unsigned", scan.Value("{}"))
		p.do("hearRoom", "event", string(e.Done()))
	case s.User == p.me.User && slices.Contains(s.Devices, p.me.Device):
		p.do("hear", "events", "["+string(e.Done())+"]")
	}
}

// state is what it shows.
func (p *rust) state() (s struct {
	Phase, Code     string
	Emoji, Decimals []int
	Scanned, Trusts bool
}) {
	p.w.Helper()
	p.no(json.Unmarshal(p.do("state"), &s))
	return s
}
