package chunk

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what Cut finds into testdata instead of comparing")

// TestOutlines compares the symbols of every case in testdata/outline with the outline at its end. A case is
//
//	-- path --
//	text
//	-- outline --
//	kind name container startLine-endLine docLine
//
// with "-" for no container; `go test -run TestOutlines -update` writes the outlines.
func TestOutlines(t *testing.T) {
	cases, err := filepath.Glob("testdata/outline/*.txt")
	if err != nil || len(cases) < 20 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			path, text, want := readCase(t, name)
			got := outlineText(Cut(path, text), text)
			if *update {
				data := fmt.Sprintf("-- %s --\n%s-- outline --\n%s", path, text, got)
				if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("outline of %s:\n%s\nwant:\n%s", path, got, want)
			}
			crlf := strings.ReplaceAll(text, "\n", "\r\n")
			if got := outlineText(Cut(path, crlf), crlf); got != want {
				t.Errorf("outline of %s with CRLF:\n%s\nwant:\n%s", path, got, want)
			}
		})
	}
}

func readCase(t *testing.T, name string) (path, text, outline string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), " --\n")
	text, outline, _ = strings.Cut(rest, "-- outline --\n")
	return strings.TrimPrefix(head, "-- "), text, outline
}

func outlineText(f File, text string) string {
	starts := lineStarts(text)
	var b strings.Builder
	for _, s := range f.Symbols {
		container := s.Container
		if container == "" {
			container = "-"
		}
		fmt.Fprintf(&b, "%s %s %s %d-%d", s.Kind, s.Name, container, lineOf(starts, s.Start), lineOf(starts, max(s.Start, s.End-1)))
		if s.DocStart < s.Start {
			fmt.Fprintf(&b, " doc %d", lineOf(starts, s.DocStart))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
