package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// script is a life of a store with all that it writes: changes, checkpoints between them
// with and without segments that stay, an index begun anew, and a second life. It goes on
// whatever fails, and returns the content after each change, and how many of them were
// stored when they were made.
func script(t *testing.T, sys FS, cache string) (after []string, stored int) {
	t.Helper()
	l := opened(t, OpenOn(sys, cache, id))
	after = []string{l.content()}
	do := func(c Change) {
		err := l.append(c)
		after = append(after, l.content())
		if err == nil && l.Writes() {
			stored = len(after) - 1
		}
	}
	put := func(path, text string) { do(Change{Segment: segment(t, path, text)}) }
	put("a.go", "alpha")
	put("b.go", "beta")
	_ = l.checkpoint(all)
	put("b.go", "beta changed")
	put("c.go", "gamma")
	_ = l.checkpoint(func(i int, _ index.Piece) bool { return i > 0 })
	do(Change{Segment: segment(t, "a.go", "alpha changed"), Removed: []string{"c.go"}})
	if err := l.Reset(); err == nil && l.Writes() {
		l.x.Reset()
		after = append(after, "")
		stored = len(after) - 1
	}
	put("d.go", "delta")
	_ = l.checkpoint(all)
	put("e.go", "epsilon")
	want := l.content()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if stored < len(after)-1 {
		return after, stored
	}
	l = opened(t, OpenOn(sys, cache, id))
	defer l.Close()
	if got := l.content(); got != want && l.Writes() {
		t.Errorf("a second life begins with %q, want %q; health %q", got, want, l.Health())
	}
	if put("f.go", "zeta"); !l.Writes() {
		after[len(after)-1] = want
	}
	return after, stored
}

// stepFails runs the script once for each of its steps, which fails as err says, with
// half of what is to be written or none; with all that follow, or alone. Afterwards the
// store has to hold what was stored, or what was about to be, and to go on.
func stepFails(t *testing.T, err error, rest bool) (runs int) {
	t.Helper()
	const cache = "/cache"
	counting := &faulty{FS: newMemory()}
	script(t, counting, cache)
	for n := range counting.steps {
		for _, short := range []bool{true, false} {
			at := -1
			files := newMemory()
			sys := &faulty{FS: files, step: func(op, _ string) (bool, error) {
				if at++; at == n || rest && at > n {
					return short && at == n, err
				}
				return false, nil
			}}
			after, stored := script(t, sys, cache)
			what := fmt.Sprintf("step %d, %s, half of it: %v", n, filepath.Base(sys.steps[min(n, len(sys.steps)-1)]), short)
			l := opened(t, OpenOn(files, cache, id))
			if got := l.content(); !slices.Contains(after[stored:min(stored+2, len(after))], got) {
				t.Fatalf("%s: %q, want %q or what follows; health %q", what, got, after[stored], l.Health())
			}
			if strings.HasPrefix(l.Health(), "rebuilt") || !l.Writes() {
				t.Fatalf("%s: health %q", what, l.Health())
			}
			l.put("z.go", "omega")
			want := l.content()
			if err := l.checkpoint(all); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			l.Close()
			l = opened(t, OpenOn(files, cache, id))
			if l.content() != want || l.Health() != HealthOK {
				t.Fatalf("%s: %q, want %q; health %q", what, l.content(), want, l.Health())
			}
			l.Close()
			runs++
		}
	}
	return runs
}

// A process may end at any step: what follows is never done.
func TestAnyStepMayBeTheLast(t *testing.T) {
	t.Logf("%d crashes", stepFails(t, errors.New("the process is dead"), true))
}

func TestAnyStepMayFail(t *testing.T) {
	t.Logf("%d failures", stepFails(t, syscall.EIO, false))
}

func TestTheDiskMayBeFullAtAnyStep(t *testing.T) {
	t.Logf("%d full disks", stepFails(t, syscall.ENOSPC, true))
}

