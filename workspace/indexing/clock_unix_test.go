//go:build unix

package indexing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// An edit that leaves size and time as they were, as a tool that restores times does, is
// seen by the file being another one.
func TestAFileThatIsReplacedWithItsTime(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	upload := filepath.Join(root, "upload.go")
	e := engine(t, t.TempDir())
	open(t, e, root)
	before, err := os.Stat(upload)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []time.Time{before.ModTime(), before.ModTime().Add(-time.Hour)} {
		name := []string{"again", "other"}[i]
		if err := os.WriteFile(upload+".new", []byte(strings.ReplaceAll(uploadGo, "retry", name)), 0o644); err != nil {
			t.Fatal(err)
		}
		stamp(t, upload+".new", at)
		if err := os.Rename(upload+".new", upload); err != nil {
			t.Fatal(err)
		}
		if n := reads(t, e, root); n != 1 {
			t.Errorf("%d files are read", n)
		}
		finds(t, e, workspace.Documents{}, name+"Upload", "upload.go:"+name+"Upload")
	}
	if n := reads(t, e, root); n != 0 {
		t.Errorf("%d files are read again", n)
	}
}
