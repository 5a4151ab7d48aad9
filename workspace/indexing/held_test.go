package indexing_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// Beside a process that was stopped while it stored something an index is in memory, and
// from the first refresh on that finds it gone it is stored.
func TestAnotherProcessIsStoppedWhileItStores(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	numbered(t, root, 10)
	first := engine(t, cache)
	open(t, first, root)
	if err := first.Close(root); err != nil {
		t.Fatal(err)
	}
	unlock, err := store.System().Lock(filepath.Join(filepath.Dir(stored(t, cache, "MANIFEST")[0]), "LOCK"), false)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		e := engine(t, cache)
		write(t, root, map[string]string{"upload.go": uploadGo})
		open(t, e, root)
		if h := e.Status().Folders[0].Health; !store.InMemory(h) {
			t.Errorf("health %q", h)
		}
		finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
		if err := unlock(); err != nil {
			t.Fatal(err)
		}
		if err := e.Refresh(t.Context(), root, nil); err != nil {
			t.Fatal(err)
		}
		if f := e.Status().Folders[0]; f.Health != store.HealthOK || f.Coverage.FilesIndexed != 11 || f.Bytes == 0 {
			t.Errorf("%+v", f)
		}
		finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
		if err := e.Close(root); err != nil {
			t.Fatal(err)
		}
	})
	again := engine(t, cache)
	if err := again.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close(root) })
	if f := again.Status().Folders[0]; f.Coverage.FilesIndexed != 11 {
		t.Errorf("stored: %+v", f)
	}
}
