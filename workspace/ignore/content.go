package ignore

import (
	"fmt"
	"path"
	"strings"
)

const (
	// sample is how much of a text is looked at for control characters: git looks for a NUL in the first 8,000 bytes,
	// and a format that starts as text and goes on as something else still shows its NULs, which are searched in all
	// of it.
	sample = 8 << 10
	// controlShare: one control character in 20 bytes makes a sample binary. Text has next to none; random bytes
	// without NUL have one in ten.
	controlShare = 20
	// minMinified is the size below which long lines are let pass: a one-line configuration or a long string is
	// harmless, and costs a chunk or two.
	minMinified = 8 << 10
	// maxAverageLine is the mean length from which a text counts as minified: people write 30 to 40 bytes a line, in
	// prose without line breaks a few hundred with its blank lines; minifiers write lines of 500 to 32,000 (terser
	// and esbuild do not break at all).
	maxAverageLine = 1000
)

// Content says whether a text is left out for what it holds: a NUL byte, mostly control characters, or lines so long
// that a program wrote them. name is the file's name or path and only tells prose, whose paragraphs may be one line
// each. What the text is worth nobody can lift by a rule: .semanticignore does not bear on it. Bytes that are no
// UTF-8 are fine: Latin-1 and Shift JIS are text.
func Content(name, text string) Skip {
	if strings.IndexByte(text, 0) >= 0 {
		return builtIn("binary: NUL byte")
	}
	head := text[:min(len(text), sample)]
	control := controls(head)
	if control*controlShare > len(head) {
		return builtIn(fmt.Sprintf("binary: %d of the first %d bytes are control characters", control, len(head)))
	}
	if len(text) < minMinified || Prose(name) {
		return Skip{}
	}
	if average := averageLine(text); average > maxAverageLine {
		return builtIn(fmt.Sprintf("minified: %d bytes a line on average, more than %d", average, maxAverageLine))
	}
	return Skip{}
}

// controls counts the control characters of a text. Backspaces of man pages, white space and the escapes of terminals are
// none.
func controls(text string) (n int) {
	for len(text) >= 8 {
		if mayControl(text[:8]) {
			n += controlsBytewise(text[:8])
		}
		text = text[8:]
	}
	return n + controlsBytewise(text)
}

func controlsBytewise(text string) (n int) {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= ' ' && c != 0x7f, '\b' <= c && c <= '\r', c == 0x1b:
		default:
			n++
		}
	}
	return n
}

// mayControl reports whether there is a control character or an escape among eight bytes. They are looked at side by side
// in one number: the sum of a byte below 0x80 and 0x80-c has its top bit set where the byte is at least c, and never carries
// into the next.
func mayControl(s string) bool {
	const (
		each = 0x0101010101010101
		top  = 0x80 * each
	)
	_ = s[7]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	low := x &^ top
	white, later := low+(0x80-'\b')*each, low+(0x80-'\r'-1)*each
	printable, deleted := low+(0x80-' ')*each, low+(0x80-0x7f)*each
	return (^white|later&^printable|deleted)&^x&top != 0
}

// averageLine is the mean length of a text's lines, or, without a look at all of them, at most maxAverageLine where that
// is certain: of most long texts after a twentieth.
func averageLine(text string) int {
	const step = 2 << 10 // as much as two lines of the longest mean
	lines := 1
	for _, end := range [...]string{"\n", "\r"} { // the latter of old Macs
		for at := 0; at < len(text) && len(text)/lines > maxAverageLine; at += step {
			lines += strings.Count(text[at:min(at+step, len(text))], end)
		}
		if lines > 1 {
			break
		}
	}
	return len(text) / lines
}

// Prose reports whether a file is text that people read, as its extension says.
func Prose(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdx", ".txt", ".rst", ".adoc", ".asciidoc", ".org", ".tex":
		return true
	}
	return false
}
