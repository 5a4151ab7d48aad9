package workspace

import (
	"errors"
	gobuild "go/build"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadText(t *testing.T) {
	for _, c := range []struct{ name, disk, want string }{
		{"empty", "", ""},
		{"plain", "package a\n", "package a\n"},
		{"CRLF", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"UTF-8 mark", "\xef\xbb\xbfé", "é"},
		{"a second mark is text", "\xef\xbb\xbf\xef\xbb\xbfa", "\ufeffa"},
		{"UTF-16LE", "\xff\xfea\x00\xe9\x00\n\x00", "aé\n"},
		{"UTF-16BE", "\xfe\xff\x00a\x00\xe9\x00\r\x00\n", "aé\r\n"},
		{"surrogates", "\xff\xfe\x3d\xd8\x00\xdea\x00", "😀a"},
		{"half a surrogate", "\xff\xfe\x3d\xd8a\x00", "\ufffda"},
		{"half a surrogate at the end", "\xfe\xff\x00a\xd8\x3d", "a\ufffd"},
		{"low surrogate first", "\xfe\xff\xde\x00\x00a", "\ufffda"},
		{"odd byte", "\xff\xfea\x00b", "a\ufffd"},
		{"only a mark", "\xff\xfe", ""},
		{"Latin-1", "caf\xe9", "caf\xe9"},
		{"broken UTF-8", "a\xc3(\xf0\x9fz\xff", "a\xc3(\xf0\x9fz\xff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := build(t, "")
			write(t, filepath.Join(top, "a.txt"), c.disk)
			got, e, skip, err := Read(top, "a.txt", 0)
			if got != c.want || skip.Skipped() || err != nil {
				t.Errorf("got %q, %v, %v, want %q", got, skip, err, c.want)
			}
			if e.Size != int64(len(c.disk)) || e.Path != "a.txt" {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

func TestReadSkips(t *testing.T) {
	top := build(t, `
		full 0123456789
		more 0123456789+
		dir/
	`)
	write(t, filepath.Join(top, "nul"), "a\x00b")
	write(t, filepath.Join(top, "utf32"), "\xff\xfe\x00\x00a\x00\x00\x00")
	write(t, filepath.Join(top, "app.js"), strings.Repeat("x", 20_000))
	for _, c := range []struct {
		rel  string
		max  int64
		want string
	}{
		{"full", 10, ""},
		{"more", 10, "larger than 10 bytes"},
		{"nul", 0, "binary: NUL byte"},
		{"utf32", 0, "binary: NUL byte"},
		{"app.js", 0, "minified: 20000 bytes a line on average, more than 1000"},
		{"dir", 0, "not a regular file: directory"},
	} {
		text, _, skip, err := Read(top, c.rel, c.max)
		if skip.Rule != c.want || err != nil || (text != "") != (c.want == "") {
			t.Errorf("%s: got %.20q, %v, %v, want %q", c.rel, text, skip, err, c.want)
		}
	}
}

func TestReadMissing(t *testing.T) {
	top := build(t, `
		a.go x
		gone.go x
	`)
	d := mustDiscover(t, top, Options{})
	if len(d.Entries) != 2 {
		t.Fatalf("got\n%s", d)
	}
	if err := os.Remove(filepath.Join(top, "gone.go")); err != nil {
		t.Fatal(err)
	}
	for _, rel := range []string{"gone.go", "no/such/dir.go", "a.go/was-a-directory.go"} {
		_, _, skip, err := Read(top, rel, 0)
		if !errors.Is(err, fs.ErrNotExist) || skip.Skipped() || !strings.Contains(err.Error(), "read "+rel) {
			t.Errorf("%s: %v, %v", rel, skip, err)
		}
	}
	if _, _, _, err := Read(filepath.Join(top, "missing"), "a.go", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
}

func TestReadStaysInside(t *testing.T) {
	top := build(t, "a.go x")
	write(t, filepath.Join(filepath.Dir(top), "secret"), "x")
	for _, rel := range []string{"../secret", "a/../../secret", filepath.ToSlash(filepath.Join(filepath.Dir(top), "secret")), "", ".."} {
		text, _, skip, err := Read(top, rel, 0)
		if text != "" || err == nil || skip.Skipped() {
			t.Errorf("%q: got %q, %v, %v", rel, text, skip, err)
		}
	}
}

// BenchmarkRead reads 390 files of the standard library, 10 kB on average, as this system does it and as any can.
func BenchmarkRead(b *testing.B) {
	root := filepath.Join(gobuild.Default.GOROOT, "src", "net")
	var files []string
	var size int64
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".go" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files, size = append(files, filepath.ToSlash(rel)), size+info.Size()
		return err
	})
	if err != nil || len(files) < 100 {
		b.Fatalf("%d files, %v", len(files), err)
	}
	for _, way := range []struct {
		name string
		read byteReader
	}{{"this system", readBytes}, {"any system", readByName}} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				for _, rel := range files {
					if _, _, skip, err := readWith(way.read, root, rel, 0); err != nil || skip.Skipped() {
						b.Fatalf("%s: %v, %v", rel, skip, err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(files)), "µs/file")
		})
	}
}
