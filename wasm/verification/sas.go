package verification

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// What there is to agree on (spec: verification messages specific to SAS).
const (
	agreement = "curve25519-hkdf-sha256"
	hash      = "sha256"
	macV2     = "hkdf-hmac-sha256.v2"
	macV1     = "hkdf-hmac-sha256" // deprecated, but still to be offered
	decimal   = "decimal"
	emoji     = "emoji"
)

// sas is a verification by comparing, once there is an ephemeral key.
type sas struct {
	private    [curve25519.KeySize]byte
	public     string // in base64
	mac        string // method
	emoji      bool
	decimal    bool
	commitment []byte // that the other side made, if we started
	secret     []byte // shared, nil before their key came
	short      authenticator
	theirMAC   bool // holds
}

func offerSAS(content *scan.Builder) {
	content.Texts("key_agreement_protocols", []string{agreement}).Texts("hashes", []string{hash}).
		Texts("message_authentication_codes", []string{macV2, macV1}).Texts("short_authentication_string", []string{decimal, emoji})
}

// acceptSAS answers a start of the other side.
func (r *Requests) acceptSAS(f *flow) {
	offer := f.start.content
	agreements, a := texts(offer.Get("key_agreement_protocols"))
	hashes, b := texts(offer.Get("hashes"))
	macs, c := texts(offer.Get("message_authentication_codes"))
	shorts, d := texts(offer.Get("short_authentication_string"))
	if !a || !b || !c || !d {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	s := &sas{mac: macV2, decimal: slices.Contains(shorts, decimal), emoji: slices.Contains(shorts, emoji)}
	if !slices.Contains(macs, macV2) {
		s.mac = macV1
	}
	if !slices.Contains(agreements, agreement) || !slices.Contains(hashes, hash) || !slices.Contains(macs, s.mac) || !s.decimal && !s.emoji {
		r.cancel(f, CodeUnknownMethod)
		return
	}
	if !r.makeEphemeral(f, s) {
		return
	}
	var content scan.Builder
	content.Text("method", methodSAS).Text("key_agreement_protocol", agreement).Text("hash", hash).
		Text("message_authentication_code", s.mac).Texts("short_authentication_string", s.names()).
		Text("commitment", unpadded.Encode(commit(s.public, f.start.content)))
	r.send(f, kindAccept, &content)
	f.sas, f.phase, f.expect = s, Started, kindKey
	r.changed(f)
}

// hearAccept takes in the answer to our start, and sends our key.
func (r *Requests) hearAccept(f *flow, content scan.Value) {
	mac, a := content.Get("message_authentication_code").AsText()
	shorts, b := texts(content.Get("short_authentication_string"))
	commitment, c := decode(content.Get("commitment"), sha256.Size)
	if !a || !b || !c {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	s := &sas{mac: mac, commitment: commitment, decimal: slices.Contains(shorts, decimal), emoji: slices.Contains(shorts, emoji)}
	method := content.Get("method")
	offered := content.Get("key_agreement_protocol").Text() == agreement && content.Get("hash").Text() == hash &&
		(mac == macV2 || mac == macV1) && len(shorts) > 0 && len(shorts) == len(s.names())
	if !offered || method.Exists() && method.Text() != methodSAS {
		r.cancel(f, CodeUnknownMethod)
		return
	}
	if r.makeEphemeral(f, s) {
		f.sas, f.expect = s, kindKey
		r.sendKey(f)
	}
}

func (r *Requests) sendKey(f *flow) {
	var content scan.Builder
	r.send(f, kindKey, content.Text("key", f.sas.public))
}

// hearKey takes in the other side's ephemeral key. Who accepted sends its own
// only now, so that nobody can choose a key to fit.
func (r *Requests) hearKey(f *flow, content scan.Value) {
	theirs, ok := decode(content.Get("key"), curve25519.KeySize)
	if !ok {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	s, text := f.sas, unpadded.Encode(theirs)
	if f.start.ours && subtle.ConstantTimeCompare(commit(text, f.start.content), s.commitment) == 0 {
		r.cancel(f, CodeMismatchedCommitment)
		return
	}
	secret, err := curve25519.X25519(s.private[:], theirs)
	if err != nil {
		r.cancel(f, CodeInvalidMessage) // a key that makes any secret zero
		return
	}
	s.secret = secret
	s.short = authenticator(derive(secret, r.sasInfo(f, text), shortSize))
	if !f.start.ours {
		r.sendKey(f)
	}
	f.phase, f.expect = Comparing, kindMAC
	r.changed(f)
}

// sasInfo is what the emoji are made of besides the secret (spec: SAS HKDF
// calculation).
func (r *Requests) sasInfo(f *flow, theirKey string) string {
	ours := string(r.own.User) + "|" + string(r.own.Device) + "|" + f.sas.public + "|"
	theirs := string(f.user) + "|" + string(f.device) + "|" + theirKey + "|"
	if !f.start.ours {
		ours, theirs = theirs, ours
	}
	return "MATRIX_KEY_VERIFICATION_SAS|" + ours + theirs + f.name
}

// makeEphemeral draws a key, or cancels f.
func (r *Requests) makeEphemeral(f *flow, s *sas) bool {
	err := r.draw(s.private[:])
	if err == nil {
		var public []byte
		public, err = curve25519.X25519Public(s.private[:])
		s.public = unpadded.Encode(public)
	}
	if err != nil {
		r.cancel(f, CodeUser)
	}
	return err == nil
}

// commit is the promise of a key (spec: m.key.verification.accept).
func commit(key string, start scan.Value) []byte {
	sum := sha256.Sum256(append([]byte(key), start...))
	return sum[:]
}

func (s *sas) names() (names []string) {
	if s.decimal {
		names = append(names, decimal)
	}
	if s.emoji {
		names = append(names, emoji)
	}
	return names
}

func (s *sas) shown() (emoji, decimals []int) {
	if s.emoji {
		emoji = s.short.emoji()
	}
	if s.decimal {
		decimals = s.short.decimals()
	}
	return emoji, decimals
}

// texts reads a list of texts, and reports whether it was one.
func texts(list scan.Value) (all []string, ok bool) {
	for item := range list.Items() {
		text, ok := item.AsText()
		if !ok {
			return nil, false
		}
		all = append(all, text)
	}
	return all, list.Kind() == scan.Array
}

// decode reads base64 of that size, written in no other way but with padding.
func decode(v scan.Value, size int) ([]byte, bool) {
	text := v.Text()
	b, err := unpadded.Decode(text)
	return b, err == nil && len(b) == size && unpadded.Encode(b) == strings.TrimRight(text, "=")
}