// damage opens a store again and again of which one file is as spoil says, until that
// says no, and compares what it then holds.
func damage(t *testing.T, spoil func(data []byte, n int) ([]byte, bool)) (runs int) {
	t.Helper()
	const cache = "/cache"
	disk := newMemory()
	dir, after := settledOn(t, disk, cache)
	known := map[string]bool{} // all that was ever stored, a file each
	first := content(Change{Segment: segment(t, "a.go", "alpha")}, Change{Segment: segment(t, "b.go", "beta")})
	for _, text := range append(after, first) {
		for _, file := range strings.Fields(text) {
			known[file] = true
		}
	}
	for name, file := range disk.files(dir) {
		for n := 0; ; n++ {
			spoiled, ok := spoil(file.data, n)
			if !ok {
				break
			}
			sys := disk.clone()
			sys.files(dir)[name].data = spoiled
			looking := opened(t, lookOn(sys, cache, id, func(context.Context) {}))
			report, err := checkOn(t.Context(), sys, cache, id, func(context.Context) {})
			if err != nil || (len(report.Faults) == 0) != (looking.Health() == HealthOK) {
				t.Fatalf("%s, byte %d: %q, %v; looking finds %q", name, n, report.Faults, err, looking.Health())
			}
			l := opened(t, OpenOn(sys, cache, id))
			for _, file := range strings.Fields(l.content()) {
				if !known[file] {
					t.Fatalf("%s, byte %d: %s was never stored", name, n, file)
				}
			}
			if l.content() != after[2] && l.Health() == HealthOK && !empties(name, spoiled, file.data) {
				t.Fatalf("%s, byte %d: %q and nothing is said", name, n, l.content())
			}
			if (looking.Health() == HealthOK) != (l.Health() == HealthOK) || looking.content() != l.content() {
				t.Fatalf("%s, byte %d: looking finds %q, %q; then %q, %q", name, n,
					looking.content(), looking.Health(), l.content(), l.Health())
			}
			if strings.HasSuffix(name, ".log") && !slices.Contains(append(after, ""), l.content()) {
				t.Fatalf("%s, byte %d: %q", name, n, l.content())
			}
			if !l.Writes() {
				t.Fatalf("%s, byte %d: health %q", name, n, l.Health())
			}
			l.put("z.go", "omega")
			want := l.content()
			l.Close()
			looking.Close()
			l = opened(t, OpenOn(sys, cache, id))
			if l.content() != want || l.Health() != HealthOK {
				t.Fatalf("%s, byte %d, mended: %q, want %q; health %q", name, n, l.content(), want, l.Health())
			}
			l.Close()
			runs++
		}
	}
	return runs
}

// empties tells that a file is cut where that says the same as a log of fewer changes.
func empties(name string, spoiled, whole []byte) bool {
	return strings.HasSuffix(name, ".log") && len(spoiled) >= logHeader && len(spoiled)%alignment == 0 &&
		bytes.HasPrefix(whole, spoiled)
}

// Invariant: deleting the cache loses only time; a torn, truncated or foreign
// cache is detected and rebuilt, never trusted.
func TestAnyFileMayBeCutAtAnyByte(t *testing.T) {
	t.Logf("%d files that are cut", damage(t, func(data []byte, n int) ([]byte, bool) {
		return bytes.Clone(data[:min(n, len(data))]), n < len(data)
	}))
}

func TestAnyByteMayBeFlipped(t *testing.T) {
	t.Logf("%d bytes that are flipped", damage(t, func(data []byte, n int) ([]byte, bool) {
		if n >= len(data) {
			return nil, false
		}
		data = bytes.Clone(data)
		data[n] ^= 1 << (n % 8)
		return data, true
	}))
}

func TestAnyFileMayBeMissing(t *testing.T) {
	cache := t.TempDir()
	dir, after := settled(t, cache)
	whole := files(t, dir)
	for name := range whole {
		restore(t, dir, whole)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		l := begin(t, cache)
		ok := strings.Contains(strings.ToLower(name), "lock") || name == manifestName // without it there is no index
		if (l.Health() == HealthOK) != ok || !l.Writes() || ok && name != manifestName && l.content() != after[2] {
			t.Errorf("%s: %q, health %q", name, l.content(), l.Health())
		}
		l.Close()
	}
}

