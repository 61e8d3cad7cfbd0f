package event

import (
	"strings"
	"unicode"
)

// maxName is how many characters of a display name are shown. A name may be as
// long as an event.
const maxName = 128

// Shown returns what to call a user: their name without characters that turn
// or hide the text around it, or the user id where nothing visible remains.
// Names that are the same for a reader must still be told apart (spec:
// calculating the display name for a user).
func (p Profile) Shown(id UserID) string {
	var b strings.Builder
	visible, n := false, 0
	for _, r := range p.Name {
		if turnsText(r) || n == maxName {
			continue
		}
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			r = ' '
		}
		visible = visible || !unicode.IsSpace(r) && !Invisible(r)
		b.WriteRune(r)
		n++
	}
	if !visible {
		return string(id)
	}
	return strings.TrimSpace(b.String())
}

// NameKey returns what two names share that a reader cannot tell apart by
// case, spaces or characters without a shape.
func NameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || Invisible(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// turnsText reports characters that change the direction of text, also of
// what follows the name.
func turnsText(r rune) bool {
	return r == 0x061C || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// Invisible reports characters without a shape of their own. Some have a
// meaning in scripts and emoji, so they are shown, but make no name.
func Invisible(r rune) bool {
	switch r {
	case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return turnsText(r) || r >= 0x200B && r <= 0x200D || r >= 0x2060 && r <= 0x206F ||
		r >= 0xFE00 && r <= 0xFE0F || r >= 0xFFF0 && r <= 0xFFFB || r >= 0xE0000 && r <= 0xE0FFF
}
