package megolm

// Join returns the session that knows what both of two with one id do: it begins
// where the earlier one does, and is vouched for from where either is. That they
// are the same session is proven by turning the earlier ratchet to the later's
// index.
//
// If they are not, the error is ErrConflict, and the session is the one to keep:
// that which is vouched for from an earlier index, else known. Neither must be
// nil.
func Join(known, other *Inbound) (*Inbound, error) {
	if !known.connected(other) {
		if known.key == other.key && other.signedBefore(known) {
			return other, ErrConflict
		}
		return known, ErrConflict
	}
	best, rest := known, other
	if other.first.index < known.first.index {
		best, rest = other, known
	}
	if !rest.signedBefore(best) {
		return best, nil
	}
	return &Inbound{key: best.key, first: best.first, signed: true, signedFrom: rest.signedFrom}, nil
}

// connected reports whether one is the other, advanced.
func (s *Inbound) connected(other *Inbound) bool {
	if s.key != other.key {
		return false
	}
	early, late := s, other
	if late.first.index < early.first.index {
		early, late = late, early
	}
	r, err := early.at(late.first.index)
	return err == nil && r.equal(&late.first)
}

// signedBefore reports whether s is vouched for from an earlier index than other.
func (s *Inbound) signedBefore(other *Inbound) bool {
	return s.signed && (!other.signed || s.signedFrom < other.signedFrom)
}
