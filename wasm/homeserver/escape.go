package homeserver

import (
	"fmt"
	"strconv"
	"strings"
)

// Query collects query parameters. The zero value is empty and ready.
type Query struct{ text string }

// Set adds a parameter.
func (q *Query) Set(key, value string) {
	if q.text != "" {
		q.text += "&"
	}
	q.text += escape(key) + "=" + escape(value)
}

// SetIf adds a parameter unless its value is empty.
func (q *Query) SetIf(key, value string) {
	if value != "" {
		q.Set(key, value)
	}
}

// SetInt adds a number unless it is 0.
func (q *Query) SetInt(key string, value int) {
	if value != 0 {
		q.Set(key, strconv.Itoa(value))
	}
}

// SetAll adds a parameter once for each value.
func (q *Query) SetAll(key string, values []string) {
	for _, v := range values {
		q.Set(key, v)
	}
}

// V3 names a resource below /_matrix/client/v3 by the parts of its path,
// unescaped.
func V3(parts ...string) []string {
	return append([]string{"_matrix", "client", "v3"}, parts...)
}

// V1 names a resource below /_matrix/client/v1.
func V1(parts ...string) []string {
	return append([]string{"_matrix", "client", "v1"}, parts...)
}

// joinPath escapes the parts of a path. URL parsers resolve "." and ".." even
// where they are escaped, so that an id of that form would name another
// resource: it is refused. Only the last part may be empty (a state key).
func joinPath(parts []string) (string, error) {
	var b strings.Builder
	for i, p := range parts {
		if p == "." || p == ".." || p == "" && i < len(parts)-1 {
			return "", fmt.Errorf("path part %d is %q: %w", i, p, ErrInvalidCall)
		}
		b.WriteByte('/')
		b.WriteString(escape(p))
	}
	return b.String(), nil
}

const upperHex = "0123456789ABCDEF"

// escape percent-encodes all but RFC 3986's unreserved characters.
func escape(s string) string {
	plain := 0
	for plain < len(s) && unreserved(s[plain]) {
		plain++
	}
	if plain == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)+16), s[:plain]...)
	for _, c := range []byte(s[plain:]) {
		if unreserved(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}

func unreserved(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
