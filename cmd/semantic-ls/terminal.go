package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// isTerminal reports whether f is a file that a person looks at or types into.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// width is how many columns the terminal w has; 80 where nobody knows.
func width(w io.Writer) int {
	if file, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 80
}

// paint puts colours around parts of the output, ripgrep's: paths magenta,
// numbers of lines green, what was found bold. Off, it changes nothing.
type paint struct{ on bool }

func (c paint) path(s string) string   { return c.with("35", s) }
func (c paint) line(s string) string   { return c.with("32", s) }
func (c paint) symbol(s string) string { return c.with("1", s) }

func (c paint) with(code, s string) string {
	if !c.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// painting decides about colours: --color, and for auto a terminal that has
// some and a user who has not said no (no-color.org).
func (p *process) painting() (paint, error) {
	switch p.color {
	case "always":
		return paint{true}, nil
	case "never":
		return paint{false}, nil
	case "auto":
		no, _ := p.env("NO_COLOR")
		kind, _ := p.env("TERM")
		return paint{no == "" && kind != "dumb" && isTerminal(p.stdout) && understandsColour(p.stdout)}, nil
	}
	return paint{}, hinted("--color auto, --color always or --color never", "--color %q", p.color)
}

// escape writes what a terminal would obey, and not show, the way Go writes it
// in a string: control characters but the tab, bytes that are no UTF-8, and the
// marks that reorder text (a file may hold any of them to hide what it says).
func escape(s string) string {
	if !strings.ContainsFunc(s, hostile) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !hostile(r) || r == utf8.RuneError:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

// escapeLines is escape for a text of several lines.
func escapeLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		text, ended := strings.CutSuffix(line, "\n")
		b.WriteString(escape(text))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// hostile reports whether a terminal obeys r. RuneError stands for broken
// UTF-8, and is the harmless character of that number too.
func hostile(r rune) bool {
	return r != '\t' && unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
}
