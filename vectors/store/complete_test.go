package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestComplete(t *testing.T) {
	cache := t.TempDir()
	second, third := id, id
	second.Model, third.Model = "openai:second", "openai:third"
	elsewhere := second
	elsewhere.Root = "/elsewhere"
	if IsComplete(cache, id) || Complete(cache, id.Root) != nil || Complete("", id.Root) != nil {
		t.Error("complete before there is any")
	}
	for i, id := range []Identity{id, second, third, elsewhere} {
		s := Open(cache, id)
		if _, err := s.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Append(func(News) (Change, bool) { return Change{Removed: []string{"a.go"}}, true }); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if IsComplete(cache, id) {
			t.Errorf("%v is complete unasked", id)
		}
		if id != third {
			if err := MarkComplete(cache, id); err != nil || !IsComplete(cache, id) {
				t.Errorf("%v: %v", id, err)
			}
		}
		used := time.Date(2020, 1, 1+i, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(filepath.Join(Directory(cache, id.Root), directoryName(id), openName), used, used); err != nil {
			t.Fatal(err)
		}
	}
	if got := Complete(cache, id.Root); !slices.Equal(got, []Identity{second, id}) {
		t.Errorf("complete: %v", got)
	}
	for range 2 {
		if err := UnmarkComplete(cache, second); err != nil || IsComplete(cache, second) {
			t.Errorf("%v", err)
		}
	}
	// The mark of an index that is not there says nothing, and goes with the index.
	manifest := filepath.Join(Directory(cache, id.Root), directoryName(id), manifestName)
	if err := os.Remove(manifest); err != nil || IsComplete(cache, id) {
		t.Errorf("complete without an index, or %v", err)
	}
	all, err := List(cache)
	if err != nil || len(all) != 4 { // one without its manifest
		t.Fatalf("%+v, %v", all, err)
	}
	for _, i := range all {
		if err := i.Remove(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(Directory(cache, elsewhere.Root)); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
}
