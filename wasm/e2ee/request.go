package e2ee

import (
	"context"
	"errors"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Kind says what a request is for. Requests of different kinds may be under way
// at once; of one kind there is one.
type Kind string

// Kinds of requests.
const (
	UploadKeys  Kind = "upload device keys"
	QueryKeys   Kind = "query device keys"
	QueryOthers Kind = "query device keys of other servers"
	ClaimKeys   Kind = "claim one-time keys"
	SendDevices Kind = "send to devices"

	UploadIdentity   Kind = "upload signing keys"
	UploadSignatures Kind = "upload signatures"
	LookBackup       Kind = "look for a backup"
	CreateBackup     Kind = "create a backup"
	DeleteBackup     Kind = "delete the backup"
	SaveKeys         Kind = "save keys in the backup"
	FetchKey         Kind = "fetch a key from the backup"
	// FetchKeys is not among Outgoing: see FetchBackup.
	FetchKeys Kind = "fetch keys from the backup"
)

// Request is something to ask of the server. The same request has the same bytes
// until it is answered.
type Request struct {
	Kind   Kind
	Method string
	// Path is below /_matrix/client/v3.
	Path []string
	// Version is the backup's, a parameter of the query; "" for none.
	Version string
	Body    scan.Value

	users   map[event.UserID]uint64 // of a query: what is known to have changed
	devices []deviceName            // of a claim
	seq     uint64                  // of a message
	saved   []savedKey              // in the backup
	cursor  []byte                  // of Inbound, after what is saved
	fetched SessionName             // from the backup
}

// makers make the next request of each kind, or nil.
var makers = [...]struct {
	kind Kind
	make func(*kept) *Request
}{
	{UploadKeys, (*kept).upload}, {QueryKeys, (*kept).query}, {QueryOthers, (*kept).queryOthers}, {ClaimKeys, (*kept).claim}, {SendDevices, (*kept).send},
	{UploadIdentity, (*kept).firstIdentity}, {UploadSignatures, (*kept).uploadSignatures}, {LookBackup, (*kept).lookBackup},
	{CreateBackup, (*kept).createBackup}, {SaveKeys, (*kept).saveKeys}, {FetchKey, (*kept).fetchKey},
}

// Outgoing returns what is to be asked, at most one request of a kind, and none of
// those that are under way: to make one may take many signatures.
func (m *Machine) Outgoing(underway ...Kind) []Request {
	k := m.present()
	if k.account == nil {
		return nil
	}
	var all []Request
	for _, one := range makers {
		if slices.Contains(underway, one.kind) {
			continue
		}
		if r := one.make(&k); r != nil {
			all = append(all, *r)
		}
	}
	return all
}

func (k *kept) upload() *Request {
	body := k.uploadBody()
	if body == nil {
		return nil
	}
	return &Request{Kind: UploadKeys, Method: "POST", Path: []string{"keys", "upload"}, Body: body}
}

func (k *kept) send() *Request {
	if len(k.messages) == 0 {
		return nil
	}
	next := k.messages[0]
	return &Request{
		Kind: SendDevices, Method: "PUT", Path: []string{"sendToDevice", next.Type, string(next.TxnID)},
		Body: next.Body, seq: next.Seq,
	}
}

// Answered takes the answer to a request.
func (w *Work) Answered(ctx context.Context, r *Request, body scan.Value) error {
	switch r.Kind {
	case UploadKeys:
		w.uploaded(r.Body, body)
		return w.supply()
	case QueryKeys, QueryOthers:
		return errors.Join(w.queried(ctx, r, body), w.answerSecrets(ctx))
	case ClaimKeys:
		return errors.Join(w.claimed(ctx, r, body), w.answerSecrets(ctx))
	case SendDevices:
		w.sent(r.seq)
	default:
		return w.answeredSecrets(ctx, r, body)
	}
	return nil
}

// Refused takes note that the server will not take a request, however often it
// comes. errcode is its reason.
func (w *Work) Refused(ctx context.Context, r *Request, errcode string) error {
	switch r.Kind {
	case UploadKeys:
		w.changeAccount().Conflict = true
	case QueryKeys, QueryOthers:
		return w.queryRefused(ctx, r)
	case ClaimKeys:
		return w.claimed(ctx, r, nil)
	case SendDevices:
		w.sent(r.seq)
	default:
		return w.refusedSecrets(ctx, r, errcode)
	}
	return nil
}