// On a file system without locks what is stored is read, and nothing is written.
func TestWithoutLocks(t *testing.T) {
	for _, cause := range []error{syscall.ENOLCK, syscall.ENOTSUP, syscall.EOPNOTSUPP} {
		for _, which := range []string{openName, lockName, "lock"} {
			cache := t.TempDir()
			dir, after := settled(t, cache)
			whole := files(t, dir)
			l := opened(t, OpenOn(&faulty{FS: System(), lock: func(name string) error {
				if filepath.Base(name) == which || strings.HasSuffix(strings.ToLower(name), which) {
					return &os.PathError{Op: "lock", Path: name, Err: cause}
				}
				return nil
			}}, cache, id))
			if l.content() != after[2] || !InMemory(l.Health()) || !strings.Contains(l.Health(), cause.Error()) {
				t.Errorf("%v of %s: %q, health %q", cause, which, l.content(), l.Health())
			}
			l.put("z.go", "omega")
			if err := l.Reset(); err != nil {
				t.Error(err)
			}
			l.Close()
			same(t, dir, whole)
		}
	}
}

// A directory that vanishes while it is used costs what is stored, and no more.
func TestTheDirectoryVanishes(t *testing.T) {
	for name, gone := range map[string]func(dir string) error{
		"all":      os.RemoveAll,
		"manifest": func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) },
	} {
		cache := t.TempDir()
		dir, _ := settled(t, cache)
		l := begin(t, cache)
		if err := gone(dir); err != nil {
			t.Fatal(err)
		}
		if err := l.append(Change{Segment: segment(t, "z.go", "omega")}); err == nil || !InMemory(l.Health()) {
			t.Errorf("%s: %v, health %q", name, err, l.Health())
		}
		if !strings.Contains(l.content(), "z.go") || l.checkpoint(all) == nil {
			t.Errorf("%s: %q", name, l.content())
		}
		if err := errors.Join(l.append(Change{Removed: []string{"a.go"}}), l.Close()); err != nil {
			t.Error(err)
		}
		l = begin(t, cache)
		if l.content() != "" || l.Health() != HealthOK {
			t.Errorf("%s: %q, health %q", name, l.content(), l.Health())
		}
		l.Close()
	}
}

// A mapped file that somebody cuts is an error, and no crash.
func TestGuard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 3*piece), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := System().Open(path, os.O_RDWR)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mapPart(System(), f, 0, 3*piece)
	if err != nil {
		t.Fatal(err)
	}
	defer m.release()
	if err := f.Truncate(0); err != nil {
		if mappedFilesStay {
			return // and so nobody can
		}
		t.Fatal(err)
	}
	read := func() error { _ = sumsOf(m.data); return nil }
	if err := Guard(read); !errors.Is(err, ErrFault) {
		t.Error(err)
	}
	b := []*baseFile{{segmentFile: segmentFile{sums: make([]uint32, 3)}, m: m}}
	if err := newStore(System(), "", id).verify(t.Context(), b); !errors.Is(err, ErrFault) {
		t.Error(err)
	}
	if err := Guard(func() error { return errOther }); err != errOther {
		t.Error(err)
	}
	defer func() {
		if v := recover(); v != "mine" {
			t.Errorf("recovered %v", v)
		}
	}()
	_ = Guard(func() error { panic("mine") })
}

var errOther = errors.New("other")

// Where COMPACT.lock cannot be had, for another reason than that somebody has it, changes
// are stored all the same, and the health says that the log grows.
func TestWithoutTheLockOfCheckpoints(t *testing.T) {
	cause := error(syscall.EACCES)
	sys := &faulty{FS: System(), lock: func(name string) error {
		if filepath.Base(name) == compactName {
			return cause
		}
		return nil
	}}
	cache := t.TempDir()
	l := opened(t, OpenOn(sys, cache, id))
	l.put("a.go", "alpha")
	for range 2 {
		if l.checkpoint(all) == nil || InMemory(l.Health()) || l.Health() != unmerged+cause.Error() {
			t.Errorf("health %q", l.Health())
		}
	}
	l.put("b.go", "beta")
	want := l.content()
	cause = ErrLocked // it can be had again, and another process has it
	if l.checkpoint(all) == nil {
		t.Error("two checkpoints at once")
	}
	cause = nil
	if err := l.checkpoint(all); err != nil || l.Health() != HealthOK {
		t.Errorf("%v, health %q", err, l.Health())
	}
	l.Close()
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want {
		t.Errorf("%q, want %q", l.content(), want)
	}
}
