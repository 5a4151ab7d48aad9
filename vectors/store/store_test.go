package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

var id = Identity{Root: "/home/me/project", Model: "builtin:test", Dimensions: 4}

func TestWhatWasAppendedIsThereAgain(t *testing.T) {
	for name, fill := range map[string]func(testing.TB, string) (string, []string){"log": filled, "segments": settled} {
		cache := t.TempDir()
		_, after := fill(t, cache)
		for range 2 {
			l := begin(t, cache)
			if got := l.content(); got != after[len(after)-1] || l.Health() != HealthOK {
				t.Errorf("%s: %q, want %q; health %q", name, got, after[len(after)-1], l.Health())
			}
			l.Close()
		}
		if !Exists(cache, id) {
			t.Error("Exists says no")
		}
	}
}

func TestTwoModelsNeverShareAnIndex(t *testing.T) {
	cache := t.TempDir()
	from, _ := settled(t, cache)
	for _, other := range []Identity{
		{id.Root, "builtin:other", id.Dimensions},
		{id.Root, id.Model, 8},
		{"/home/me/elsewhere", id.Model, id.Dimensions},
	} {
		l := opened(t, Open(cache, other))
		if got := l.content(); got != "" || l.Health() != HealthOK {
			t.Errorf("%+v sees %q; health %q", other, got, l.Health())
		}
		l.Close()
	}
	// Not even when files are put in the place of others.
	wrong := Identity{id.Root, "builtin:other", id.Dimensions}
	restore(t, filepath.Join(Directory(cache, id.Root), directoryName(wrong)), files(t, from))
	l := opened(t, Open(cache, wrong))
	defer l.Close()
	if l.content() != "" || !strings.HasPrefix(l.Health(), "rebuilt: ") {
		t.Errorf("a copied index gives %q; health %q", l.content(), l.Health())
	}
}

