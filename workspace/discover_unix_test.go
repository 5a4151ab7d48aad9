//go:build unix

package workspace

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyRegularFiles(t *testing.T) {
	top := build(t, `
		a.go x
		dir/b.go x
	`)
	if err := syscall.Mkfifo(filepath.Join(top, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(top) // a socket's path is limited to some hundred bytes
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	outside := filepath.Join(filepath.Dir(top), "outside.go")
	write(t, outside, "x")
	symlink(t, "a.go", filepath.Join(top, "link.go"))
	symlink(t, "dir", filepath.Join(top, "linked"))
	symlink(t, "..", filepath.Join(top, "dir", "up"))
	symlink(t, outside, filepath.Join(top, "out.go"))
	symlink(t, "nowhere", filepath.Join(top, "broken"))
	symlink(t, "loop2", filepath.Join(top, "loop1"))
	symlink(t, "loop1", filepath.Join(top, "loop2"))
	symlink(t, top+"-other", filepath.Join(top, "prefix"))
	if err := os.Mkdir(top+"-other", 0o755); err != nil {
		t.Fatal(err)
	}
	expect(t, mustDiscover(t, top, Options{}).String(), `
		a.go
		dir/b.go
		- broken: symlink: broken (built-in)
		- fifo: not a regular file: FIFO (built-in)
		- link.go: symlink: indexed where it points (built-in)
		- linked: symlink: indexed where it points (built-in)
		- loop1: symlink: it cannot be followed (built-in)
		- loop2: symlink: it cannot be followed (built-in)
		- out.go: symlink: it points out of the folder (built-in)
		- prefix: symlink: it points out of the folder (built-in)
		- socket: not a regular file: socket (built-in)
		- dir/up: symlink: indexed where it points (built-in)
	`)
}

func TestLinkedRoot(t *testing.T) {
	top := build(t, "a.go x")
	symlink(t, "a.go", filepath.Join(top, "b.go"))
	link := filepath.Join(filepath.Dir(top), "link")
	symlink(t, top, link)
	expect(t, mustDiscover(t, link, Options{}).String(), `
		a.go
		- b.go: symlink: indexed where it points (built-in)
	`)
	if txt, _, skip, err := Read(link, "a.go", 0); txt != "x" || skip.Skipped() || err != nil {
		t.Errorf("Read: %q, %v, %v", txt, skip, err)
	}
}

func TestDevicesAreSkipped(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	d := mustDiscover(t, "/dev", Options{})
	i := slices.IndexFunc(d.Skipped, func(s Skipped) bool { return s.Path == "null" })
	if i < 0 || d.Skipped[i].Rule != "not a regular file: device" {
		t.Errorf("/dev/null is not among\n%s", d)
	}
}

func TestOtherFileSystems(t *testing.T) {
	top := build(t, `
		a.go x
		sub/b.go x
	`)
	info, err := os.Stat(top)
	if err != nil {
		t.Fatal(err)
	}
	device, _ := identity(info)
	w := &walk{root: top, device: device + 1, maxSize: 1, unit: inPlace, open: openDirectory}
	lists, err := w.level(t.Context(), []folder{{rules: mustRules(t, top)}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Discovery{Entries: lists[0].entries, Skipped: lists[0].skipped}
	expect(t, d.String(), `
		- a.go: another file system (built-in)
		- sub: another file system (built-in)
	`)
	if len(lists[0].folders) != 0 {
		t.Error("the directory would be entered")
	}
}

func TestVanishedFile(t *testing.T) {
	top := build(t, `
		a.go x
		b.go x
		c.go x
	`)
	readDir := func(path string) ([]os.DirEntry, error) {
		entries, err := os.ReadDir(path)
		if err := os.Remove(filepath.Join(path, "a.go")); err != nil {
			t.Error(err)
		}
		if err := os.Remove(filepath.Join(path, "b.go")); err != nil {
			t.Error(err)
		}
		if err := syscall.Mkfifo(filepath.Join(path, "b.go"), 0o600); err != nil {
			t.Error(err)
		}
		return entries, err
	}
	d, err := discover(t.Context(), top, Options{}, listed(readDir))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		c.go
		- a.go: cannot be read: no such file or directory (built-in)
		- b.go: not a regular file: FIFO (built-in)
	`)
}

// TestDirectoryBecomesALink: what was a directory when it was found is not followed when it has become a link, or a
// FIFO, which would wait for a writer.
func TestDirectoryBecomesALink(t *testing.T) {
	top := build(t, `
		a/x.go x
		b/y.go x
		c/z.go x
	`)
	outside := filepath.Join(filepath.Dir(top), "outside")
	write(t, filepath.Join(outside, "secret.go"), "x")
	open := func(root, rel string, s *scratch) (directory, error) {
		path := filepath.Join(root, rel)
		switch filepath.Base(path) {
		case "a", "b":
			if err := os.RemoveAll(path); err != nil {
				t.Error(err)
			}
			if filepath.Base(path) == "a" {
				symlink(t, outside, path)
			} else if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Error(err)
			}
		}
		return openDirectory(root, rel, s)
	}
	d, err := discover(t.Context(), top, Options{}, open)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		c/z.go
		- a: cannot be read: not a directory (built-in)
		- b: cannot be read: not a directory (built-in)
	`)
}

// TestAncestorBecomesALink: a walk stays in the folder when a directory above one that it has found is a link by now, to
// a tree outside that has the same names.
func TestAncestorBecomesALink(t *testing.T) {
	for _, c := range []struct{ target, want string }{
		{"../outside", `
			c.go
			a/x.go
			- a/b: cannot be read: path escapes from parent (built-in)
		`},
		{"moved", `
			c.go
			a/x.go
			a/b/y.go
		`},
	} {
		top := build(t, `
			a/x.go x
			a/b/y.go x
			c.go x
		`)
		write(t, filepath.Join(filepath.Dir(top), "outside", "b", "secret.go"), "x")
		open := func(root, rel string, s *scratch) (directory, error) {
			if rel == "a/b/" {
				if err := os.Rename(filepath.Join(top, "a"), filepath.Join(top, "moved")); err != nil {
					t.Error(err)
				}
				symlink(t, c.target, filepath.Join(top, "a"))
			}
			return openDirectory(root, rel, s)
		}
		d, err := discover(t.Context(), top, Options{}, open)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, d.String(), c.want)
	}
}

// TestDirectoryIsReplaced: another directory in the place of the one that was found is read as it is.
func TestDirectoryIsReplaced(t *testing.T) {
	top := build(t, "a/b/x.go x")
	other := filepath.Join(filepath.Dir(top), "other")
	write(t, filepath.Join(other, "y.go"), "x")
	write(t, filepath.Join(other, "c", "z.go"), "x")
	open := func(root, rel string, s *scratch) (directory, error) {
		if rel == "a/b/" {
			old := filepath.Join(top, "a", "b")
			if err := errors.Join(os.RemoveAll(old), os.Rename(other, old)); err != nil {
				t.Error(err)
			}
		}
		return openDirectory(root, rel, s)
	}
	d, err := discover(t.Context(), top, Options{}, open)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		a/b/y.go
		a/b/c/z.go
	`)
}

// TestNothingIsRun: a walk and a read run no program, neither git nor what a repository's configuration and hooks name.
func TestNothingIsRun(t *testing.T) {
	top := build(t, `
		.git/HEAD x
		.gitattributes *.go filter=spy
		a.log x
		a.go x
	`)
	trace := filepath.Join(filepath.Dir(top), "trace")
	spy := filepath.Join(filepath.Dir(top), "bin", "git")
	for _, path := range []string{
		spy, filepath.Join(filepath.Dir(spy), "sh"), filepath.Join(top, ".git", "hooks", "post-checkout"),
		filepath.Join(top, ".git", "hooks", "fsmonitor-watchman"),
	} {
		write(t, path, "#!/bin/sh\necho $0 >> "+trace+"\n")
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(top, ".git", "config"), "[core]\n\tfsmonitor = "+spy+"\n\texcludesFile = !"+spy+"\n"+
		"[filter \"spy\"]\n\tclean = "+spy+"\n\tsmudge = "+spy+"\n[alias]\n\tx = !"+spy+"\n")
	write(t, filepath.Join(top, ".gitignore"), "*.log\n")
	t.Setenv("PATH", filepath.Dir(spy))
	expect(t, mustDiscover(t, top, Options{}).String(), `
		.gitattributes
		.gitignore
		a.go
		- .git: version control: .git (built-in)
		- a.log: *.log (.gitignore:1)
	`)
	if _, _, _, err := Read(top, "a.go", 0); err != nil {
		t.Error(err)
	}
	if ran, err := os.ReadFile(trace); err == nil {
		t.Errorf("it has run %s", ran)
	}
}

// TestWalkIsBounded: however wide a tree is, few directories are open at a time.
func TestWalkIsBounded(t *testing.T) {
	var spec strings.Builder
	for i := range 100 {
		fmt.Fprintf(&spec, "d%d/x.go x\n", i)
	}
	top := build(t, spec.String())
	var now, most, begun atomic.Int32
	together := make(chan struct{})
	open := func(root, rel string, s *scratch) (directory, error) {
		for n := now.Add(1); ; {
			old := most.Load()
			if n <= old || most.CompareAndSwap(old, n) {
				break
			}
		}
		if rel != "" { // as many as may be are open before the first goes on
			if begun.Add(1) == walkers {
				close(together)
			}
			<-together
		}
		d, err := openDirectory(root, rel, s)
		return counted{d, &now}, err
	}
	d, err := discover(t.Context(), top, Options{}, open)
	if err != nil || len(d.Entries) != 100 || now.Load() != 0 {
		t.Fatalf("%d files, %d directories left open, %v", len(d.Entries), now.Load(), err)
	}
	if n := most.Load(); n != walkers {
		t.Errorf("%d directories at a time, want %d", n, walkers)
	}
}

type counted struct {
	directory
	open *atomic.Int32
}

func (d counted) Close() error {
	d.open.Add(-1)
	return d.directory.Close()
}

// TestPathTooLong has a directory that really cannot be read, whoever asks: its path is longer than the system takes.
func TestPathTooLong(t *testing.T) {
	top := build(t, "a.go x")
	dir, err := os.OpenRoot(top)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("d", 200)
	for range 30 {
		if err := dir.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := dir.OpenRoot(name)
		if err != nil {
			t.Fatal(err)
		}
		dir.Close()
		dir = next
	}
	dir.Close()
	d := mustDiscover(t, top, Options{})
	if len(d.Entries) != 1 || len(d.Skipped) != 1 || d.Skipped[0].Rule != "cannot be read: file name too long" {
		t.Errorf("got\n%s", d)
	}
}

// TestNamesThatAreNotUTF8 makes such names where the file system takes them: macOS refuses them, so that there is
// nothing to skip.
func TestNamesThatAreNotUTF8(t *testing.T) {
	top := build(t, "a.go x")
	err := os.WriteFile(filepath.Join(top, "caf\xe9.go"), nil, 0o644)
	if runtime.GOOS == "darwin" {
		if err == nil {
			t.Fatal("the file system takes such names now: test them here too")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(top, "d\xff", "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	expect(t, mustDiscover(t, top, Options{}).String(), `
		a.go
		- caf�.go: its name is not UTF-8 (built-in)
		- d�: its name is not UTF-8 (built-in)
	`)
}
