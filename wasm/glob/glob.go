// Package glob matches texts with the patterns that Matrix has in push rules and
// server ACLs (spec: appendices, glob-style matching).
//
// Its law: a text is read once, whatever the pattern: both come from anybody.
package glob

import (
	"strings"
	"unicode"
)

// Text is what patterns are searched in: without case, and with what is between
// words.
type Text struct {
	runes []rune
	// folded is the same as a string.
	folded string
	// inWord are those that are part of a word: A to Z, a to z, 0 to 9 and _ as they
	// were written.
	inWord []bool
}

func NewText(s string) *Text {
	t := &Text{}
	var folded strings.Builder
	folded.Grow(len(s))
	for _, r := range s {
		small := unicode.ToLower(r)
		t.runes = append(t.runes, small)
		t.inWord = append(t.inWord, r < unicode.MaxASCII && (r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'))
		folded.WriteRune(small)
	}
	t.folded = folded.String()
	return t
}

// begins and ends report whether what begins or ends before the rune at i stands
// beside no word.
func (t *Text) begins(i int) bool { return i == 0 || !t.inWord[i-1] }
func (t *Text) ends(i int) bool   { return i == len(t.runes) || !t.inWord[i] }

// Pattern is a glob: * is any text, ? any one character, all else itself without
// case.
type Pattern struct {
	items []item
	// plain says that there is no * and no ?.
	plain bool
	// parts are what must be in a text as it is.
	parts []string
}

// item is a rune, or one of the two below.
type item = rune

const (
	anyText item = -1
	anyRune item = -2
)

func New(glob string) *Pattern { return compile(glob, true) }

// Literal is a text that stands for itself.
func Literal(s string) *Pattern { return compile(s, false) }

func compile(s string, isGlob bool) *Pattern {
	p := &Pattern{plain: !isGlob || !strings.ContainsAny(s, "*?")}
	var part strings.Builder
	end := func() {
		if part.Len() > 0 {
			p.parts = append(p.parts, part.String())
			part.Reset()
		}
	}
	for _, r := range s {
		switch {
		case isGlob && r == '*':
			end()
			if n := len(p.items); n == 0 || p.items[n-1] != anyText { // two are as good as one
				p.items = append(p.items, anyText)
			}
		case isGlob && r == '?':
			end()
			p.items = append(p.items, anyRune)
		default:
			r = unicode.ToLower(r)
			part.WriteRune(r)
			p.items = append(p.items, r)
		}
	}
	end()
	return p
}

// All reports whether the pattern is the whole text.
func (p *Pattern) All(s string) bool {
	if p.plain {
		return strings.ToLower(s) == strings.Join(p.parts, "")
	}
	t := NewText(s)
	return p.run(t, func(i int) bool { return i == 0 }, func(i int) bool { return i == len(t.runes) })
}

// Words reports whether the pattern is a part of the text between ends of words.
func (p *Pattern) Words(t *Text) bool { return p.run(t, t.begins, t.ends) }

// run looks for the pattern from any place where it may begin to any where it may
// end, all at once: states are the items that may be next, so that a text is read
// once, whatever the pattern.
func (p *Pattern) run(t *Text, begins, ends func(int) bool) bool {
	for _, part := range p.parts {
		if !strings.Contains(t.folded, part) {
			return false
		}
	}
	now, next := make([]bool, len(p.items)+1), make([]bool, len(p.items)+1)
	for i := 0; ; i++ {
		if begins(i) {
			now[0] = true
		}
		p.skip(now)
		if now[len(p.items)] && ends(i) {
			return true
		}
		if i == len(t.runes) {
			return false
		}
		clear(next)
		for state, here := range now[:len(p.items)] {
			if !here {
				continue
			}
			switch it := p.items[state]; {
			case it == anyText:
				next[state] = true
			case it == anyRune || it == t.runes[i]:
				next[state+1] = true
			}
		}
		now, next = next, now
	}
}

// skip goes past what may be nothing.
func (p *Pattern) skip(states []bool) {
	for state, it := range p.items {
		if states[state] && it == anyText {
			states[state+1] = true
		}
	}
}
