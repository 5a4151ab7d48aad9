package indexing_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// A process that ends in the middle, or a model that does, leaves the old index to serve,
// the next time as well, and what was paid for is kept.
func TestTheOldIndexServesAfterACrash(t *testing.T) {
	cache := t.TempDir()
	files := map[string]string{"parse.go": parseGo}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		files[name+".go"] = strings.ReplaceAll(uploadGo, "retryUpload", "retry"+strings.ToUpper(name))
	}
	root := write(t, t.TempDir(), files)
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	indexed(t, cache, root, ash)
	birch.set(false, "parseHeader")

	e := changing(cache, birch, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Refresh(ctx, root, nil) }()
	<-birch.stopped
	// One file is edited and one removed, which the new index is told of, not what is
	// stored of the old one.
	write(t, root, map[string]string{"c.go": strings.ReplaceAll(zebraGo, "zebra", "kiwi")})
	if err := os.Remove(filepath.Join(root, "d.go")); err != nil {
		t.Fatal(err)
	}
	if err := e.Update(t.Context(), filepath.Join(root, "c.go"), filepath.Join(root, "d.go")); err != nil {
		t.Fatal(err)
	}
	crash := errors.New("crash")
	cancel(crash)
	if err := <-done; !errors.Is(err, crash) {
		t.Fatal(err)
	}
	answersBy(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader", "ash")
	if err := e.Close(root); err != nil {
		t.Fatal(err)
	}

	// What was edited between the two is told by both.
	write(t, root, map[string]string{"a.go": zebraGo})
	birch.set(true, "")
	e = changing(cache, birch, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := e.Survey(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	// d.go is still in it.
	if c := e.Status().Coverage; c.Model != "ash" || c.FilesTotal != 11 || c.FilesIndexed != 9 || c.FilesWaiting != 2 {
		t.Errorf("%+v", c)
	}
	if err := e.Refresh(t.Context(), root, nil); !errors.Is(err, errDown) {
		t.Errorf("Refresh: %v", err)
	}
	a := answersBy(t, e, workspace.Documents{}, "zebraCrossing", "a.go:zebraCrossing", "ash")
	if a.Warning != "" || a.Coverage.FilesTotal != 10 || a.Coverage.FilesWaiting != 0 || a.Coverage.Percent != 100 {
		t.Errorf("warning %q, %+v", a.Warning, a.Coverage)
	}
	answersBy(t, e, workspace.Documents{}, "kiwiCrossing", "c.go:kiwiCrossing", "ash")
	if f := e.Status().Folders[0]; f.State != indexing.StateFailed || !strings.Contains(f.Message, errDown.Error()) {
		t.Errorf("%+v", f)
	}
	// An edit, while the provider is down.
	write(t, root, map[string]string{"b.go": strings.ReplaceAll(zebraGo, "zebra", "panda")})
	if err := e.Update(t.Context(), filepath.Join(root, "b.go")); !errors.Is(err, errDown) {
		t.Errorf("Update: %v", err)
	}
	answersBy(t, e, workspace.Documents{}, "pandaCrossing", "b.go:pandaCrossing", "ash")

	birch.set(false, "")
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	answersBy(t, e, workspace.Documents{}, "pandaCrossing", "b.go:pandaCrossing", "birch")
	for i, text := range birch.texts {
		// c.go may have been read by the Refresh and the Update at once.
		if slices.Contains(birch.texts[:i], text) && !strings.Contains(text, "kiwi") {
			t.Errorf("paid for twice: %q", text)
		}
	}
	if err := e.Close(root); err != nil {
		t.Fatal(err)
	}
	neverMixed(t, cache, root, ash, birch)
}

// Neither half an index, nor one that is damaged, is a complete one.
func TestWhatIsNotCompleteDoesNotServe(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	ash.set(true, "")
	e := changing(cache, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context(), root, nil); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	e.Close(root)
	serves := func(want string) {
		t.Helper()
		e := changing(cache, birch, ash)
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		if m := e.Status().Coverage.Model; m != want {
			t.Errorf("%s serves, want %s", m, want)
		}
		e.Close(root)
	}
	serves("birch")
	ash.set(false, "")
	indexed(t, cache, root, ash)
	serves("ash")
	indexed(t, cache, root, birch)
	serves("birch")

	// The present one is damaged, all of it.
	for _, name := range indexFiles(t, cache) {
		if id := (store.Identity{Root: root, Model: birch.Model().Identity(), Dimensions: 3}); store.IsComplete(cache, id) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(data[:min(len(data), 4096)]), id.Model) {
				if err := os.WriteFile(name, []byte("no index at all"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	serves("ash")
	e = changing(cache, birch, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := e.Update(t.Context(), filepath.Join(root, "upload.go")); err != nil {
		t.Fatal(err)
	}
	e.Close(root)
	serves("ash") // also once it was begun anew

	// Forgetting is of the present model, and what is left of it does not count.
	indexed(t, cache, root, birch)
	serves("birch")
	e = changing(cache, birch, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(root); err != nil {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.Model != "birch" || c.Percent != 0 {
		t.Errorf("%+v", c)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(root); err != nil {
		t.Fatal(err)
	}
	if err := e.Update(t.Context(), filepath.Join(root, "upload.go")); err != nil {
		t.Fatal(err)
	}
	e.Close(root)
	serves("ash")
}

// indexFiles are the files that say what indexes are stored.
func indexFiles(t *testing.T, cache string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(cache, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "MANIFEST" {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
