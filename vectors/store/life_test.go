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
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func segment(t testing.TB, path, text string) *index.Segment {
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

// life is a store as the engine uses it: beside the index that it is of.
type life struct {
	t testing.TB
	*Store
	x *index.Index
}

func opened(t testing.TB, s *Store) *life {
	t.Helper()
	l := &life{t, s, index.New(id.Root)}
	news, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	news.Apply(l.x)
	return l
}

func begin(t testing.TB, cache string) *life {
	t.Helper()
	return opened(t, Open(cache, id))
}

func (l *life) append(c Change) error {
	kept, _, err := l.Append(func(news News) (Change, bool) {
		news.Apply(l.x)
		return c, true
	})
	l.x.Apply(kept.Segment, kept.Removed)
	return err
}

func (l *life) put(path, text string) {
	l.t.Helper()
	if err := l.append(Change{Segment: segment(l.t, path, text)}); err != nil {
		l.t.Fatal(err)
	}
}

// checkpoint merges the pieces that merge says, and keeps the others.
func (l *life) checkpoint(merge func(i int, p index.Piece) bool) error {
	c := l.Begin(func(n News) { n.Apply(l.x) })
	if c == nil {
		return errors.New("no checkpoint")
	}
	var pieces, old []index.Piece
	var segments []*index.Segment
	for i, p := range l.x.Snapshot().Pieces() {
		if merge(i, p) {
			old, segments = append(old, p), append(segments, p.Segment)
			continue
		}
		seg, err := c.Keep(l.t.Context(), p.Segment)
		if err != nil {
			c.Abort()
			return err
		}
		pieces = append(pieces, index.Piece{Segment: seg, Dead: p.Dead})
	}
	var merged []*index.Segment
	if len(old) > 0 {
		seg, err := index.Merge(l.t.Context(), id.Dimensions, segments, func(s, f int) bool { return old[s].Alive(f) })
		if err == nil {
			seg, err = c.Keep(l.t.Context(), seg)
		}
		if err != nil {
			c.Abort()
			return err
		}
		merged = append(merged, seg)
		pieces = append(pieces, index.Piece{Segment: seg})
	}
	if err := c.Commit(pieces, func(n News) { n.Apply(l.x) }); err != nil {
		return err
	}
	// What was kept has moved to a file as well.
	l.x.Replace(old, merged...)
	return nil
}

// see learns what others have appended.
func (l *life) see() { l.CatchUp().Apply(l.x) }

func all(int, index.Piece) bool { return true }

func (l *life) content() string { return contentOf(l.x) }

func contentOf(x *index.Index) string {
	var list []string
	x.Snapshot().Files(id.Root, func(f index.File) bool {
		list = append(list, fmt.Sprintf("%s=%x", f.Path, f.Hash[:2]))
		return true
	})
	slices.Sort(list)
	return strings.Join(list, " ")
}

// filesOf are the files of a content.
func filesOf(content string) []string { return strings.Fields(content) }

func content(changes ...Change) string {
	x := index.New(id.Root)
	for _, c := range changes {
		x.Apply(c.Segment, c.Removed)
	}
	return contentOf(x)
}

// filled makes a store of three changes and returns the content after each.
func filled(t testing.TB, cache string) (dir string, after []string) {
	t.Helper()
	l := begin(t, cache)
	defer l.Close()
	after = []string{l.content()}
	for _, c := range []Change{
		{Segment: segment(t, "a.go", "alpha")},
		{Segment: segment(t, "b.go", "beta")},
		{Segment: segment(t, "a.go", "alpha changed"), Removed: []string{"b.go"}},
	} {
		if err := l.append(c); err != nil {
			t.Fatal(err)
		}
		after = append(after, l.content())
	}
	if _, n := l.LogSize(); l.Health() != HealthOK || l.Size() == 0 || n != 3 || l.Flushed() != 3 {
		t.Fatalf("health %q, %d bytes, %d changes, flushed %d", l.Health(), l.Size(), n, l.Flushed())
	}
	return l.dir, after
}

// settled makes a store with two segments, one of which has a dead file, and two
// changes behind them; it returns the content with none, one and two of these.
func settled(t testing.TB, cache string) (dir string, after []string) {
	t.Helper()
	return settledOn(t, System(), cache)
}

func settledOn(t testing.TB, sys FS, cache string) (dir string, after []string) {
	t.Helper()
	l := opened(t, OpenOn(sys, cache, id))
	defer l.Close()
	l.put("a.go", "alpha")
	l.put("b.go", "beta")
	if err := l.checkpoint(all); err != nil {
		t.Fatal(err)
	}
	l.put("b.go", "beta changed")
	l.put("c.go", "gamma")
	if err := l.checkpoint(func(i int, _ index.Piece) bool { return i > 0 }); err != nil {
		t.Fatal(err)
	}
	after = append(after, l.content())
	l.put("d.go", "delta")
	after = append(after, l.content())
	if err := l.append(Change{Segment: segment(t, "a.go", "alpha changed"), Removed: []string{"c.go"}}); err != nil {
		t.Fatal(err)
	}
	after = append(after, l.content())
	if bytes, n := l.LogSize(); n != 2 || bytes == 0 || len(l.current.segments) != 2 || l.Health() != HealthOK {
		t.Fatalf("%d changes, %d segments, health %q", n, len(l.current.segments), l.Health())
	}
	return l.dir, after
}

// files returns the contents of all files below dir, by path.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			var rel string
			if rel, err = filepath.Rel(dir, path); err == nil {
				found[rel], err = os.ReadFile(path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// restore makes dir hold just those files.
func restore(t testing.TB, dir string, want map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for rel, data := range want {
		path := filepath.Join(dir, rel)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// same checks that dir still holds those files, but for locks.
func same(t testing.TB, dir string, want map[string][]byte) {
	t.Helper()
	now := files(t, dir)
	for name, data := range want {
		if got, ok := now[name]; !ok || !bytes.Equal(got, data) {
			t.Errorf("%s was changed", name)
		}
		delete(now, name)
	}
	for name := range now {
		if !strings.HasSuffix(name, ".lock") && name != lockName {
			t.Errorf("%s is new", name)
		}
	}
}

// storesAgain ends a life, after which the next one knows what it has stored last.
func (l *life) storesAgain(cache string) {
	l.t.Helper()
	l.put("z.go", "omega")
	want := l.content()
	l.Close()
	next := begin(l.t, cache)
	defer next.Close()
	if next.content() != want || next.Health() != HealthOK {
		l.t.Errorf("%q, want %q; health %q", next.content(), want, next.Health())
	}
}
