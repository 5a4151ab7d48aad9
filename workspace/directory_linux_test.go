package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDirectoryIsWhatTheSystemSays holds what is read here of a directory, larger than a buffer, against package os.
func TestDirectoryIsWhatTheSystemSays(t *testing.T) {
	top := t.TempDir()
	for i := range 3000 {
		if err := os.WriteFile(filepath.Join(top, "a file of some length "+strconv.Itoa(i)), make([]byte, i%7), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	symlink(t, "nowhere", filepath.Join(top, "link"))
	if err := os.Mkdir(filepath.Join(top, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDirectory(top, "", &scratch{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got := map[string]stat{}
	reads := 0
	for {
		entries, err := d.Read()
		if err != nil {
			break
		}
		reads++
		for _, e := range entries {
			s, err := d.Stat(e)
			if err != nil || e.kind != s.kind && e.kind != unknownKind {
				t.Fatalf("%s: %v and %v, %v", e.name, e.kind, s.kind, err)
			}
			got[e.name] = s
		}
	}
	if len(got) != len(want) || reads < 2 {
		t.Fatalf("%d entries in %d reads, want %d", len(got), reads, len(want))
	}
	for _, e := range want {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if got[e.Name()] != statOf(info) {
			t.Errorf("%s: got %+v, want %+v", e.Name(), got[e.Name()], statOf(info))
		}
	}
}

// A signal cuts short what the system gives at once, and Go's scheduler sends them: what was only "." was taken for the end,
// and the directory for empty. A buffer for one entry makes each of them come alone.
func TestDirectoryThatComesPieceByPiece(t *testing.T) {
	top := build(t, "b x\na x\nc/d x")
	oneByOne := func(root, rel string, s *scratch) (directory, error) {
		s.buf = make([]byte, 24) // of linux_dirent64: 19 bytes, the name and what aligns it
		return openDirectory(root, rel, s)
	}
	d, err := discover(t.Context(), top, Options{}, oneByOne)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		a
		b
		c/d
	`)
}

func TestKindsOfDirents(t *testing.T) {
	for _, c := range []struct {
		t    byte
		want fs.FileMode
	}{
		{unix.DT_UNKNOWN, unknownKind},
		{unix.DT_REG, 0},
		{unix.DT_DIR, fs.ModeDir},
		{unix.DT_LNK, fs.ModeSymlink},
		{unix.DT_FIFO, fs.ModeNamedPipe},
		{unix.DT_SOCK, fs.ModeSocket},
		{unix.DT_BLK, fs.ModeDevice},
		{unix.DT_CHR, fs.ModeDevice | fs.ModeCharDevice},
		{unix.DT_WHT, fs.ModeIrregular},
	} {
		if got := direntKind(c.t); got != c.want {
			t.Errorf("%d: got %v, want %v", c.t, got, c.want)
		}
	}
}

// TestTornDirents: no kernel writes those, and nothing must come of them but fewer entries.
func TestTornDirents(t *testing.T) {
	record := append(make([]byte, 16), 24, 0, unix.DT_REG, 'a', '.', 'g', 'o', 0)
	whole := slices.Concat(record, record)
	for n := range len(whole) + 1 {
		if got := len(parseDirents(nil, whole[:n])); got != n/len(record) {
			t.Errorf("%d bytes: %d entries", n, got)
		}
	}
	for size := range 64 {
		torn := slices.Clone(record)
		torn[16] = byte(size)
		if got := parseDirents(nil, torn); len(got) > 1 {
			t.Errorf("a record of %d bytes: %v", size, got)
		}
	}
}

// TestUnknownKinds: a file system that does not say what its entries are costs a look at each.
func TestUnknownKinds(t *testing.T) {
	top := build(t, `
		a.go x
		sub/b.go x
	`)
	symlink(t, "a.go", filepath.Join(top, "link.go"))
	open := func(root, rel string, s *scratch) (directory, error) {
		d, err := openDirectory(root, rel, s)
		return unknowing{d}, err
	}
	d, err := discover(t.Context(), top, Options{}, open)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		a.go
		sub/b.go
		- link.go: symlink: indexed where it points (built-in)
	`)
}

type unknowing struct{ directory }

func (d unknowing) Read() ([]dirent, error) {
	entries, err := d.directory.Read()
	for i := range entries {
		entries[i].kind = unknownKind
	}
	return entries, err
}
