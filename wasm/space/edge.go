package space

import "github.com/alcove-chat/alcove/wasm/scan"

// maxOrder is the most characters of an order (spec: ordering of children).
const maxOrder = 50

// Edge is what the content of an m.space.child says. Via are servers by which the
// child can be joined, never empty. Order is "" where there is none that is valid.
type Edge struct {
	Via       []string
	Order     string
	Suggested bool
}

// ReadChild reads the content of an m.space.child; ok is false where the room is no
// child: it was taken out, or the event redacted or malformed (spec: spaces).
func ReadChild(content scan.Value) (edge Edge, ok bool) {
	if edge, ok = ReadPlace(content); ok {
		edge.Via = ReadVia(content)
	}
	return edge, ok
}

// ReadPlace is ReadChild without the servers, for who needs none of 5,000 children.
func ReadPlace(content scan.Value) (edge Edge, ok bool) {
	if !hasVia(content) {
		return Edge{}, false
	}
	return Edge{Order: ReadOrder(content), Suggested: content.Get("suggested").IsTrue()}, true
}

// ReadParent reads the content of an m.space.parent; ok is false where it names no
// parent.
func ReadParent(content scan.Value) (canonical, ok bool) {
	if !hasVia(content) {
		return false, false
	}
	return content.Get("canonical").IsTrue(), true
}

// ReadOrder reads the order of an m.space.child or of account data: 1 to 50
// characters from space to tilde, or "".
func ReadOrder(content scan.Value) string {
	order := content.Get("order").Text()
	if len(order) > maxOrder {
		return ""
	}
	for i := 0; i < len(order); i++ {
		if order[i] < ' ' || order[i] > '~' {
			return ""
		}
	}
	return order
}

// ReadVia returns the strings among what "via" lists.
func ReadVia(content scan.Value) []string { return readVia(content, false) }

func hasVia(content scan.Value) bool { return len(readVia(content, true)) > 0 }

func readVia(content scan.Value, first bool) (servers []string) {
	for item := range content.Get("via").Items() {
		if server, ok := item.AsText(); ok {
			if servers = append(servers, server); first {
				break
			}
		}
	}
	return servers
}
