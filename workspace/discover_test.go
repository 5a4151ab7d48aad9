package workspace

import (
	"context"
	"errors"
	"fmt"
	gobuild "go/build"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestDiscover(t *testing.T) {
	top := build(t, `
		.git/HEAD x
		.gitignore *.log
		z.go z
		a.go a
		sub/b.go b
		sub/.gitignore gen/
		sub/gen/c.go c
		sub/deep/er/d.go d
		big.txt 0123456789
		full.txt 012345678
		app.log x
		node_modules/x/y.js x
		empty.txt
		empty/
		.env KEY=1
	`)
	expect(t, mustDiscover(t, top, Options{MaxFileSize: 9}).String(), `
		.gitignore
		a.go
		empty.txt
		full.txt
		z.go
		sub/.gitignore
		sub/b.go
		sub/deep/er/d.go
		- .env: credentials: .env (built-in)
		- .git: version control: .git (built-in)
		- app.log: *.log (.gitignore:1)
		- big.txt: larger than 9 bytes (built-in)
		- node_modules: dependencies: node_modules (built-in)
		- sub/gen: gen/ (sub/.gitignore:1)
	`)
}

func TestEntryIsWhatStatSays(t *testing.T) {
	top := build(t, "a.go hello")
	info, err := os.Stat(filepath.Join(top, "a.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, inode := identity(info)
	want := Entry{Path: "a.go", Size: 5, ModTime: info.ModTime().UnixNano(), Inode: inode}
	if got := mustDiscover(t, top, Options{}).Entries; len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, got, _, err := Read(top, "a.go", 0)
	if err != nil || got != want {
		t.Errorf("Read: got %+v, %v, want %+v", got, err, want)
	}
}

func TestSameTreeSameOrder(t *testing.T) {
	var spec strings.Builder
	for _, dir := range []string{"", "b/", "a/", "a/x/", "a/y/", "c/d/e/"} {
		for _, file := range []string{"2", "1", "3.log"} {
			spec.WriteString(dir + file + " x\n")
		}
		spec.WriteString(dir + ".gitignore *.log\n")
	}
	top := build(t, spec.String())
	first := mustDiscover(t, top, Options{})
	for range 20 {
		if again := mustDiscover(t, top, Options{}); !reflect.DeepEqual(again, first) {
			t.Fatalf("got\n%s\nthen\n%s", first, again)
		}
	}
	depth := 0
	for _, e := range first.Entries {
		if d := strings.Count(e.Path, "/"); d < depth {
			t.Errorf("%s comes behind a deeper one", e.Path)
		} else {
			depth = d
		}
	}
}

func TestRootMustBeADirectory(t *testing.T) {
	top := build(t, "file x")
	for _, c := range []struct{ root, want string }{
		{filepath.Join(top, "missing"), "it does not exist; create it, or remove it from the workspace"},
		{filepath.Join(top, "file"), "it is not a directory; open the directory that holds it"},
		{filepath.Join(top, "file", "below"), "walk " + filepath.Join(top, "file", "below")},
	} {
		d, err := Discover(t.Context(), c.root, Options{})
		if d != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.root, err, c.want)
		}
	}
	if _, err := Discover(t.Context(), filepath.Join(top, "missing"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not fs.ErrNotExist: %v", err)
	}
}

func TestUnreadableRoot(t *testing.T) {
	top := build(t, "a.go x")
	denied := func(string) ([]os.DirEntry, error) {
		return nil, &fs.PathError{Op: "open", Path: top, Err: fs.ErrPermission}
	}
	_, err := discover(t.Context(), top, Options{}, listed(denied))
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "check its permissions") {
		t.Errorf("got %v", err)
	}
}

// TestUnreadableDirectory denies one directory and tears the reading of another off half-way: chmod would not stop a
// test that runs as root.
func TestUnreadableDirectory(t *testing.T) {
	top := build(t, `
		a/x.go x
		b/x.go x
		b/y.go x
		c/x.go x
	`)
	readDir := func(path string) ([]os.DirEntry, error) {
		entries, err := os.ReadDir(path)
		switch filepath.Base(path) {
		case "a":
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		case "b":
			return entries[:1], &fs.PathError{Op: "readdirent", Path: path, Err: errors.New("input/output error")}
		}
		return entries, err
	}
	d, err := discover(t.Context(), top, Options{}, listed(readDir))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d.String(), `
		b/x.go
		c/x.go
		- a: cannot be read: permission denied (built-in)
		- b: cannot be read: input/output error (built-in)
	`)
}

