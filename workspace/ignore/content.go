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
	control := 0
	for i := range len(head) {
		switch c := head[i]; {
		case c >= ' ' && c != 0x7f, '\b' <= c && c <= '\r', c == 0x1b: // \b of man pages, escapes of terminals
		default:
			control++
		}
	}
	if control*controlShare > len(head) {
		return builtIn(fmt.Sprintf("binary: %d of the first %d bytes are control characters", control, len(head)))
	}
	if len(text) < minMinified || Prose(name) {
		return Skip{}
	}
	lines := strings.Count(text, "\n")
	if lines == 0 {
		lines = strings.Count(text, "\r") // the line ending of old Macs
	}
	if average := len(text) / (lines + 1); average > maxAverageLine {
		return builtIn(fmt.Sprintf("minified: %d bytes a line on average, more than %d", average, maxAverageLine))
	}
	return Skip{}
}

// Prose reports whether a file is text that people read, as its extension says.
func Prose(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdx", ".txt", ".rst", ".adoc", ".asciidoc", ".org", ".tex":
		return true
	}
	return false
}
