package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// signingKeys are a user's cross-signing keys, and what was signed since.
type signingKeys struct {
	Master json.RawMessage `json:"master,omitempty"`
	Self   json.RawMessage `json:"self,omitempty"`
	User   json.RawMessage `json:"user,omitempty"`
	// Signatures were added to the user's devices and keys, by device id and
	// public key, whoever made them.
	Signatures map[string]signatures `json:"signatures,omitempty"`

	// Pos is when the devices or keys of the user last changed; Own when what
	// only the user sees did; Met when the user last signed others.
	Pos int64            `json:"pos"`
	Own int64            `json:"own,omitempty"`
	Met map[string]int64 `json:"met,omitempty"`
}

// publicKey is the one key in a cross-signing key.
type publicKey struct {
	id  string // ed25519:name
	key []byte
}

// publicKeyOf returns what is no key, with an empty id, unless there is
// exactly one.
func publicKeyOf(object json.RawMessage) (found publicKey) {
	for name, text := range scan.Value(object).Get("keys").Members() {
		encoded, _ := text.AsText()
		key, err := unpadded.Decode(encoded)
		if err != nil || found.id != "" {
			return publicKey{}
		}
		found = publicKey{name.Text(), key}
	}
	return found
}

func (k publicKey) name() string {
	_, name, _ := strings.Cut(k.id, ":")
	return name
}

// signed reports whether the key, which is the user's, signed the object.
func (k publicKey) signed(object json.RawMessage, user string) bool {
	v, err := curve25519.NewVerifier(k.key)
	return err == nil && signature.Check(scan.Value(object), user, k.id, v) == nil
}

type newSigningKeys struct {
	Master json.RawMessage `json:"master_key"`
	Self   json.RawMessage `json:"self_signing_key"`
	User   json.RawMessage `json:"user_signing_key"`
	Auth   *auth           `json:"auth"`
}

func uploadSigningKeys(c *call) (any, error) {
	var in newSigningKeys
	if err := c.json(&in); err != nil {
		return nil, err
	}
	k := &c.user.Keys
	if !replaces(in.Master, k.Master) && !replaces(in.Self, k.Self) && !replaces(in.User, k.User) {
		return nil, nil
	}
	if err := c.confirmSigning(in.Auth); err != nil {
		return nil, err
	}
	if err := c.checkSigning(&in); err != nil {
		return nil, err
	}
	if in.Master != nil || in.Self != nil {
		k.Pos = c.s.next()
	}
	k.Own = c.s.next()
	for to, from := range map[*json.RawMessage]json.RawMessage{&k.Master: in.Master, &k.Self: in.Self, &k.User: in.User} {
		if from != nil {
			*to = from
		}
	}
	return nil, nil
}

func replaces(fresh, old json.RawMessage) bool { return fresh != nil && !alike(fresh, old) }

// confirmSigning wants the password, but not for the first keys (MSC3967).
func (c *call) confirmSigning(a *auth) error {
	if c.user.Keys.Master == nil {
		return nil
	}
	return c.interact("m.login.password", a)
}

// checkSigning: each key says whose and what it is, and the master key signed
// the others.
func (c *call) checkSigning(in *newSigningKeys) error {
	master := in.Master
	if master == nil {
		master = c.user.Keys.Master
	} else if !c.ownKey(master, "master") {
		return errInvalid("Invalid master key")
	}
	if master == nil {
		return errMissing("No master key available")
	}
	if err := c.checkSigned(in.Self, "self_signing", master); err != nil {
		return err
	}
	return c.checkSigned(in.User, "user_signing", master)
}

func (c *call) checkSigned(key json.RawMessage, usage string, master json.RawMessage) error {
	switch {
	case key == nil:
		return nil
	case !c.ownKey(key, usage):
		return errInvalid("Invalid " + usage + " key")
	case !publicKeyOf(master).signed(key, c.user.ID):
		return errSignature("Invalid signature on " + usage + " key")
	}
	return nil
}

func (c *call) ownKey(object json.RawMessage, usage string) bool {
	var is struct {
		User  string   `json:"user_id"`
		Usage []string `json:"usage"`
	}
	return json.Unmarshal(object, &is) == nil && is.User == c.user.ID && slices.Contains(is.Usage, usage) &&
		publicKeyOf(object).id != ""
}

func errSignature(message string) error {
	return fail(http.StatusBadRequest, "M_INVALID_SIGNATURE", message)
}
