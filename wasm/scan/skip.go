package scan

// The skippers find where a value ends. They trust structure only as far as
// needed to stay in bounds: -1 means that the bytes end too early or are no
// JSON. Valid is what proves a value whole.

func skipSpace(b []byte, i int) int {
	if i < 0 {
		return len(b)
	}
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func trim(b []byte) []byte {
	i, end := skipSpace(b, 0), len(b)
	for end > i && (b[end-1] == ' ' || b[end-1] == '\n' || b[end-1] == '\t' || b[end-1] == '\r') {
		end--
	}
	return b[i:end]
}

// skipString returns the index after the closing quote of the string at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// skipValue returns the index after the value at i.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	start := i
	for i < len(b) && !ends(b[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func skipNested(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = skipString(b, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

func ends(c byte) bool {
	switch c {
	case ',', '}', ']', ':', ' ', '\n', '\t', '\r', '"', '{', '[':
		return true
	}
	return false
}

func hasWord(b []byte, i int, word string) bool {
	end := i + len(word)
	return end <= len(b) && string(b[i:end]) == word && (end == len(b) || ends(b[end]))
}

// keyIs compares a raw key with a name. Escaped keys are rare and decoded.
func keyIs(raw Value, name string) bool {
	inner := raw[1 : len(raw)-1]
	for _, c := range inner {
		if c == '\\' {
			return unquote(inner) == name
		}
	}
	return string(inner) == name
}
