//go:build unix

package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestReadRefusesWhatIsNoFile(t *testing.T) {
	top := build(t, `
		real/a.go x
		.aws/credentials KEY=1
	`)
	outside := filepath.Join(filepath.Dir(top), "outside")
	write(t, filepath.Join(outside, "a.go"), "x")
	if err := syscall.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	symlink(t, "real/a.go", filepath.Join(top, "link.go"))
	symlink(t, filepath.Join(outside, "a.go"), filepath.Join(top, "out.go"))
	symlink(t, outside, filepath.Join(top, "outdir"))
	symlink(t, ".aws", filepath.Join(top, "harmless"))
	symlink(t, "nowhere", filepath.Join(top, "broken"))
	symlink(t, "loop", filepath.Join(top, "loop"))
	for _, c := range []struct{ root, rel, want string }{
		{top, "fifo", "not a regular file: FIFO"}, // and comes back though nobody writes
		{top, "link.go", "not a regular file: symlink"},
		{top, "out.go", "not a regular file: symlink"},
		{top, "outdir/a.go", "not a regular file: symlink"},
		{top, "harmless/credentials", "not a regular file: symlink"},
		{top, "broken", "not a regular file: symlink"},
		{top, "loop", "not a regular file: symlink"},
		{"/dev", "null", "not a regular file: device"},
	} {
		text, _, skip, err := Read(c.root, c.rel, 0)
		if text != "" || skip.Rule != c.want || err != nil {
			t.Errorf("%s: got %q, %v, %v, want %q", c.rel, text, skip, err, c.want)
		}
	}
}

// TestReplacedAfterTheLook goes past entrance, as a path does that is replaced between the look and the opening.
func TestReplacedAfterTheLook(t *testing.T) {
	top := build(t, "a.go x")
	outside := filepath.Join(filepath.Dir(top), "outside")
	write(t, filepath.Join(outside, "a.go"), "x")
	if err := syscall.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	symlink(t, outside, filepath.Join(top, "out"))
	b, _, skip, err := readInside(top, "fifo", 9)
	if b != nil || skip.Rule != "not a regular file: FIFO" || err != nil {
		t.Errorf("FIFO: %q, %v, %v", b, skip, err)
	}
	if b, _, skip, err = readInside(top, "out/a.go", 9); b != nil || skip.Skipped() || err == nil {
		t.Errorf("link out of the folder: %q, %v, %v", b, skip, err)
	}
}

// TestReadBesideAWriter reads a file that is written, removed, and replaced by a FIFO and by a link out of the folder
// all the while: a read gives one whole text or a reason, does not hang, and never shows what lies outside.
func TestReadBesideAWriter(t *testing.T) {
	top := build(t, "")
	outside := filepath.Join(filepath.Dir(top), "outside")
	write(t, outside, "outside")
	path, staged := filepath.Join(top, "a"), filepath.Join(top, "staged")
	one, two := strings.Repeat("1", 4000), strings.Repeat("2", 7000)
	put := func(make func() error) {
		if err := errors.Join(make(), os.Rename(staged, path)); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			for range 8 { // so that most reads meet a file
				put(func() error { return os.WriteFile(staged, []byte(one), 0o644) })
				put(func() error { return os.WriteFile(staged, []byte(two), 0o644) })
			}
			put(func() error { return syscall.Mkfifo(staged, 0o600) })
			put(func() error { return os.Symlink(outside, staged) })
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		}
	})
	texts, reasons := 0, 0
	for i := 0; i < 3000 || texts < 10; i++ {
		text, _, skip, err := Read(top, "a", 0)
		switch {
		case err == nil && !skip.Skipped():
			texts++
			if text != one && text != two {
				t.Errorf("a text of %d bytes, %.10q", len(text), text)
			}
		case err == nil || errors.Is(err, fs.ErrNotExist):
			reasons++
		case !strings.Contains(err.Error(), "path escapes from parent"): // the link came in between
			t.Errorf("unexpected: %v", err)
		}
	}
	close(stop)
	wg.Wait()
	t.Logf("%d texts, %d reasons", texts, reasons)
}

// TestReadHuge: the size is looked at before memory is asked for.
func TestReadHuge(t *testing.T) {
	top := build(t, "huge x")
	if err := os.Truncate(filepath.Join(top, "huge"), 1<<42); err != nil { // takes no room on disk
		t.Fatal(err)
	}
	text, e, skip, err := Read(top, "huge", 0)
	if text != "" || e.Size != 1<<42 || skip.Rule != "larger than 67108864 bytes" || err != nil {
		t.Errorf("got %d bytes, %+v, %v, %v", len(text), e, skip, err)
	}
}
