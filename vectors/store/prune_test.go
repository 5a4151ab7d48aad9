package store

import (
	"bytes"
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
	dir, after := settled(t, cache)
	folder := filepath.Dir(dir)
	old, fresh := time.Now().Add(-unused-time.Hour), time.Now().Add(-unused+time.Hour)
	other := id
	other.Model = "remote:other"
	prefix := prefixOf(id)
	want := []string{filepath.Base(dir)}
	for _, c := range []struct {
		name string // with a slash: a directory
		used time.Time
		keep bool
	}{
		{prefix + ".idx", old, false}, // of format 1
		{prefix + "-f2t0.idx", old, false},
		{prefix + "-f9t9/", fresh, true},
		{prefix + "-f9t8/", old, true}, // see below
		{prefix + "-f9t7/", old, false},
		{directoryName(other) + "/", old, true},    // another model: what it cost is not known
		{"notes.txt", old, true},                   // not ours
		{prefixOf(other) + "-f2t0.idx", old, true}, // the other model's to remove
		{prefix + "-f2t0.idx.new", old, false},     // with its index
		{prefix + "-backup/", old, true},           // not ours
	} {
		file := filepath.Join(folder, filepath.FromSlash(c.name))
		if base, ok := bytes.CutSuffix([]byte(c.name), []byte("/")); ok {
			restore(t, file, map[string][]byte{manifestName: []byte("x"), openName: nil, "gen-1/delta.log": nil, "LOCK": nil})
			c.name, file = string(base), filepath.Join(file, openName)
		} else if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, c.used, c.used); err != nil {
			t.Fatal(err)
		}
		if c.keep {
			want = append(want, c.name)
		}
	}
	inUse := flock.New(filepath.Join(folder, prefix+"-f9t8", openName))
	if ok, err := inUse.TryRLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer func() { _ = inUse.Unlock() }()
	if err := os.Chtimes(filepath.Join(dir, openName), old, old); err != nil {
		t.Fatal(err)
	}

	l := begin(t, cache)
	defer l.Close()
	if l.content() != after[2] || l.Health() != HealthOK {
		t.Errorf("health %q", l.Health())
	}
	entries, err := os.ReadDir(folder)
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
	if info, err := os.Stat(filepath.Join(dir, openName)); err != nil || time.Since(info.ModTime()) > unused/2 {
		t.Errorf("opening does not count as use: %v, %v", info.ModTime(), err)
	}
}

// An index of format 2 stays as it is beside the new one for two months.
func TestFormat2IsLeftAloneAndThenRemoved(t *testing.T) {
	const name = "9682932352d2d6e0-f2t3.idx"
	data, err := os.ReadFile(filepath.Join("testdata", "format-2", name))
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	path := filepath.Join(Directory(cache, id.Root), name)
	restore(t, filepath.Dir(path), map[string][]byte{name: data})
	if !Exists(cache, id) {
		t.Error("a folder that format 2 has indexed is taken for a new one")
	}
	for _, c := range []struct {
		age  time.Duration
		left bool
	}{{time.Hour, true}, {unused - time.Hour, true}, {unused + time.Hour, false}} {
		then := time.Now().Add(-c.age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		l := begin(t, cache)
		l.put("a.go", "alpha")
		if l.content() != content(Change{Segment: segment(t, "a.go", "alpha")}) || l.Health() != HealthOK {
			t.Errorf("%v old: %q, health %q", c.age, l.content(), l.Health())
		}
		l.Close()
		if now, err := os.ReadFile(path); (err == nil) != c.left || c.left && !bytes.Equal(now, data) {
			t.Errorf("%v old: %v", c.age, err)
		}
	}
}
