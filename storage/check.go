package storage

import (
	"fmt"
	"strings"
)

// Check reports what makes s unusable: a version below 1, no stores, too many
// of them, a doubled or empty name, or a name that starts with "_", which
// backends keep for stores of their own.
func (s Schema) Check() error {
	if s.Version < 1 {
		return fmt.Errorf("%w: schema version %d", ErrMisuse, s.Version)
	}
	if len(s.Stores) == 0 || len(s.Stores) > 255 {
		return fmt.Errorf("%w: schema with %d stores", ErrMisuse, len(s.Stores))
	}
	seen := map[Store]bool{}
	for _, name := range s.Stores {
		if name == "" || strings.HasPrefix(string(name), "_") || seen[name] {
			return fmt.Errorf("%w: store name %q", ErrMisuse, name)
		}
		seen[name] = true
	}
	return nil
}

func (c *Conn) checkBatch(b *Batch) error {
	if b == nil {
		return fmt.Errorf("%w: nil batch", ErrMisuse)
	}
	for i, op := range b.ops {
		if !c.stores[op.Store] {
			return fmt.Errorf("%w: operation %d names unknown store %q", ErrMisuse, i, op.Store)
		}
		if len(op.Key) == 0 && op.Kind != OpDeleteRange {
			return fmt.Errorf("%w: operation %d on store %q has an empty key", ErrMisuse, i, op.Store)
		}
	}
	return nil
}

func (c *Conn) checkQueries(queries []Query) error {
	for i, q := range queries {
		if !c.stores[q.Store] {
			return fmt.Errorf("%w: query %d names unknown store %q", ErrMisuse, i, q.Store)
		}
		if q.Limit < 0 {
			return fmt.Errorf("%w: query %d has limit %d", ErrMisuse, i, q.Limit)
		}
		for _, key := range q.Keys {
			if len(key) == 0 {
				return fmt.Errorf("%w: query %d on store %q has an empty key", ErrMisuse, i, q.Store)
			}
		}
	}
	return nil
}
