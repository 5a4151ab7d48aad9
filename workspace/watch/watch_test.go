package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard collects what a watch tells.
type heard struct {
	t       *testing.T
	root    string
	changed chan []string
	polling chan error
}

func listen(t *testing.T) *heard {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &heard{t: t, root: root, changed: make(chan []string, 100), polling: make(chan error, 1)}
}

func (h *heard) options() Options {
	return Options{Changed: func(p []string) { h.changed <- p }, Polling: func(err error) { h.polling <- err }}
}

// watch runs body beside a watch of the real file system.
func watch(t *testing.T, body func(h *heard)) {
	h := listen(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("folder removed")
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := Folder(ctx, h.root, h.options()); !errors.Is(err, gone) {
			t.Errorf("it ended with %v", err)
		}
	})
	h.await(h.root)
	body(h)
	cancel(gone)
	wg.Wait()
	select {
	case err := <-h.polling:
		t.Errorf("it is looked at from time to time: %v", err)
	default:
	}
}

// await waits until all of the paths have been told, perhaps together with others.
func (h *heard) await(paths ...string) {
	h.t.Helper()
	late := time.After(20 * time.Second)
	for len(paths) > 0 {
		select {
		case told := <-h.changed:
			paths = slices.DeleteFunc(paths, func(p string) bool { return slices.Contains(told, p) })
		case <-late:
			h.t.Fatalf("not told: %q", paths)
		}
	}
}

func (h *heard) path(rel string) string { return filepath.Join(h.root, filepath.FromSlash(rel)) }