func TestAForeignOrNewerManifestIsRebuilt(t *testing.T) {
	cache := t.TempDir()
	dir, _ := filled(t, cache)
	newer := (&manifest{}).encode(id)
	newer[len(magic)] = format + 1
	for name, data := range map[string][]byte{
		"foreign": []byte("SQLite format 3\x00 and so on, quite another thing"), "newer": newer, "empty": {},
	} {
		if err := os.WriteFile(filepath.Join(dir, manifestName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		l := begin(t, cache)
		if l.content() != "" || !strings.HasPrefix(l.Health(), "rebuilt: ") {
			t.Errorf("%s: %q; health %q", name, l.content(), l.Health())
		}
		l.put("a.go", "alpha")
		want := l.content()
		l.Close()
		if l = begin(t, cache); l.content() != want || l.Health() != HealthOK {
			t.Errorf("%s, after a change: %q; health %q", name, l.content(), l.Health())
		}
		l.Close()
		if n := len(files(t, dir)); n != 5 { // MANIFEST, a log and three locks
			t.Errorf("%s: %d files are left", name, n)
		}
	}
}

// Two programs of different versions in one cache, such as an editor's and a
// shell's: neither reads, cuts nor locks what the other has.
func TestVersionsLiveSideBySide(t *testing.T) {
	cache := t.TempDir()
	directory := Directory(cache, id.Root)
	others := map[string][]byte{
		prefixOf(id) + ".idx": []byte("of format 1"),
		fmt.Sprintf("%s-f2t%d.idx", prefixOf(id), index.TextVersion):                         []byte("of format 2"),
		fmt.Sprintf("%s-f%dt%d/%s", prefixOf(id), format+1, index.TextVersion, manifestName): []byte("what the next one stores"),
		fmt.Sprintf("%s-f%dt%d/%s", prefixOf(id), format, index.TextVersion+1, manifestName): []byte("as well"),
	}
	restore(t, directory, others)
	for name := range others {
		lock := flock.New(filepath.Join(directory, strings.TrimSuffix(strings.TrimSuffix(name, ".idx"), manifestName)+openName))
		if ok, err := lock.TryLock(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		defer func() { _ = lock.Unlock() }()
	}
	if !Exists(cache, id) {
		t.Error("a folder that another version has indexed is taken for a new one")
	}
	_, after := settled(t, cache) // it is empty at first, and healthy
	l := begin(t, cache)
	if got := l.content(); got != after[2] || l.Health() != HealthOK {
		t.Errorf("%q, health %q", got, l.Health())
	}
	if err := errors.Join(l.checkpoint(all), l.Reset()); err != nil {
		t.Error(err)
	}
	l.Close()
	for name, data := range others {
		if now, err := os.ReadFile(filepath.Join(directory, name)); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s was touched: %q, %v", name, now, err)
		}
	}
}

func TestACheckpointKeepsTheContentAndDropsTheRest(t *testing.T) {
	cache := t.TempDir()
	dir, after := settled(t, cache)
	l := begin(t, cache)
	before := l.Size()
	if err := l.checkpoint(all); err != nil {
		t.Fatal(err)
	}
	if _, n := l.LogSize(); l.Size() >= before || n != 0 || l.content() != after[2] {
		t.Errorf("%d bytes of %d, %d changes; %q", l.Size(), before, n, l.content())
	}
	var names []string
	for name := range files(t, dir) {
		if filepath.Ext(name) != ".lock" && name != lockName {
			names = append(names, name)
		}
	}
	if len(names) != 3 { // the manifest, a log, a segment
		t.Errorf("left are %q", names)
	}
	l.put("e.go", "epsilon")
	want := l.content()
	l.Close()
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want || l.Health() != HealthOK || l.Flushed() != 7 {
		t.Errorf("%q, want %q; health %q, number %d", l.content(), want, l.Health(), l.Flushed())
	}
}

// What is stored while a checkpoint is written stays behind it.
func TestChangesDuringACheckpoint(t *testing.T) {
	cache := t.TempDir()
	settled(t, cache)
	l := begin(t, cache)
	c := l.Begin(func(n News) { n.Apply(l.x) })
	old := l.x.Snapshot().Pieces()
	if other := l.Begin(func(News) {}); other != nil {
		t.Error("two checkpoints at once")
	}
	var segments []*index.Segment
	for _, p := range old {
		segments = append(segments, p.Segment)
	}
	merged, err := index.Merge(t.Context(), id.Dimensions, segments, func(s, f int) bool { return old[s].Alive(f) })
	if err != nil {
		t.Fatal(err)
	}
	l.put("d.go", "delta changed")
	if err := l.append(Change{Removed: []string{"b.go"}}); err != nil {
		t.Fatal(err)
	}
	want := l.content()
	kept, err := c.Keep(t.Context(), merged)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Commit([]index.Piece{{Segment: kept}}, func(News) { t.Error("news from nobody") }); err != nil {
		t.Fatal(err)
	}
	l.x.Replace(old, kept)
	if got := l.content(); got != want || !l.Stored(kept) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, n := l.LogSize(); n != 2 {
		t.Errorf("%d changes", n)
	}
	l.Close()
	l = begin(t, cache)
	defer l.Close()
	if got := l.content(); got != want || l.Health() != HealthOK {
		t.Errorf("%q, want %q; health %q", got, want, l.Health())
	}
}

func TestWithoutADirectoryTheIndexLivesInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"", filepath.Join(file, "below")} {
		l := begin(t, cache)
		if l.content() != "" || !strings.Contains(l.Health(), "memory only") {
			t.Errorf("%q: health %q", cache, l.Health())
		}
		if err := l.append(Change{Segment: segment(t, "a.go", "alpha")}); err != nil || l.Size() != 0 || l.Flushed() != 0 {
			t.Errorf("%q: %v, %d bytes", cache, err, l.Size())
		}
		if l.content() == "" || l.Begin(func(News) {}) != nil {
			t.Errorf("%q: %q", cache, l.content())
		}
		if err := errors.Join(l.Reset(), l.Sync(), l.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestInMemory(t *testing.T) {
	for health, want := range map[string]bool{
		HealthOK: false, HealthMemory: true, inMemory + "no space left on device": true,
		repaired + "3 bytes at the end were dropped": false, rebuilt + "not usable": false, "": false,
	} {
		if InMemory(health) != want {
			t.Errorf("%q: %v", health, !want)
		}
	}
}

// What cannot be read may be whole: it is neither emptied nor cut, and the next
// process reads it.
func TestWhatCannotBeReadIsLeftAlone(t *testing.T) {
	for _, cause := range []error{syscall.EMFILE, syscall.EIO, fs.ErrPermission} {
		for _, name := range []string{manifestName, "delta.log", ".seg"} {
			cache := t.TempDir()
			dir, after := settled(t, cache)
			whole := files(t, dir)
			l := opened(t, OpenOn(&faulty{FS: System(), open: func(path string) error {
				if strings.HasSuffix(path, name) {
					return &fs.PathError{Op: "open", Path: path, Err: cause}
				}
				return nil
			}}, cache, id))
			if l.content() != "" || !InMemory(l.Health()) || !strings.Contains(l.Health(), cause.Error()) || l.Size() != 0 {
				t.Errorf("%s, %v: %q, %d bytes, health %q", name, cause, l.content(), l.Size(), l.Health())
			}
			if err := errors.Join(l.append(Change{Removed: []string{"a.go"}}), l.Reset(), l.Sync()); err != nil {
				t.Error(err)
			}
			same(t, dir, whole)
			other := begin(t, cache)
			if got := other.content(); got != after[2] || other.Health() != HealthOK {
				t.Errorf("%s, %v: another process finds %q, health %q", name, cause, got, other.Health())
			}
			if err := errors.Join(other.Close(), l.Close()); err != nil {
				t.Error(err)
			}
		}
	}
}

// A tail that was cut off is no index that was built again, and what is written
// whole is whole.
func TestHealthOfARepairedStore(t *testing.T) {
	cache := t.TempDir()
	dir, after := filled(t, cache)
	log := filepath.Join(dir, logName(1))
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, append(whole, "tail"...), 0o600); err != nil {
		t.Fatal(err)
	}
	l := begin(t, cache)
	defer l.Close()
	if want := "repaired: 4 bytes at the end were dropped: no record"; l.Health() != want || l.content() != after[3] {
		t.Errorf("health %q, want %q", l.Health(), want)
	}
	if l.put("c.go", "gamma"); l.Health() == HealthOK {
		t.Errorf("health %q", l.Health())
	}
	if err := l.checkpoint(all); err != nil || l.Health() != HealthOK {
		t.Errorf("written again: health %q, %v", l.Health(), err)
	}
}

// What a process that was killed has left is removed by who writes next.
func TestLeftoversAreRemoved(t *testing.T) {
	cache := t.TempDir()
	dir, after := settled(t, cache)
	whole := files(t, dir)
	for _, name := range []string{
		"MANIFEST.new", "gen-7/seg-0.seg.new", "gen-7/seg-1.seg", "gen-7/delta.log", "gen-1/seg-9.seg",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, 1<<16), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "gen-8"), 0o700); err != nil {
		t.Fatal(err)
	}
	looking := opened(t, OpenReadOnly(cache, id))
	defer looking.Close()
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.new")); err != nil {
		t.Error("removed by who only looks:", err)
	}
	l := begin(t, cache)
	defer l.Close()
	if l.content() != after[2] || l.Health() != HealthOK {
		t.Errorf("health %q", l.Health())
	}
	same(t, dir, whole)
	if _, err := os.Stat(filepath.Join(dir, "gen-8")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestTheCacheIsPrivate(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "made", "by us")
	dir, _ := settled(t, cache)
	err := filepath.WalkDir(cache, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return err
	})
	if err != nil || dir == "" {
		t.Error(err)
	}
}

