package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// What a version has stored that nobody runs any more does not stay for ever; what
// somebody may still want does.
func TestIndexesOfVersionsThatNobodyUsesAreRemoved(t *testing.T) {
	cache := t.TempDir()
	path, after := filled(t, cache)
	own := filepath.Base(path)
	old, fresh := time.Now().Add(-unused-time.Hour), time.Now().Add(-unused+time.Hour)
	other := id
	other.Model = "remote:other"
	prefix := filePrefix(id)
	want := []string{own}
	for _, c := range []struct {
		name string
		used time.Time
		keep bool
	}{
		{prefix + ".idx", old, false}, // of format 1
		{prefix + "-f2t0.idx", old, false},
		{prefix + "-f9t9.idx", fresh, true},
		{prefix + "-f9t8.idx", old, true},            // see below
		{fileName(other), old, true},                 // another model: what it cost is not known
		{"notes.txt", old, true},                     // not ours
		{filePrefix(other) + "-f2t0.idx", old, true}, // the other model's to remove
		{own + ".new", fresh, false},                 // a killed process's
		{prefix + "-f2t0.idx.new", old, false},       // with its index
	} {
		file := filepath.Join(filepath.Dir(path), c.name)
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, c.used, c.used); err != nil {
			t.Fatal(err)
		}
		if c.keep {
			want = append(want, c.name)
		}
	}
	inUse := flock.New(filepath.Join(filepath.Dir(path), prefix+"-f9t8.lock"))
	if ok, err := inUse.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer func() { _ = inUse.Unlock() }()
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}

	s, changes := Open(cache, id)
	defer s.Close()
	if content(changes) != after[3] || s.Health() != HealthOK {
		t.Errorf("health %q", s.Health())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".lock" {
			got = append(got, entry.Name())
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("left:\n %q, want\n %q", got, want)
	}
	if info, err := os.Stat(path); err != nil || time.Since(info.ModTime()) > unused/2 {
		t.Errorf("opening does not count as use: %v, %v", info.ModTime(), err)
	}
}