func TestVanishedDirectory(t *testing.T) {
	top := build(t, `
		a/x.go x
		b/x.go x
	`)
	readDir := func(path string) ([]os.DirEntry, error) {
		if filepath.Base(path) == "a" {
			if err := os.RemoveAll(path); err != nil {
				t.Error(err)
			}
		}
		return os.ReadDir(path)
	}
	d, err := discover(t.Context(), top, Options{}, listed(readDir))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Entries) != 1 || d.Entries[0].Path != "b/x.go" || len(d.Skipped) != 1 ||
		d.Skipped[0].Path != "a" || !strings.HasPrefix(d.Skipped[0].Rule, "cannot be read: ") {
		t.Errorf("got\n%s", d)
	}
}

func TestCancelledWalk(t *testing.T) {
	top := build(t, `
		a/x.go x
		b/x.go x
	`)
	reason := errors.New("closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	readDir := func(path string) ([]os.DirEntry, error) {
		cancel(reason)
		return os.ReadDir(path)
	}
	d, err := discover(ctx, top, Options{}, listed(readDir))
	if d != nil || !errors.Is(err, context.Canceled) || !errors.Is(err, reason) {
		t.Errorf("got %v, %v", d, err)
	}
}

// TestCancelledInsideADirectory: one directory of many files must not hold up the end.
func TestCancelledInsideADirectory(t *testing.T) {
	top := build(t, "a x")
	ctx, cancel := context.WithCancel(t.Context())
	readDir := func(path string) ([]os.DirEntry, error) {
		entries, err := os.ReadDir(path)
		for len(entries) < 1000 {
			entries = append(entries, entries[0])
		}
		cancel()
		return entries, err
	}
	rules := mustRules(t, top)
	looks := 0
	w := &walk{root: top, maxSize: 1, unit: inPlace, open: func(root, rel string, s *scratch) (directory, error) {
		dir, err := listed(readDir)(root, rel, s)
		return &lookedAt{dir, &looks}, err
	}}
	if _, err := w.level(ctx, []folder{{rules: rules}}); !errors.Is(err, context.Canceled) || looks > portion {
		t.Errorf("%d were looked at, %v", looks, err)
	}
}