// Who only looks takes no lock, mends nothing and says what is wrong.
func TestReadOnlyTouchesNothing(t *testing.T) {
	cache := t.TempDir()
	if l := opened(t, OpenReadOnly(cache, id)); l.content() != "" || l.Health() != HealthOK {
		t.Errorf("of nothing: %q, health %q", l.content(), l.Health())
	}
	if entries, err := os.ReadDir(cache); len(entries) > 0 || err != nil {
		t.Errorf("looking made %v, %v", entries, err)
	}
	dir, after := settled(t, cache)
	log := filepath.Join(dir, logName(3))
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, data[:len(data)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	torn := files(t, dir)
	looking := opened(t, OpenReadOnly(cache, id))
	if got := looking.content(); got != after[1] || !strings.HasPrefix(looking.Health(), "damaged: ") || looking.Size() == 0 {
		t.Errorf("%q, want %q; health %q", got, after[1], looking.Health())
	}
	if err := errors.Join(looking.append(Change{Removed: []string{"a.go"}}), looking.Reset()); err != nil {
		t.Error(err)
	}
	if looking.Begin(func(News) {}) != nil {
		t.Error("who only looks writes a checkpoint")
	}
	same(t, dir, torn)
	writing := begin(t, cache)
	defer writing.Close()
	if !strings.HasPrefix(writing.Health(), "repaired: ") {
		t.Errorf("the lock is held by who looks: %q", writing.Health())
	}
	if err := looking.Close(); err != nil {
		t.Error(err)
	}
}

// What is no file in the place of one must not make anybody wait.
func TestDirectoriesInTheWayOfFiles(t *testing.T) {
	for _, name := range []string{manifestName, lockName, openName, logName(1)} {
		cache := t.TempDir()
		dir, _ := filled(t, cache)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		l := begin(t, cache)
		defer l.Close()
		if !strings.Contains(l.Health(), "no regular file") {
			t.Errorf("%s: health %q", name, l.Health())
		}
	}
}

// A large segment is used from the log, and outlives it and the store.
func TestALargeSegmentIsMapped(t *testing.T) {
	cache := t.TempDir()
	l := begin(t, cache)
	seg := large(t)
	kept, ok, err := l.Append(func(News) (Change, bool) { return Change{Segment: seg}, true })
	if err != nil || !ok || kept.Segment == seg || !bytes.Equal(kept.Segment.Bytes(), seg.Bytes()) {
		t.Fatalf("%v, %v: not the same in the file", ok, err)
	}
	l.x.Apply(kept.Segment, nil)
	if err := l.checkpoint(all); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := os.RemoveAll(cache); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept.Segment.Bytes(), seg.Bytes()) || l.content() != content(Change{Segment: seg}) {
		t.Error("a segment has changed")
	}
}

