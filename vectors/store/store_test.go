package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

var id = Identity{Root: "/home/me/project", Model: "builtin:test", Dimensions: 4}

func segment(t *testing.T, path, text string) *index.Segment {
	t.Helper()
	seg, err := index.Build(4, []index.Document{{
		File: index.File{Path: path, Hash: index.HashText(text)}, Text: text,
		Chunks: []chunk.Chunk{{Start: 0, End: len(text)}}, Rows: []index.Row{index.Quantise([]float32{1, 0, 0, 0})},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return seg
}

// content is the paths that changes add up to, with the hash of each.
func content(changes []Change) string {
	x := index.New("/w")
	for _, c := range changes {
		x.Apply(c.Segment, c.Removed)
	}
	var list []string
	x.Snapshot().Files("/w", func(f index.File) bool {
		list = append(list, fmt.Sprintf("%s=%x", f.Path, f.Hash[:2]))
		return true
	})
	slices.Sort(list)
	return strings.Join(list, " ")
}

// filled makes a store of three changes and returns the content after each.
func filled(t *testing.T, cache string) (path string, after []string) {
	t.Helper()
	s, changes := Open(cache, id)
	defer s.Close()
	after = []string{content(nil)}
	for _, c := range []Change{
		{Segment: segment(t, "a.go", "alpha")},
		{Segment: segment(t, "b.go", "beta")},
		{Segment: segment(t, "a.go", "alpha changed"), Removed: []string{"b.go"}},
	} {
		if err := s.Append(c); err != nil {
			t.Fatal(err)
		}
		changes = append(changes, c)
		after = append(after, content(changes))
	}
	if s.Health() != HealthOK || s.Size() == 0 || s.Records() != 3 {
		t.Fatalf("health %q, %d bytes, %d records", s.Health(), s.Size(), s.Records())
	}
	return s.path, after
}

func TestWhatWasAppendedIsThereAgain(t *testing.T) {
	cache := t.TempDir()
	_, after := filled(t, cache)
	s, changes := Open(cache, id)
	defer s.Close()
	if got := content(changes); got != after[3] || s.Health() != HealthOK {
		t.Errorf("%q, want %q; health %q", got, after[3], s.Health())
	}
	if !Exists(cache, id) {
		t.Error("Exists says no")
	}
}

// Invariant: deleting the cache loses only time; a torn, truncated or foreign
// cache is detected and rebuilt, never trusted.
func TestATornFileIsCutWhereItIsWhole(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		s, changes := Open(cache, id)
		if got := content(changes); got != after[len(changes)] {
			t.Fatalf("cut to %d bytes: %d changes give %q", n, len(changes), got)
		}
		// It goes on from there.
		if err := s.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s, again := Open(cache, id)
		if len(again) != len(changes)+1 || s.Health() != HealthOK {
			t.Fatalf("cut to %d bytes: %d changes, then %d; health %q", n, len(changes), len(again), s.Health())
		}
		s.Close()
	}
}

func TestAFlippedBitIsNeverTrusted(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		s, changes := Open(cache, id)
		if got := content(changes); got != after[len(changes)] {
			t.Fatalf("bit flipped in byte %d: %d changes give %q", i, len(changes), got)
		}
		s.Close()
	}
}

func TestTwoModelsNeverShareAnIndex(t *testing.T) {
	cache := t.TempDir()
	filled(t, cache)
	for _, other := range []Identity{
		{id.Root, "builtin:other", id.Dimensions},
		{id.Root, id.Model, 8},
		{"/home/me/elsewhere", id.Model, id.Dimensions},
	} {
		s, changes := Open(cache, other)
		if len(changes) != 0 || s.Health() != HealthOK {
			t.Errorf("%+v sees %d changes; health %q", other, len(changes), s.Health())
		}
		s.Close()
	}
	// Not even when a file is put in the place of another.
	wrong := Identity{id.Root, "builtin:other", id.Dimensions}
	from, _ := filled(t, t.TempDir())
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(Directory(cache, id.Root), fileName(wrong)), data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, changes := Open(cache, wrong)
	defer s.Close()
	if len(changes) != 0 || !strings.HasPrefix(s.Health(), "rebuilt: ") {
		t.Errorf("a copied file gives %d changes; health %q", len(changes), s.Health())
	}
}

func TestAForeignOrNewerFileIsRebuilt(t *testing.T) {
	cache := t.TempDir()
	path, _ := filled(t, cache)
	newer := appendHeader(nil, id)
	newer[len(magic)] = format + 1
	for name, data := range map[string][]byte{"foreign": []byte("SQLite format 3\x00 and so on, quite another thing"), "newer": newer} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, changes := Open(cache, id)
		if len(changes) != 0 || !strings.HasPrefix(s.Health(), "rebuilt: ") {
			t.Errorf("%s: %d changes; health %q", name, len(changes), s.Health())
		}
		if err := s.Append(Change{Segment: segment(t, "a.go", "alpha")}); err != nil {
			t.Error(err)
		}
		s.Close()
		if s, changes = Open(cache, id); len(changes) != 1 || s.Health() != HealthOK {
			t.Errorf("%s, after a change: %d changes; health %q", name, len(changes), s.Health())
		}
		s.Close()
	}
}

