package indexing_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// A file that changed since it was indexed is not related to itself, either.
func TestRelatedDoesNotFindThePlaceThatMoved(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "copy.go": strings.ReplaceAll(uploadGo, "retryUpload", "retryUploads")})
	e := engine(t, "")
	open(t, e, root)
	now := strings.Repeat("// A line more, since it was indexed.\n", 100) + uploadGo
	write(t, root, map[string]string{"upload.go": now})
	a, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: filepath.Join(root, "upload.go"), Start: strings.Index(now, "retryUpload()")})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, h := range a.Hits {
		found = append(found, filepath.Base(h.Path)+":"+h.Symbol)
	}
	if strings.Join(found, " ") != "copy.go:retryUploads" {
		t.Errorf("it finds %v", found)
	}
}
