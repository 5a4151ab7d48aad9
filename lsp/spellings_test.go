package lsp_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// link makes a symbolic link to a directory.
func link(t *testing.T, to string) string {
	t.Helper()
	at := filepath.Join(filepath.Dir(write(t, nil)), "link to "+filepath.Base(to))
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(at) })
	return at
}

// foundIn are the files that have a symbol.
func foundIn(t *testing.T, e *lsptest.Editor, symbol string) (paths []string) {
	t.Helper()
	a, err := e.Search(lsptest.Query{Query: symbol})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range a.Hits {
		if h.Symbol == symbol {
			paths = append(paths, lsptest.Path(h.URI))
		}
	}
	return paths
}

// A directory that is open under two names is indexed once, and found where the client looks: under the name that came
// first, or the one that is left.
func TestOneDirectoryOfTwoNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // where links are for administrators
	}
	dir := write(t, workspaceFiles())
	linked := link(t, dir)
	for _, order := range [][]string{{dir, linked}, {linked, dir}} {
		run(t, realEngine(""), lsptest.Options{Folders: order}, func(e *lsptest.Editor) {
			s := e.AwaitReady()
			if len(s.Folders) != 1 || s.Folders[0].URI != lsptest.URI(order[0]) || s.Coverage.FilesTotal != 3 {
				t.Errorf("status %+v %+v", s.Folders, *s.Coverage)
			}
			in := func(root string) []string { return []string{filepath.Join(root, "net", "retry.go")} }
			if got := foundIn(t, e, "Retry"); !slices.Equal(got, in(order[0])) {
				t.Errorf("found in %q", got)
			}
			// A buffer is one of the file, whatever it is called.
			other := in(order[1])[0]
			e.Open(other, retryGo)
			e.Edit(other, lsptest.Edit{Text: "package net\n\n// Teleport moves a parcel.\nfunc Teleport() {}\n"})
			if got := foundIn(t, e, "Teleport"); !slices.Equal(got, in(order[0])) {
				t.Errorf("unsaved, found in %q", got)
			}
			a, err := e.Related(lsptest.Place{TextDocument: &lsptest.Document{URI: lsptest.URI(other)}, Position: &lsptest.Position{Line: 3, Character: 6}})
			if err != nil || slices.Contains(symbols(a.Hits), "Teleport") {
				t.Errorf("related %q, %v", symbols(a.Hits), err)
			}
			a, err = e.Search(lsptest.Query{Query: "Teleport", Folders: []string{lsptest.URI(order[1])}})
			if err != nil || len(a.Hits) == 0 || a.Hits[0].Symbol != "Teleport" {
				t.Errorf("in the other folder %q, %v", symbols(a.Hits), err)
			}
			// The first name leaves, and nothing else.
			e.ChangeFolders(nil, order[:1])
			if got := foundIn(t, e, "Teleport"); !slices.Equal(got, in(order[1])) {
				t.Errorf("without the first name, found in %q", got)
			}
			e.Close(other)
			if got := foundIn(t, e, "Retry"); !slices.Equal(got, in(order[1])) {
				t.Errorf("without the buffer, found in %q", got)
			}
			if s := e.AwaitReady(); len(s.Folders) != 1 || s.Folders[0].URI != lsptest.URI(order[1]) || s.Coverage.FilesTotal != 3 {
				t.Errorf("status %+v %+v", s.Folders, *s.Coverage)
			}
			e.ChangeFolders(nil, order[1:])
			await(t, e, "Retry", func(hits []lsptest.Hit) bool { return len(hits) == 0 })
		})
	}
}

// A link into a folder that is open is one that lies in it.
func TestALinkIntoAFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	dir := write(t, workspaceFiles())
	linked := link(t, filepath.Join(dir, "net"))
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir, linked}}, func(e *lsptest.Editor) {
		s := e.AwaitReady()
		if len(s.Folders) != 2 || s.Coverage.FilesTotal != 3 || s.Folders[1].Coverage.FilesTotal != 1 || s.Folders[0].Coverage.FilesTotal != 2 {
			t.Errorf("status %+v %+v %+v %+v", s.Folders, *s.Coverage, *s.Folders[0].Coverage, *s.Folders[1].Coverage)
		}
		if got := foundIn(t, e, "Retry"); !slices.Equal(got, []string{filepath.Join(linked, "retry.go")}) {
			t.Errorf("found in %q", got)
		}
		e.ChangeFolders(nil, []string{dir})
		await(t, e, "MixColours", func(hits []lsptest.Hit) bool { return !slices.Contains(symbols(hits), "MixColours") })
		if got := foundIn(t, e, "Retry"); !slices.Equal(got, []string{filepath.Join(linked, "retry.go")}) {
			t.Errorf("without the folder around it, found in %q", got)
		}
	})
}

// Of folders in each other the inner one answers for its files; whichever leaves, the other has the rest.
func TestFoldersInEachOther(t *testing.T) {
	dir := write(t, workspaceFiles())
	inner := filepath.Join(dir, "net")
	retry := []string{filepath.Join(inner, "retry.go")}
	for _, order := range [][]string{{dir, inner}, {inner, dir}} {
		run(t, realEngine(t.TempDir()), lsptest.Options{Folders: order}, func(e *lsptest.Editor) {
			if s := e.AwaitReady(); s.Coverage.FilesTotal != 3 || s.Coverage.FilesIndexed != 3 {
				t.Errorf("status %+v", *s.Coverage)
			}
			if got := foundIn(t, e, "Retry"); !slices.Equal(got, retry) {
				t.Errorf("found in %q", got)
			}
			e.ChangeFolders(nil, []string{inner})
			await(t, e, "Retry", func(hits []lsptest.Hit) bool { return slices.Contains(symbols(hits), "Retry") })
			e.AwaitStatus("the folder around it to have all", func(s lsptest.Status) bool {
				return s.Settled() && len(s.Folders) == 1 && s.Coverage.FilesIndexed == 3 && s.Coverage.FilesTotal == 3
			})
			e.ChangeFolders([]string{inner}, nil)
			e.AwaitStatus("both", func(s lsptest.Status) bool {
				return s.Settled() && len(s.Folders) == 2 && s.Coverage.FilesIndexed == 3 && s.Coverage.FilesTotal == 3
			})
			if got := foundIn(t, e, "Retry"); !slices.Equal(got, retry) {
				t.Errorf("found in %q", got)
			}
			e.ChangeFolders(nil, []string{dir})
			await(t, e, "MixColours", func(hits []lsptest.Hit) bool { return !slices.Contains(symbols(hits), "MixColours") })
			if got := foundIn(t, e, "Retry"); !slices.Equal(got, retry) {
				t.Errorf("without the outer one, found in %q", got)
			}
		})
	}
}
