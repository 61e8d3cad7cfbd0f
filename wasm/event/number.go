package event

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// maxPath is the most bytes of a path that BadNumber tells.
const maxPath = 200

// BadNumber looks for a number that canonical JSON has no form for, and returns
// where it is, such as geo.zoom or list[2].n. Servers refuse an event with a
// fraction, an exponent or an integer beyond ±(2^53-1) (spec: appendices,
// canonical JSON). content must be a valid JSON object.
func BadNumber(content scan.Value) (path string, bad bool) {
	path = badNumber("", content)
	if path == "" {
		return "", false
	}
	return strings.ToValidUTF8(path[1:min(len(path), maxPath)], ""), true
}

func badNumber(path string, v scan.Value) string {
	switch v.Kind() {
	case scan.Number:
		if !isCanonical(v) {
			return path
		}
	case scan.Object:
		for key, value := range v.Members() {
			if bad := badNumber(path+"."+key.Text(), value); bad != "" {
				return bad
			}
		}
	case scan.Array:
		n := 0
		for item := range v.Items() {
			if bad := badNumber(fmt.Sprintf("%s[%d]", path, n), item); bad != "" {
				return bad
			}
			n++
		}
	}
	return ""
}

func isCanonical(number scan.Value) bool {
	n, err := strconv.ParseInt(strings.TrimSpace(string(number)), 10, 64)
	return err == nil && -scan.MaxInt <= n && n <= scan.MaxInt
}
