package indexing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// reads returns how many files a Refresh reads.
func reads(t *testing.T, e *indexing.Engine, root string) (n int) {
	t.Helper()
	if err := e.Refresh(t.Context(), root, func(p indexing.Progress) { n = p.Total }); err != nil {
		t.Fatal(err)
	}
	return n
}

func stamp(t *testing.T, path string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// A file from the future, of a clock that was set back since or that of a server, is read
// once; one that is ahead by less than clocks differ is looked at again, and is not stored
// again for that.
func TestATimeStampInTheFuture(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	upload := filepath.Join(root, "upload.go")
	far := time.Now().Add(24 * time.Hour)
	stamp(t, upload, far)
	e := engine(t, t.TempDir())
	open(t, e, root)
	if n := reads(t, e, root); n != 0 {
		t.Errorf("%d files of tomorrow are read again", n)
	}
	again := strings.ReplaceAll(uploadGo, "retry", "again") // of the same size
	if err := os.WriteFile(upload, []byte(again), 0o644); err != nil {
		t.Fatal(err)
	}
	stamp(t, upload, far.Add(-48*time.Hour)) // the clock was set back meanwhile
	if n := reads(t, e, root); n != 1 {
		t.Errorf("%d files are read, want the one with a time before that of the index", n)
	}
	finds(t, e, workspace.Documents{}, "againUpload", "upload.go:againUpload")

	stamp(t, upload, time.Now().Add(50*time.Second))
	for range 3 {
		if n := reads(t, e, root); n != 1 {
			t.Errorf("%d files are read, want the one that may be written within its time", n)
		}
	}
	flushed := e.Status().Folders[0].Flushed
	if n := reads(t, e, root); n != 1 || e.Status().Folders[0].Flushed != flushed {
		t.Errorf("%d files, stored again as they are", n)
	}
}

// The least that a folder can be, and a line that is larger than any file.
func TestFoldersOfNearlyNothing(t *testing.T) {
	for name, c := range map[string]struct {
		files   map[string]string
		indexed int
		skipped string // of long.js
		finds   string
	}{
		"no file": {},
		"one file of one line": {
			files: map[string]string{"a.go": "func retryUpload() {}"}, indexed: 1, finds: "a.go:retryUpload",
		},
		"one empty file":             {files: map[string]string{"a.go": ""}, indexed: 1},
		"one line of 10 MB":          {files: map[string]string{"long.js": strings.Repeat("var x=1;", 10<<17)}, skipped: "larger"},
		"one line of less than 1 MB": {files: map[string]string{"long.js": strings.Repeat("var x=1;", 100_000)}, skipped: "minified"},
		"one line of 10 MB and another file": {
			files:   map[string]string{"long.js": strings.Repeat("var x=1;", 10<<17), "upload.go": uploadGo},
			indexed: 1, skipped: "larger", finds: "upload.go:retryUpload",
		},
	} {
		root := write(t, t.TempDir(), c.files)
		e := engine(t, t.TempDir())
		open(t, e, root)
		f := e.Status().Folders[0]
		if f.State != indexing.StateReady || f.Health != store.HealthOK || f.Coverage.Percent != 100 ||
			f.Coverage.FilesIndexed != c.indexed || f.Coverage.FilesWaiting != 0 {
			t.Errorf("%s: %+v", name, f)
		}
		rule := ""
		for _, s := range f.Skipped {
			rule += s.Path + ": " + s.Rule
		}
		if (rule == "") != (c.skipped == "") || rule != "" && !strings.HasPrefix(rule, "long.js: ") ||
			!strings.Contains(rule, c.skipped) {
			t.Errorf("%s: left out are %q", name, rule)
		}
		finds(t, e, workspace.Documents{}, "retryUpload", c.finds)
		if n := reads(t, e, root); n != 0 {
			t.Errorf("%s: %d files are read again", name, n)
		}
	}
}