// Two programs of different versions in one cache, such as an editor's and a
// shell's: neither reads, cuts nor locks what the other has.
func TestVersionsLiveSideBySide(t *testing.T) {
	cache := t.TempDir()
	directory := Directory(cache, id.Root)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	older := append([]byte(magic), 1, 0, 0, 0)
	newer := appendHeader(nil, id)
	newer[len(magic)] = format + 1
	others := map[string][]byte{
		filePrefix(id) + ".idx": older, // of format 1
		fmt.Sprintf("%s-f%dt%d.idx", filePrefix(id), format+1, index.TextVersion): newer,
		fmt.Sprintf("%s-f%dt%d.idx", filePrefix(id), format, index.TextVersion+1): []byte("what the next one stores"),
	}
	for name, data := range others {
		if err := os.WriteFile(filepath.Join(directory, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		lock := flock.New(filepath.Join(directory, strings.TrimSuffix(name, ".idx")+".lock"))
		if ok, err := lock.TryLock(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		defer func() { _ = lock.Unlock() }()
	}
	if !Exists(cache, id) {
		t.Error("a folder that another version has indexed is taken for a new one")
	}
	_, after := filled(t, cache) // it is empty at first, and healthy
	s, changes := Open(cache, id)
	if got := content(changes); got != after[3] || s.Health() != HealthOK {
		t.Errorf("%q, health %q", got, s.Health())
	}
	if err := s.Rewrite(segment(t, "a.go", "alpha")); err != nil {
		t.Error(err)
	}
	if err := s.Reset(); err != nil {
		t.Error(err)
	}
	s.Close()
	for name, data := range others {
		if now, err := os.ReadFile(filepath.Join(directory, name)); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s was touched: %q, %v", name, now, err)
		}
	}
}

func TestTheSecondProcessReadsAndDoesNotWrite(t *testing.T) {
	cache := t.TempDir()
	_, after := filled(t, cache)
	first, _ := Open(cache, id)
	defer first.Close()
	second, changes := Open(cache, id)
	defer second.Close()
	if content(changes) != after[3] || !strings.Contains(second.Health(), "another process") {
		t.Fatalf("%q; health %q", content(changes), second.Health())
	}
	if err := second.Append(Change{Segment: segment(t, "z.go", "zeta")}); err != nil {
		t.Error(err)
	}
	second.Close()
	if err := first.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil {
		t.Error(err)
	}
	first.Close()
	third, changes := Open(cache, id)
	defer third.Close()
	if got := content(changes); strings.Contains(got, "z.go") || !strings.Contains(got, "c.go") {
		t.Errorf("%q", got)
	}
}

func TestRewriteKeepsTheContentAndDropsTheRest(t *testing.T) {
	cache := t.TempDir()
	filled(t, cache)
	s, _ := Open(cache, id)
	before := s.Size()
	only := segment(t, "a.go", "alpha changed")
	if err := s.Rewrite(only); err != nil {
		t.Fatal(err)
	}
	if s.Size() >= before || s.Records() != 1 {
		t.Errorf("%d bytes of %d, %d records", s.Size(), before, s.Records())
	}
	if err := s.Append(Change{Segment: segment(t, "d.go", "delta")}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, changes := Open(cache, id)
	defer s.Close()
	if got, want := content(changes), content([]Change{{Segment: only}, {Segment: segment(t, "d.go", "delta")}}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWithoutADirectoryTheIndexLivesInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"", filepath.Join(file, "below")} {
		s, changes := Open(cache, id)
		if len(changes) != 0 || !strings.Contains(s.Health(), "memory only") {
			t.Errorf("%q: health %q", cache, s.Health())
		}
		if err := s.Append(Change{Segment: segment(t, "a.go", "alpha")}); err != nil || s.Size() != 0 {
			t.Errorf("%q: %v, %d bytes", cache, err, s.Size())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestInMemory(t *testing.T) {
	for health, want := range map[string]bool{
		HealthOK: false, HealthMemory: true, HealthBusy: true, inMemory + "no space left on device": true,
		repaired + "3 bytes at the end were dropped": false, rebuilt + "not usable": false, "": false,
	} {
		if InMemory(health) != want {
			t.Errorf("%q: %v", health, !want)
		}
	}
}

// What cannot be read may be whole: it is neither emptied nor cut, and the next
// process reads it.
func TestAFileThatCannotBeReadIsLeftAlone(t *testing.T) {
	for _, cause := range []error{syscall.EMFILE, syscall.EIO, fs.ErrPermission} {
		cache := t.TempDir()
		path, after := filled(t, cache)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, changes := open(cache, id, func(path string) ([]byte, error) {
			return whole[:len(whole)/2], &fs.PathError{Op: "read", Path: path, Err: cause}
		})
		if len(changes) != 0 || !InMemory(s.Health()) || !strings.Contains(s.Health(), cause.Error()) || s.Size() != 0 || s.Records() != 0 {
			t.Errorf("%v: %d changes, %d bytes, %d records, health %q", cause, len(changes), s.Size(), s.Records(), s.Health())
		}
		if err := errors.Join(s.Append(Change{Removed: []string{"a.go"}}), s.Rewrite(), s.Reset(), s.Sync()); err != nil {
			t.Error(err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
			t.Errorf("%v: the file was changed", cause)
		}
		other, changes := Open(cache, id)
		if got := content(changes); got != after[3] || other.Health() != HealthOK {
			t.Errorf("%v: another process finds %q, health %q", cause, got, other.Health())
		}
		if err := errors.Join(other.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A tail that was cut off is no index that was built again, and what is written
// whole is whole.
func TestHealthOfARepairedStore(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, "tail"...), 0o600); err != nil {
		t.Fatal(err)
	}
	s, changes := Open(cache, id)
	defer s.Close()
	if want := "repaired: 4 bytes at the end were dropped: no record"; s.Health() != want || content(changes) != after[3] {
		t.Errorf("health %q, want %q", s.Health(), want)
	}
	if err := s.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil || s.Health() == HealthOK {
		t.Errorf("health %q, %v", s.Health(), err)
	}
	if err := s.Rewrite(segment(t, "c.go", "gamma")); err != nil || s.Health() != HealthOK {
		t.Errorf("written again: health %q, %v", s.Health(), err)
	}
}

// inTheWay puts something at path that can be neither opened nor removed.
func inTheWay(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestARewriteThatFailsKeepsTheOldFileAndGoesOn(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	inTheWay(t, path+".new")
	s, changes := Open(cache, id)
	if err := s.Rewrite(segment(t, "z.go", "zeta")); err == nil || s.Health() != HealthOK {
		t.Errorf("%v, health %q", err, s.Health())
	}
	if content(changes) != after[3] || s.Records() != 3 {
		t.Errorf("%d records", s.Records())
	}
	if err := s.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil {
		t.Error(err)
	}
	s.Close()
	s, changes = Open(cache, id)
	if got := content(changes); s.Health() != HealthOK || len(changes) != 4 || !strings.Contains(got, "c.go") || strings.Contains(got, "z.go") {
		t.Errorf("%q, health %q", got, s.Health())
	}
	if err := s.Reset(); err != nil || s.Records() != 0 {
		t.Errorf("%v, %d records", err, s.Records())
	}
	s.Close()
	s, changes = Open(cache, id)
	defer s.Close()
	if len(changes) != 0 || s.Health() != HealthOK {
		t.Errorf("after Reset: %d changes, health %q", len(changes), s.Health())
	}
}

// What the process before was killed over is not kept for ever.
func TestAHalfWrittenNewFileIsRemoved(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	if err := os.WriteFile(path+".new", make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	looking, _ := OpenReadOnly(cache, id)
	defer looking.Close()
	if _, err := os.Stat(path + ".new"); err != nil {
		t.Error("removed by who only looks:", err)
	}
	s, changes := Open(cache, id)
	defer s.Close()
	if content(changes) != after[3] || s.Health() != HealthOK {
		t.Errorf("health %q", s.Health())
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestTheCacheIsPrivate(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "made", "by us")
	path, _ := filled(t, cache)
	for _, p := range []string{cache, filepath.Dir(path)} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", p, info.Mode(), err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", path, info.Mode(), err)
	}
}

// Who only looks takes no lock, mends nothing and says what is wrong.
func TestReadOnlyTouchesNothing(t *testing.T) {
	cache := t.TempDir()
	if s, changes := OpenReadOnly(cache, id); len(changes) > 0 || s.Health() != HealthOK {
		t.Errorf("of nothing: %d changes, health %q", len(changes), s.Health())
	}
	path, after := filled(t, cache)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	torn := data[:len(data)-3]
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	looking, changes := OpenReadOnly(cache, id)
	if got := content(changes); got != after[2] || !strings.HasPrefix(looking.Health(), "damaged: ") {
		t.Errorf("%q, want %q; health %q", got, after[2], looking.Health())
	}
	if err := looking.Append(Change{Removed: []string{"a.go"}}); err != nil {
		t.Error(err)
	}
	if err := looking.Rewrite(); err != nil {
		t.Error(err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, torn) {
		t.Errorf("the file was changed (%v)", err)
	}
	writing, _ := Open(cache, id)
	defer writing.Close()
	if !strings.HasPrefix(writing.Health(), "repaired: ") {
		t.Errorf("the lock is held by who looks: %q", writing.Health())
	}
	if err := looking.Close(); err != nil {
		t.Error(err)
	}
}

func TestTakeOverWhenTheOtherProcessHasEnded(t *testing.T) {
	cache := t.TempDir()
	filled(t, cache)
	first, _ := Open(cache, id)
	second, _ := Open(cache, id)
	defer second.Close()
	if second.Health() != HealthBusy || second.TakeOver() {
		t.Fatalf("health %q", second.Health())
	}
	if err := first.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if !second.TakeOver() || second.TakeOver() || second.Health() != HealthOK {
		t.Fatalf("health %q", second.Health())
	}
	if err := second.Rewrite(segment(t, "z.go", "zeta")); err != nil {
		t.Fatal(err)
	}
	if err := second.Append(Change{Segment: segment(t, "y.go", "ypsilon")}); err != nil {
		t.Fatal(err)
	}
	second.Close()
	third, changes := Open(cache, id)
	defer third.Close()
	if got := content(changes); third.Health() != HealthOK || strings.Contains(got, "c.go") || !strings.Contains(got, "z.go") || !strings.Contains(got, "y.go") {
		t.Errorf("%q, health %q", got, third.Health())
	}
}

// Behind what the other process has left there is no place for this one's changes.
func TestTakenOverAndNotRewritten(t *testing.T) {
	cache := t.TempDir()
	path, _ := filled(t, cache)
	first, _ := Open(cache, id)
	second, _ := Open(cache, id)
	defer second.Close()
	if err := first.Append(Change{Segment: segment(t, "c.go", "gamma")}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	others, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !second.TakeOver() {
		t.Fatalf("health %q", second.Health())
	}
	inTheWay(t, path+".new")
	if err := second.Append(Change{Removed: []string{"a.go"}}); err != nil {
		t.Error(err)
	}
	if err := second.Rewrite(segment(t, "z.go", "zeta")); err == nil || !InMemory(second.Health()) {
		t.Errorf("%v, health %q", err, second.Health())
	}
	if err := second.Append(Change{Removed: []string{"a.go"}}); err != nil {
		t.Error(err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, others) {
		t.Errorf("the other's file was changed (%v)", err)
	}
}

// What is no file in the place of one must not make anybody wait.
func TestDirectoriesInTheWayOfFiles(t *testing.T) {
	for _, suffix := range []string{".idx", ".lock"} {
		cache := t.TempDir()
		path, _ := filled(t, cache)
		path = strings.TrimSuffix(path, ".idx") + suffix
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		s, _ := Open(cache, id)
		defer s.Close()
		if !strings.Contains(s.Health(), "no regular file") {
			t.Errorf("%s: health %q", suffix, s.Health())
		}
	}
}
