package scan

// Prune makes a document that may be nested without end one that Parse takes:
// what stands deeper than MaxDepth becomes null. Servers pass on events that
// are nested deeper, and a response is not to be lost for one of them.
func Prune(data []byte) []byte {
	out := make([]byte, 0, len(data))
	depth := 0
	for i := 0; i < len(data); {
		end := i + 1
		switch data[i] {
		case '"':
			if end = skipString(data, i); end < 0 {
				return data
			}
		case '{', '[':
			if depth == MaxDepth {
				if i = skipNested(data, i); i < 0 {
					return data
				}
				out = append(out, "null"...)
				continue
			}
			depth++
		case '}', ']':
			depth--
		}
		out = append(out, data[i:end]...)
		i = end
	}
	return out
}