// TestUnits: every stretch of a walk runs in a unit, short enough that who waits for a core gets one, and a unit that is
// refused ends the walk.
func TestUnits(t *testing.T) {
	var spec strings.Builder
	for i := range 40 {
		for j := range 20 {
			fmt.Fprintf(&spec, "d%d/e/f%d.go x\n", i, j)
		}
	}
	top := build(t, spec.String())
	var running, looks atomic.Int32
	unit := func(_ context.Context, work func() error) error {
		running.Add(1)
		defer running.Add(-1)
		return work()
	}
	open := func(root, rel string, s *scratch) (directory, error) {
		if running.Load() == 0 {
			t.Errorf("%s is opened outside of a unit", rel)
		}
		dir, err := openDirectory(root, rel, s)
		return &inUnits{dir, t, &running, &looks}, err
	}
	d, err := discover(t.Context(), top, Options{Unit: unit}, open)
	if err != nil || len(d.Entries) != 800 || looks.Load() != 880 {
		t.Fatalf("%v: %d files, %d looks", err, len(d.Entries), looks.Load())
	}

	units := 0
	slow := func(root, rel string, s *scratch) (directory, error) {
		for start := time.Now(); time.Since(start) <= stretch; { // of work
		}
		return openDirectory(root, rel, s)
	}
	var mu sync.Mutex
	count := func(_ context.Context, work func() error) error {
		mu.Lock()
		units++
		mu.Unlock()
		return work()
	}
	if _, err := discover(t.Context(), top, Options{Unit: count}, slow); err != nil || units < 81 {
		t.Errorf("%d units for 81 directories that take long: %v", units, err)
	}

	refused := errors.New("no core is lent")
	_, err = Discover(t.Context(), top, Options{Unit: func(context.Context, func() error) error { return refused }})
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

type inUnits struct {
	directory
	t       *testing.T
	running *atomic.Int32
	looks   *atomic.Int32
}

func (d *inUnits) Stat(e dirent) (stat, error) {
	if d.looks.Add(1); d.running.Load() == 0 {
		d.t.Errorf("%s is looked at outside of a unit", e.name)
	}
	return d.directory.Stat(e)
}

func TestOnlyDirectories(t *testing.T) {
	top := build(t, `
		.gitignore gone/
		a/b/x.go x
		gone/y.go x
		z.png x
	`)
	d := mustDiscover(t, top, Options{OnlyDirectories: true})
	if want := []string{".", "a", "a/b"}; !slices.Equal(d.Directories, want) {
		t.Errorf("got %q, want %q", d.Directories, want)
	}
	expect(t, d.String(), `
		- gone: gone/ (.gitignore:1)
	`)
}

func TestWorkingTrees(t *testing.T) {
	top := build(t, `
		.git/HEAD x
		.git/worktrees/copy/HEAD x
		.git/worktrees/copy/commondir ../..
		.git/modules/sub/HEAD x
		.worktrees/copy/.git gitdir: ../../.git/worktrees/copy
		.worktrees/copy/a.go x
		sub/.git gitdir: ../.git/modules/sub
		sub/a.go x
		clone/.git/HEAD x
		clone/a.go x
		a.go x
	`)
	expect(t, mustDiscover(t, top, Options{}).String(), `
		a.go
		clone/a.go
		sub/a.go
		- .git: version control: .git (built-in)
		- .worktrees/copy: another working tree of this git repository (built-in)
		- clone/.git: version control: .git (built-in)
		- sub/.git: version control: .git (built-in)
	`)
	// Opened on its own, the copy is what was asked for.
	expect(t, mustDiscover(t, filepath.Join(top, ".worktrees", "copy"), Options{}).String(), `
		a.go
		- .git: version control: .git (built-in)
	`)
}

// TestWorkingTreesOfABareRepository: the folder around them has no files of its own, so they are not copies.
func TestWorkingTreesOfABareRepository(t *testing.T) {
	top := build(t, `
		.git gitdir: ./.bare
		.bare/HEAD x
		.bare/objects/
		.bare/worktrees/main/HEAD x
		.bare/worktrees/main/commondir ../..
		main/.git gitdir: ../.bare/worktrees/main
		main/a.go x
	`)
	write(t, filepath.Join(top, ".bare", "config"), "[core]\n\tbare = true\n")
	expect(t, mustDiscover(t, top, Options{}).String(), `
		main/a.go
		- .bare: version control: bare repository (built-in)
		- .git: version control: .git (built-in)
		- main/.git: version control: .git (built-in)
	`)
}

func TestWarningsArePassedOn(t *testing.T) {
	top := build(t, "a.go x")
	write(t, filepath.Join(top, "sub", ".gitignore"), strings.Repeat("a", 5000)+"\n")
	got := mustDiscover(t, top, Options{}).Warnings
	if want := []string{"sub/.gitignore:1: longer than 4096 bytes, left out"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

func BenchmarkDiscover(b *testing.B) {
	root := filepath.Join(gobuild.Default.GOROOT, "src")
	b.Run("Discover", func(b *testing.B) {
		for b.Loop() {
			d, err := Discover(b.Context(), root, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(d.Entries)), "files")
		}
	})
	b.Run("WalkDir", func(b *testing.B) { // the plain way, with a stat of each: what the rules cost
		for b.Loop() {
			err := filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
				if err == nil {
					_, err = d.Info()
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Read", func(b *testing.B) {
		d, err := Discover(b.Context(), root, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			for _, e := range d.Entries[:1000] {
				if _, _, _, err := Read(root, e.Path, 0); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
