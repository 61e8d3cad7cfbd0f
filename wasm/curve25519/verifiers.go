package curve25519

import "container/list"

// Verifiers keeps the verifiers of the keys that were last asked for, each of
// at most 8 kB.
type Verifiers struct {
	limit  int
	byKey  map[[KeySize]byte]*list.Element
	recent list.List // of *Verifier, the last used first
}

// NewVerifiers keeps up to limit verifiers, at least one.
func NewVerifiers(limit int) *Verifiers {
	return &Verifiers{limit: max(limit, 1), byKey: map[[KeySize]byte]*list.Element{}}
}

// Of returns the verifier for key, or ErrKey.
func (vs *Verifiers) Of(key []byte) (*Verifier, error) {
	if len(key) == KeySize {
		if e := vs.byKey[[KeySize]byte(key)]; e != nil {
			vs.recent.MoveToFront(e)
			return e.Value.(*Verifier), nil
		}
	}
	v, err := NewVerifier(key)
	if err != nil {
		return nil, err
	}
	if vs.recent.Len() == vs.limit {
		oldest := vs.recent.Remove(vs.recent.Back()).(*Verifier)
		delete(vs.byKey, oldest.key)
	}
	vs.byKey[v.key] = vs.recent.PushFront(v)
	return v, nil
}