func large(t testing.TB) *index.Segment {
	t.Helper()
	var docs []index.Document
	for i := range 300 {
		text := strings.Repeat(fmt.Sprintf("word%d other%d ", i, i*7), 40)
		d := index.Document{File: index.File{Path: fmt.Sprintf("f%03d.go", i), Hash: index.HashText(text)}, Text: text}
		for at := 0; at+8 < len(text); at += 40 {
			d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: min(at+40, len(text))})
			d.Rows = append(d.Rows, index.Quantise([]float32{1, 0, 0, 0}))
		}
		docs = append(docs, d)
	}
	seg, err := index.Build(4, docs)
	if err != nil || len(seg.Bytes()) < mappedBytes {
		t.Fatal(err, len(seg.Bytes()))
	}
	return seg
}

// A checkpoint that is interrupted leaves all as it was.
func TestACheckpointIsInterrupted(t *testing.T) {
	cache := t.TempDir()
	dir, after := settled(t, cache)
	whole := files(t, dir)
	l := begin(t, cache)
	defer l.Close()
	c := l.Begin(func(News) {})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errOther)
	if _, err := c.Keep(ctx, segment(t, "m.go", "merged")); !errors.Is(err, errOther) {
		t.Error(err)
	}
	c.Abort()
	same(t, dir, whole)
	if err := l.checkpoint(all); err != nil || l.content() != after[2] {
		t.Errorf("%v, %q", err, l.content())
	}
}

// Check finds what contradicts itself behind checksums that are right: a segment that was
// built wrong, in the log or merged.
func TestCheckLooksBehindTheChecksums(t *testing.T) {
	whole := segment(t, "a.go", "alpha beta").Bytes()
	var wrong *index.Segment
	for at := 0; wrong == nil && at < len(whole); at++ {
		data := bytes.Clone(whole)
		data[at] ^= 1
		if seg, err := index.OpenSegment(data); err == nil && seg.Check() == nil && seg.CheckAll() != nil {
			wrong = seg
		}
	}
	if wrong == nil {
		t.Fatal("nothing can be wrong with a segment but what opening it shows")
	}
	for _, merged := range []bool{false, true} {
		cache := t.TempDir()
		l := begin(t, cache)
		if err := l.append(Change{Segment: wrong}); err != nil {
			t.Fatal(err)
		}
		if merged {
			if err := l.checkpoint(func(int, index.Piece) bool { return false }); err != nil {
				t.Fatal(err)
			}
		}
		l.Close()
		if r, err := Check(t.Context(), cache, id); err != nil || len(r.Faults) != 1 || r.Segments+r.Changes != 1 {
			t.Errorf("merged: %v: %+v, %v", merged, r, err)
		}
	}
}

// endless is a file system on which manifests have, without a byte on the disk, a size that
// no memory has.
type endless struct{ FS }

type endlessFile struct{ File }

func (endlessFile) Size() (int64, error) { return 1 << 60, nil }

func (e endless) Open(name string, flag int) (File, error) {
	f, err := e.FS.Open(name, flag)
	if err == nil && filepath.Base(name) == manifestName {
		f = endlessFile{f}
	}
	return f, err
}

// A manifest of a size that none has is not read into memory.
func TestAManifestThatIsFarTooLarge(t *testing.T) {
	cache := t.TempDir()
	settled(t, cache)
	l := opened(t, OpenOn(endless{System()}, cache, id))
	defer l.Close()
	if l.content() != "" || !strings.HasPrefix(l.Health(), rebuilt) {
		t.Errorf("%q, health %q", l.content(), l.Health())
	}
}