func (h *heard) write(rel, data string) {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Dir(h.path(rel)), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(h.path(rel), []byte(data), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

func (h *heard) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestFilesOfEveryKind(t *testing.T) {
	watch(t, func(h *heard) {
		h.write("a.go", "1")
		h.await(h.path("a.go"))
		h.write("a.go", "2")
		h.await(h.path("a.go"))
		h.must(os.Rename(h.path("a.go"), h.path("b.go")))
		h.await(h.path("a.go"), h.path("b.go"))
		h.must(os.Remove(h.path("b.go")))
		h.await(h.path("b.go"))
	})
}

// Directories that come are followed, all the way down, and those that take the place of others too.
func TestDirectoriesThatCome(t *testing.T) {
	watch(t, func(h *heard) {
		h.write("x/y/z/deep.go", "1")
		h.await(h.path("x"))
		h.write("x/y/z/deep.go", "2")
		h.await(h.path("x/y/z/deep.go"))
		h.must(os.Rename(h.path("x"), h.path("old")))
		h.await(h.path("x"), h.path("old"))
		h.write("x/y/z/deep.go", "3")
		h.await(h.path("x"))
		h.write("x/y/z/deep.go", "4")
		h.await(h.path("x/y/z/deep.go"))
		h.write("old/y/z/deep.go", "5")
		h.await(h.path("old/y/z/deep.go"))
		h.must(os.RemoveAll(h.path("x")))
		h.await(h.path("x"))
	})
}

// What is ignored is not followed; what is no longer ignored is.
func TestIgnoredDirectories(t *testing.T) {
	watch(t, func(h *heard) {
		h.write(".gitignore", "out/\n")
		h.await(h.path(".gitignore"))
		h.write("out/noise.go", "1")
		h.await(h.path("out"))
		h.write("out/noise.go", "2")
		h.write("seen.go", "1")
		for end := false; !end; {
			select {
			case told := <-h.changed:
				if slices.Contains(told, h.path("out/noise.go")) {
					t.Error("an ignored file is told")
				}
				end = slices.Contains(told, h.path("seen.go"))
			case <-time.After(20 * time.Second):
				t.Fatal("nothing is told")
			}
		}
		h.write(".gitignore", "\n")
		h.await(h.path(".gitignore"))
		h.write("out/noise.go", "3")
		h.await(h.path("out/noise.go"))
	})
}

// Ignored trees are never followed, however large: not at the start, not when they come, not when something in them changes.
func TestIgnoredTreesAreNotFollowed(t *testing.T) {
	h := listen(t)
	for _, rel := range []string{
		"src/lib/a.go", "src/lib/deep/b.go", "docs/c.md", "src/target/kept.go", // of src/.gitignore, see below
		".git/HEAD", ".git/objects/00/x", ".git/refs/heads/main", ".git/logs/HEAD",
		"node_modules/left/pad/index.js", "src/node_modules/right/index.js", "out/bin/x.go", "src/lib/out/y.go",
		"private/z.go", "vendor-cache/w.go", ".venv/lib/v.py",
	} {
		h.write(rel, "package p\n")
	}
	h.write(".git/config", "[core]\n\trepositoryformatversion = 0\n")
	h.write(".git/HEAD", "ref: refs/heads/main\n")
	h.write(".gitignore", "out/\n/vendor-cache\ntarget/\n")
	h.write("src/.gitignore", "!target/\n")
	h.write(".semanticignore", "private/\n")
	want := []string{"", "docs", "src", "src/lib", "src/lib/deep", "src/target"}
	synctest.Test(t, func(t *testing.T) {
		f := &fake{h: h, events: make(chan fsnotify.Event), errors: make(chan error)}
		h.changed = make(chan []string, 100)
		var followed []string
		open := func() (notifier, error) {
			return notifier{
				add: func(dir string) error {
					rel, err := filepath.Rel(h.root, dir)
					followed = append(followed, strings.TrimPrefix(filepath.ToSlash(rel), "."))
					return err
				},
				remove: func(string) error { return nil }, close: func() error { return nil }, events: f.events, errors: f.errors,
			}, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- follow(ctx, h.root, h.options(), open) }()
		check := func(when string) {
			t.Helper()
			<-h.changed
			if got := slices.Sorted(slices.Values(followed)); !slices.Equal(got, want) {
				t.Errorf("%s: followed %q, want %q", when, got, want)
			}
		}
		check("at the start")
		// What a checkout does: directories come, ignored ones among them.
		for _, rel := range []string{"src/new/a.go", "src/new/node_modules/x/b.js", "src/new/out/c.go", "node_modules/more/d.js"} {
			h.write(rel, "package p\n")
		}
		f.events <- fsnotify.Event{Name: h.path("src/new"), Op: fsnotify.Create}
		want = slices.Sorted(slices.Values(append(want, "src/new")))
		check("after a directory came")
		f.errors <- fsnotify.ErrEventOverflow
		check("after events were lost")
		cancel()
		<-ended
	})
}

// What git writes for itself, its index with every status and commit, is nobody's business; that it has begun is.
func TestGitsOwnFilesAreNotTold(t *testing.T) {
	watch(t, func(h *heard) {
		h.write(".git/HEAD", "ref: refs/heads/main\n")
		h.write(".git/config", "[core]\n")
		h.write(".git/refs/heads/main", "")
		h.write("a.go", "1")
		h.await(h.path(".git"), h.path("a.go"))
		for i := range 50 {
			h.write(".git/index.lock", fmt.Sprint(i))
			h.must(os.Rename(h.path(".git/index.lock"), h.path(".git/index")))
			h.write(".git/HEAD", fmt.Sprintf("ref: refs/heads/%d\n", i))
		}
		h.write("b.go", "1")
		for end := false; !end; {
			select {
			case told := <-h.changed:
				if slices.ContainsFunc(told, func(path string) bool {
					return strings.HasPrefix(path, h.path(".git")+string(filepath.Separator)) || path == h.root
				}) {
					t.Errorf("told %q", told)
				}
				end = slices.Contains(told, h.path("b.go"))
			case <-time.After(20 * time.Second):
				t.Fatal("nothing is told")
			}
		}
	})
}

// fake is a notifier that the test plays; it runs in a bubble of synctest.
type fake struct {
	h      *heard
	events chan fsnotify.Event
	errors chan error
}

func play(t *testing.T, body func(f *fake)) {
	h := listen(t)
	synctest.Test(t, func(t *testing.T) {
		f := &fake{h: h, events: make(chan fsnotify.Event), errors: make(chan error)}
		h.changed = make(chan []string, 100)
		ctx, cancel := context.WithCancel(t.Context())
		open := func() (notifier, error) {
			return notifier{
				add: func(string) error { return nil }, remove: func(string) error { return nil }, close: func() error { return nil },
				events: f.events, errors: f.errors,
			}, nil
		}
		ended := make(chan error, 1)
		go func() { ended <- follow(ctx, h.root, h.options(), open) }()
		if told := <-h.changed; !slices.Equal(told, []string{h.root}) {
			t.Errorf("first it tells %q", told)
		}
		body(f)
		cancel()
		<-ended
	})
}

func (f *fake) wrote(rel string) {
	f.events <- fsnotify.Event{Name: f.h.path(rel), Op: fsnotify.Write}
}

// A burst is told once, when it is over; one that does not end is told every second.
func TestBursts(t *testing.T) {
	play(t, func(f *fake) {
		start := time.Now()
		for range 30 {
			f.wrote("a")
			f.wrote("b")
			time.Sleep(20 * time.Millisecond)
		}
		told := <-f.h.changed
		if took := time.Since(start); !slices.Equal(told, []string{f.h.path("a"), f.h.path("b")}) || took < 600*time.Millisecond || took > 700*time.Millisecond {
			t.Errorf("after %v: %q", took, told)
		}
		start = time.Now()
		for len(f.h.changed) == 0 {
			f.wrote("a")
			time.Sleep(20 * time.Millisecond)
		}
		if took := time.Since(start); took < most || took > most+50*time.Millisecond {
			t.Errorf("told after %v of writing", took)
		}
		for time.Sleep(most); len(f.h.changed) > 0; { // the last write came while it was told, or after
			<-f.h.changed
		}
	})
}

// What becomes readable is told. Other attributes of a file come with the same event: only the first is told.
func TestPermissions(t *testing.T) {
	watch(t, func(h *heard) {
		h.write("a.go", "1")
		h.await(h.path("a.go"))
		h.must(os.Chmod(h.path("a.go"), 0))
		h.await(h.path("a.go"))
		h.must(os.Chmod(h.path("a.go"), 0o644))
		h.await(h.path("a.go"))
	})
	play(t, func(f *fake) {
		f.h.write("a.go", "1")
		attribute := func(told bool) {
			t.Helper()
			f.events <- fsnotify.Event{Name: f.h.path("a.go"), Op: fsnotify.Chmod}
			f.wrote("b.go") // in the same burst: what is told with it is all that is
			want := []string{f.h.path("b.go")}
			if told {
				want = []string{f.h.path("a.go"), f.h.path("b.go")}
			}
			if got := <-f.h.changed; !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		attribute(true)
		attribute(false)
		f.h.must(os.Chmod(f.h.path("a.go"), 0o600))
		attribute(true)
		attribute(false)
		f.wrote("a.go")
		<-f.h.changed
		attribute(true) // it may be another file
		f.h.must(os.Remove(f.h.path("a.go")))
		attribute(false)
	})
}

// A directory that goes takes with it what is followed below it, and nothing else; for each of many that costs what is
// below it, not what is followed.
func TestForgetting(t *testing.T) {
	root := filepath.FromSlash("/r")
	at := func(rel string) string { return filepath.Join(root, filepath.FromSlash(rel)) }
	removed := 0
	w := &watcher{
		root: root, followed: map[string]bool{}, inside: map[string]map[string]bool{}, modes: map[string]fs.FileMode{},
		paths: map[string]bool{}, notifier: notifier{remove: func(string) error { removed++; return nil }},
	}
	for _, rel := range []string{"", "a", "a/b", "a/b/c", "a-b", "x/closed/y"} { // x cannot be followed
		w.keep(at(rel))
	}
	w.note(fsnotify.Event{Name: at("a"), Op: fsnotify.Remove})
	w.note(fsnotify.Event{Name: at("x"), Op: fsnotify.Rename})
	if got := slices.Sorted(maps.Keys(w.followed)); !slices.Equal(got, []string{root, at("a-b")}) || removed != 4 {
		t.Errorf("%q are followed, %d are not", got, removed)
	}
	const dirs = 50_000
	for i := range dirs {
		w.keep(at(fmt.Sprintf("big/%d", i)))
	}
	start := time.Now()
	for i := range dirs {
		w.note(fsnotify.Event{Name: at(fmt.Sprintf("big/%d", i)), Op: fsnotify.Remove})
	}
	w.note(fsnotify.Event{Name: at("big"), Op: fsnotify.Remove})
	if took := time.Since(start); len(w.followed) != 2 || len(w.inside) != 1 || took > 5*time.Second {
		t.Errorf("%d are followed, %d hold some, after %v", len(w.followed), len(w.inside), took)
	}
}

// More than is worth naming, and events that were lost, have the whole folder looked at.
func TestTooMuch(t *testing.T) {
	play(t, func(f *fake) {
		for i := range many + 1 {
			f.wrote(fmt.Sprint(i))
		}
		if told := <-f.h.changed; !slices.Equal(told, []string{f.h.root}) {
			t.Errorf("%d paths told", len(told))
		}
		f.wrote("a")
		f.errors <- fsnotify.ErrEventOverflow
		if told := <-f.h.changed; !slices.Equal(told, []string{f.h.root}) {
			t.Errorf("after events were lost: %q", told)
		}
		f.wrote("a")
		if told := <-f.h.changed; !slices.Equal(told, []string{f.h.path("a")}) {
			t.Errorf("afterwards: %q", told)
		}
	})
}

// Where directories cannot be followed, that is said, and the folder is looked at from time to time.
func TestPolling(t *testing.T) {
	h := listen(t)
	synctest.Test(t, func(t *testing.T) {
		h.changed, h.polling = make(chan []string, 100), make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		open := func() (notifier, error) {
			return notifier{add: func(string) error { return syscall.ENOSPC }, close: func() error { return nil }}, nil
		}
		go func() { ended <- folder(ctx, h.root, h.options(), open) }()
		time.Sleep(10 * pause)
		if err := <-h.polling; !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("it polls because of %v", err)
		}
		if n := len(h.changed); n < 9 || n > 11 {
			t.Errorf("looked at %d times", n)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}
