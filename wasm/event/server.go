package event

import (
	"strconv"
	"strings"
)

// IsServer reports whether a name follows the grammar of server names: a DNS name,
// an IPv4 address or an IPv6 address in brackets, with or without a port (spec:
// appendices, server name).
func IsServer(name string) bool {
	host, port := SplitPort(name)
	if port != "" {
		if n, err := strconv.ParseUint(port[1:], 10, 16); err != nil || n == 0 {
			return false
		}
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && strings.Count(inner, ":") >= 2 && !strings.ContainsFunc(inner, func(r rune) bool {
			return !isDigit(r) && (r|0x20 < 'a' || r|0x20 > 'f') && r != ':' && r != '.'
		})
	}
	return host != "" && len(host) <= 255 && host[0] != '.' && host[0] != '-' && !strings.Contains(host, "..") &&
		!strings.ContainsFunc(host, func(r rune) bool {
			return !isDigit(r) && (r|0x20 < 'a' || r|0x20 > 'z') && r != '-' && r != '.'
		})
}

// SplitPort cuts the name of a server before the colon of its port.
func SplitPort(name string) (host, port string) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 || strings.HasSuffix(name, "]") {
		return name, ""
	}
	return name[:i], name[i:]
}

// IsAddress reports whether a host is an IP address rather than a name, whose last
// part is no number.
func IsAddress(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.HasPrefix(host, "[") || last != "" && !strings.ContainsFunc(last, func(r rune) bool { return !isDigit(r) })
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
