package ignore

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// indexOf writes an index of version 2 as git does, without stamps and objects.
func indexOf(names ...string) string {
	b := []byte("DIRC")
	b = binary.BigEndian.AppendUint32(b, 2)
	b = binary.BigEndian.AppendUint32(b, uint32(len(names)))
	for _, name := range names {
		entry := make([]byte, 60)
		entry = binary.BigEndian.AppendUint16(entry, uint16(len(name)))
		entry = append(entry, name...)
		b = append(b, entry...)
		b = append(b, make([]byte, 8-len(entry)%8)...)
	}
	return string(b) + strings.Repeat("\x00", 20)
}

// What git tracks stays in, also below a directory that a rule leaves out, and nothing else there.
func TestTrackedStaysIn(t *testing.T) {
	home := t.TempDir()
	isolate(t, home)
	top := filepath.Join(home, "top")
	makeRepository(t, top, "")
	write(t, filepath.Join(top, ".git", "index"), indexOf("a.log", "gen-x/f.go", "gen/deep/kept.go", "gen.go", "gen/node_modules/x.js", "gen/.env"))
	write(t, filepath.Join(top, ".gitignore"), "*.log\ngen/\nextra/\n")
	write(t, filepath.Join(top, ".semanticignore"), "gen/deep/mine.go\n!extra/\n")
	for path, want := range map[string]string{
		"a.log":                 "",
		"b.log":                 "*.log",
		"gen/deep/kept.go":      "",
		"gen/deep/other.go":     "gen/",
		"gen/other/x.go":        "gen/",
		"gen/deep/kept.log":     "gen/",
		"gen/.env":              ".env",
		"gen/node_modules/x.js": "node_modules",
		"gen-x/f.go":            "",
		"extra/any.go":          "",
	} {
		rules, err := Root(top)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.Path(path, false); !strings.Contains(got.Rule, want) || (want == "") != (got.Rule == "") {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
		// Opened by itself, the directory is not ignored, and the rules that name what is in it hold.
		if dir, name := filepath.Split(path); dir == "gen/deep/" {
			if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
				t.Fatal(err)
			}
			below, err := Root(filepath.Join(top, dir))
			if err != nil {
				t.Fatal(err)
			}
			if got := below.Path(name, false); got.Skipped() != strings.HasSuffix(name, ".log") {
				t.Errorf("%s from its own directory: %q", path, got)
			}
		}
	}
}

func TestTrackedIndexThatCannotBeRead(t *testing.T) {
	home := t.TempDir()
	isolate(t, home)
	whole := indexOf("a.log", "b/c.log")
	for name, data := range map[string]string{
		"empty": "", "no index": "hello, this is text", "a newer version": "DIRC\x00\x00\x00\x09" + whole[8:],
		"cut short": whole[:90], "more entries than bytes": whole[:8] + "\xff\xff\xff\xff" + whole[12:],
	} {
		top := filepath.Join(home, name)
		makeRepository(t, top, "")
		write(t, filepath.Join(top, ".git", "index"), data)
		write(t, filepath.Join(top, ".gitignore"), "*.log\n")
		rules, err := Root(top)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.Path("z.log", false); got.Rule != "*.log" {
			t.Errorf("%s: the rules hold no more: %q", name, got)
		}
		if w := rules.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0], ".git/index: cannot be read") {
			t.Errorf("%s: warnings %q", name, w)
		}
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add(indexOf("a", "b/c"), false)
	four := indexOf()[:4] + "\x00\x00\x00\x04\x00\x00\x00\x02" + strings.Repeat("\x00", 62) + "\x00ab\x00" + strings.Repeat("\x00", 62) + "\x01c\x00"
	f.Add(four, false)
	f.Add(four[:20]+"link\x00\x00\x00\x14"+strings.Repeat("x", 20), true)
	f.Fuzz(func(t *testing.T, data string, long bool) {
		hash := 20
		if long {
			hash = 32
		}
		names, _, err := parseIndex(data, hash)
		if err != nil {
			return
		}
		if len(names) > len(data) {
			t.Errorf("%d names of %d bytes", len(names), len(data))
		}
		slices.Sort(names)
		set := &tracked{names: names}
		for _, name := range names {
			if !set.has(name) {
				t.Errorf("%q is not found", name)
			}
		}
	})
}
